// vi's normal mode (POSIX "vi", command descriptions): counts, operators with motions, and the commands that stand
// alone. What a letter does to the state; which letters wait for more is kept in `state.vi`.
import { ACTIONS } from './actions.ts';
import { insert, left, replace, right, rowEnd, rowStart, vertical } from './buffer.ts';
import { viEnd, viWord } from './motion.ts';
import {
  changed,
  type EditorSettings,
  type EditorState,
  just,
  kill,
  moved,
  type Outcome,
  undo,
  type Vi,
  withEffect,
} from './state.ts';
import { letterMotion, type Motion, motionFor, times } from './vimotion.ts';
import { endSearch, search } from './walk.ts';

/** From insert to normal mode: the cursor steps onto the character before. */
export function toNormal(state: EditorState): EditorState {
  const { text, cursor } = state.buffer;
  const at = cursor > rowStart(text, cursor) ? left(text, cursor) : cursor;
  const { recording, register } = state.vi;
  const vi: Vi = {
    ...rest(state.vi),
    mode: 'normal',
    register,
    recording: [],
    change: recording.length > 0 ? recording : state.vi.change,
  };
  return { ...moved(state, at), vi, menu: undefined };
}

/** One letter typed in normal mode. */
export function viLetter(state: EditorState, char: string, settings: EditorSettings): Outcome {
  const { vi } = state;
  if (vi.wants !== undefined) return withLetter(state, vi.wants, char);
  if (/[1-9]/.test(char) || (char === '0' && vi.count !== '')) {
    return just({ ...state, vi: { ...vi, count: (vi.count + char).slice(0, 4) } });
  }
  if (char === 'f' || char === 'F' || char === 't' || char === 'T' || (char === 'r' && !vi.operator)) {
    return just({ ...state, vi: { ...vi, wants: char } });
  }
  if (vi.operator) return operate(state, char);
  if (char === 'd' || char === 'c' || char === 'y') {
    return just({ ...state, vi: { ...vi, count: '', operator: { name: char, count: vi.count } } });
  }
  const motion = motionFor(state, char, count(vi));
  if (motion) return just(stay(moved(atRest(state), motion.to)));
  return command(state, char, settings);
}

/** Whether a command has begun that the next letter goes on with. */
export function isWaiting(vi: Vi): boolean {
  return vi.wants !== undefined || vi.operator !== undefined || vi.count !== '';
}

/** Normal mode with nothing begun. */
export function atRest(state: EditorState): EditorState {
  return { ...state, vi: rest(state.vi) };
}

function rest(vi: Vi): Vi {
  const { operator: _operator, wants: _wants, ...kept } = vi;
  return { ...kept, count: '' };
}

function count(vi: Vi): number {
  return Math.min(9999, Number(vi.operator?.count || 1) * Number(vi.count || 1));
}

// In normal mode the cursor stands on a character, not behind the last one.
function stay(state: EditorState): EditorState {
  const { text, cursor } = state.buffer;
  if (state.vi.mode !== 'normal' || cursor !== rowEnd(text, cursor) || cursor === rowStart(text, cursor))
    return state;
  return { ...state, buffer: { text, cursor: left(text, cursor) } };
}

function bell(state: EditorState): Outcome {
  return withEffect(atRest(state), { type: 'bell' });
}

function withLetter(state: EditorState, wants: NonNullable<Vi['wants']>, char: string): Outcome {
  const { text, cursor } = state.buffer;
  const n = count(state.vi);
  if (wants === 'r') {
    let end = cursor;
    for (let i = 0; i < n; i++) {
      if (end >= rowEnd(text, cursor)) return bell(state);
      end = right(text, end);
    }
    const next = changed(atRest(state), replace(state.buffer, cursor, end, char.repeat(n)));
    return just(moved(next, left(next.buffer.text, next.buffer.cursor)));
  }
  const motion = letterMotion(text, cursor, wants, char, n);
  const { wants: _wants, ...vi } = state.vi;
  const next: EditorState = { ...state, vi: { ...vi, found: { kind: wants, char } } };
  if (!motion) return bell(next);
  return vi.operator ? apply(next, vi.operator.name, motion) : just(stay(moved(atRest(next), motion.to)));
}

function operate(state: EditorState, char: string): Outcome {
  const { vi } = state;
  const operator = vi.operator?.name ?? 'd';
  const n = count(vi);
  const { text, cursor } = state.buffer;
  if (char === operator) return applyRows(state, operator, n);
  if (operator === 'c' && (char === 'w' || char === 'W') && /\S/.test(text[cursor] ?? '')) {
    // cw leaves the blank behind the word.
    const kind = char === 'W' ? 'blank' : 'name';
    const single = viEnd(text, cursor, kind);
    const here = viWord(text, cursor, kind);
    const last = single >= here ? cursor : single;
    const to = n === 1 ? last : times(n - 1, last, at => viEnd(text, at, kind));
    return apply(state, operator, { to, inclusive: true });
  }
  const motion = motionFor(state, char, n);
  if (!motion) return bell(state);
  // A word motion does not take the newline behind the row's last word.
  const end = rowEnd(text, cursor);
  const word = (char === 'w' || char === 'W') && motion.to > end && n === 1;
  return apply(state, operator, word ? { ...motion, to: end } : motion);
}

function apply(state: EditorState, operator: 'd' | 'c' | 'y', motion: Motion): Outcome {
  const { text, cursor } = state.buffer;
  const from = Math.min(cursor, motion.to);
  const far = Math.max(cursor, motion.to);
  const to = motion.inclusive ? right(text, far) : far;
  const next = withRegister(atRest(state), text.slice(from, to), false);
  if (operator === 'y') return just(stay(moved(next, from)));
  const cut = kill({ ...next, last: 'other' }, from, to, 'right');
  return just(operator === 'c' ? goingOn(next, cut) : stay({ ...cut, last: 'other' }));
}

// dd, cc, yy: whole rows.
function applyRows(state: EditorState, operator: 'd' | 'c' | 'y', n: number): Outcome {
  const { text, cursor } = state.buffer;
  const start = rowStart(text, cursor);
  const lastRow = vertical(text, cursor, n - 1, 0) ?? text.length;
  const end = rowEnd(text, lastRow);
  const next = withRegister(atRest(state), text.slice(start, end), true);
  if (operator === 'y') return just(next);
  if (operator === 'c') return just(goingOn(next, kill({ ...next, last: 'other' }, start, end, 'right')));
  // The newline behind the rows goes with them, or the one before where they are the last.
  const from = end === text.length && start > 0 ? start - 1 : start;
  const to = Math.min(text.length, end + 1);
  const cut = changed(next, replace(next.buffer, from, to, ''));
  const kills = [text.slice(start, end), ...state.kills];
  return just(stay({ ...moved(cut, rowStart(cut.buffer.text, cut.buffer.cursor)), kills }));
}

function withRegister(state: EditorState, text: string, rows: boolean): EditorState {
  return { ...state, vi: { ...state.vi, register: { text, rows } } };
}

function inserting(state: EditorState): EditorState {
  return { ...state, vi: { ...state.vi, mode: 'insert' } };
}

// What is typed behind a change belongs to it: both are undone at once.
function goingOn(before: EditorState, after: EditorState): EditorState {
  return { ...inserting(after), last: after.undoStack === before.undoStack ? 'other' : 'type' };
}

function command(state: EditorState, char: string, settings: EditorSettings): Outcome {
  const { text, cursor } = state.buffer;
  const n = count(state.vi);
  const idle = atRest(state);
  const end = rowEnd(text, cursor);
  const start = rowStart(text, cursor);
  const operator = (name: 'd' | 'c' | 'y', to: number) => apply(idle, name, { to });
  switch (char) {
    case 'i':
      return just(inserting(idle));
    case 'a':
      return just(inserting(moved(idle, Math.min(end, right(text, cursor)))));
    case 'I':
      return just(inserting(moved(idle, motionFor(state, '^', 1)?.to ?? start)));
    case 'A':
      return just(inserting(moved(idle, end)));
    case 'o':
      return just(goingOn(idle, changed(idle, replace(idle.buffer, end, end, '\n'))));
    case 'O': {
      const opened = changed(idle, replace(idle.buffer, start, start, '\n'));
      return just(goingOn(idle, moved(opened, start)));
    }
    case 'x':
      return cursor === end
        ? bell(state)
        : operator(
            'd',
            Math.min(
              end,
              times(n, cursor, at => right(text, at)),
            ),
          );
    case 'X':
      return cursor === start
        ? bell(state)
        : operator(
            'd',
            Math.max(
              start,
              times(n, cursor, at => left(text, at)),
            ),
          );
    case 's':
      return operator(
        'c',
        Math.min(
          end,
          times(n, cursor, at => right(text, at)),
        ),
      );
    case 'S':
      return applyRows(state, 'c', n);
    case 'Y':
      return applyRows(state, 'y', n);
    case 'D':
      return operator('d', end);
    case 'C':
      return operator('c', end);
    case '~': {
      const to = Math.min(
        end,
        times(n, cursor, at => right(text, at)),
      );
      const swap = (letter: string) =>
        letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      const swapped = [...text.slice(cursor, to)].map(swap).join('');
      return just(stay(changed(idle, replace(idle.buffer, cursor, to, swapped))));
    }
    case 'p':
    case 'P':
      return put(idle, char, n);
    case 'u': {
      const undone = undo(idle);
      return undone ? just(stay(undone)) : bell(state);
    }
    case 'j':
    case 'k': {
      const done = ACTIONS[char === 'k' ? 'up' : 'down'](idle, settings);
      return { state: stay(done.state), effects: done.effects };
    }
    case 'G':
      return ACTIONS['oldest-line'](idle);
    case '/':
      return search(idle, -1);
    case '?':
      return search(idle, 1);
    case 'n':
    case 'N': {
      const step = char === 'n' ? -1 : 1;
      const begun = search(idle, step).state;
      if (begun.query === '') return bell(state);
      const found = search(begun, step);
      return { state: endSearch(found.state, true), effects: found.effects };
    }
    case 'v':
      return ACTIONS['edit-outside'](idle);
    case '#':
      return ACTIONS.comment(idle, settings);
    default:
      return bell(state);
  }
}

function put(state: EditorState, char: 'p' | 'P', n: number): Outcome {
  const { text, cursor } = state.buffer;
  const { register } = state.vi;
  if (register.text === '') return bell(state);
  if (register.rows) {
    const block = Array(n).fill(register.text).join('\n');
    const at = char === 'p' ? rowEnd(text, cursor) : rowStart(text, cursor);
    const whole = char === 'p' ? `\n${block}` : `${block}\n`;
    const next = changed(state, replace(state.buffer, at, at, whole));
    return just(moved(next, char === 'p' ? at + 1 : at));
  }
  const at = char === 'p' && cursor < rowEnd(text, cursor) ? right(text, cursor) : cursor;
  const next = changed(state, insert({ text, cursor: at }, register.text.repeat(n)));
  return just(moved(next, left(next.buffer.text, next.buffer.cursor)));
}
