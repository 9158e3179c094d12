// The step function of the editor: state and input give the next state and effects. Nothing is drawn here.

import { trimTail } from '../text/trim.ts';
import { ACTIONS, type Action, type ActionName } from './actions.ts';
import { ahead, enters } from './ahead.ts';
import { buffer, insert, left } from './buffer.ts';
import type { Effect, Input, TerminalInput } from './input.ts';
import { EMACS, type Keymap, VI_INSERT, VI_NORMAL } from './keymap.ts';
import { chosen } from './menu.ts';
import { changed, type EditorSettings, type EditorState, just, type Outcome, withEffect } from './state.ts';
import { arrived, complete, settle } from './take.ts';
import { atRest, isWaiting, toNormal, viLetter } from './vi.ts';
import { endSearch, refine, search } from './walk.ts';

/** What was typed while something is in the foreground is kept up to this many inputs. */
const MOST_KEPT = 10_000;

/** Takes one input. Never throws; what cannot be done rings the bell. */
export function step(state: EditorState, input: Input, settings: EditorSettings): Outcome {
  switch (input.type) {
    case 'key':
    case 'text':
    case 'paste':
      return typed(state, input, settings);
    case 'resize': {
      const size = { columns: Math.max(1, input.columns), rows: Math.max(1, input.rows) };
      const { text, cursor } = state.buffer;
      // What the owner made for the old width (the hint) wants to be made anew.
      return withEffect({ ...state, size }, { type: 'changed', text, cursor });
    }
    case 'candidates':
      return followed(state, arrived(state, input, settings));
    case 'print':
      return withEffect(state, { type: 'above', lines: input.lines });
    case 'status':
      return just({ ...state, status: input.lines });
    case 'hint':
      return just({ ...state, hint: input.line });
    case 'suggestion':
      return just({ ...state, suggestion: input.text });
    case 'prompt':
      return just({ ...state, prompt: input.span, left: input.left ?? input.span });
    case 'setLine': {
      const to = buffer(input.text.replace(/\r\n?/g, '\n'), input.cursor);
      const next = changed({ ...state, search: undefined, menu: undefined }, to);
      return followed(state, just({ ...next, walk: undefined }));
    }
    case 'ask':
      return just({
        ...endSearch(state, true),
        menu: undefined,
        question: { text: input.text.trimEnd(), keys: input.keys, passing: input.passing === true },
      });
    case 'panel':
      return just({ ...state, panel: input.rows, menu: undefined });
    case 'refresh':
      return state.menu || settings.menu === 'typing' ? complete(state, false) : just(state);
    case 'busy':
      return busy(state, input.on, input.text ?? '');
    case 'history':
      return just({ ...state, history: input.entries, walk: undefined });
  }
}

function typed(state: EditorState, input: TerminalInput, settings: EditorSettings): Outcome {
  if (state.question) return answer(state, state.question, input);
  if (state.answered) return afterAnswer({ ...state, answered: false }, input, settings);
  if (state.panel) return withEffect(state, ...panelKeys(input));
  if (state.busy) return keep(state, state.busy, input, settings);
  const parted = settings.keys === 'vi' && !settings.alt ? escapedLetter(input) : undefined;
  if (parted === undefined) return followed(state, edit(state, input, settings));
  const escaped = typed(state, { type: 'key', key: 'Escape' }, settings);
  const done = typed(escaped.state, parted, settings);
  return { state: done.state, effects: [...escaped.effects, ...done.effects] };
}

/** What stands behind Esc where a terminal sent both in one piece, which is how it sends Alt with a letter, too. */
function escapedLetter(input: TerminalInput): TerminalInput | undefined {
  const letter = input.type === 'key' ? /^M-(.)$/u.exec(input.key)?.[1] : undefined;
  return letter === undefined ? undefined : { type: 'text', text: letter };
}

function panelKeys(input: TerminalInput): readonly Effect[] {
  if (input.type === 'key') return [{ type: 'panelKey', key: input.key }];
  return input.type === 'text' ? [...input.text].map(key => ({ type: 'panelKey', key })) : [];
}

function edit(state: EditorState, input: TerminalInput, settings: EditorSettings): Outcome {
  if (state.search) {
    const done = searching(state, input);
    if (done) return done;
    return edit(endSearch(state, true), input, settings);
  }
  if (settings.keys === 'vi') return viTyped(state, input, settings);
  return input.type === 'key' ? pressed(state, input.key, EMACS, settings) : inserted(state, input, settings);
}

// Text goes into the line as it is; a paste of many rows too: only Enter runs it.
function inserted(
  state: EditorState,
  input: TerminalInput & { text: string },
  settings: EditorSettings,
): Outcome {
  const paste = input.type === 'paste';
  const text = paste ? trimTail(input.text.replace(/\r\n?/g, '\n')) : input.text;
  if (text === '') return just(state);
  // A blank or `=` that came by itself with the word before it is not typed twice.
  const twice = state.last === 'completed' && state.buffer.text[state.buffer.cursor - 1] === text;
  if (twice) return just({ ...state, last: 'other' });
  const settled = settle({ ...state, prefixed: false }, text);
  const next = changed(settled, insert(settled.buffer, text), paste ? 'other' : 'type');
  // While a menu is open, or where it comes by itself, what is typed narrows it.
  const narrows = !paste && (state.menu !== undefined || settings.menu === 'typing') && !text.includes('\n');
  if (!narrows) return just({ ...next, menu: undefined });
  const accepted = state.menu !== undefined && chosen(state.menu) !== undefined;
  return complete(accepted ? { ...next, menu: undefined } : next, false);
}

function pressed(state: EditorState, key: string, keymap: Keymap, settings: EditorSettings): Outcome {
  if (state.prefixed) {
    const name = keymap.get(`C-x ${key}`);
    return act({ ...state, prefixed: false }, name, settings);
  }
  if (key === 'C-x' && [...keymap.keys()].some(chord => chord.startsWith('C-x '))) {
    return just({ ...state, prefixed: true });
  }
  // Alt with a capital letter is Alt with the letter, where the capital means nothing of its own.
  return act(
    state,
    keymap.get(key) ??
      (/^M-[A-Z]$/.test(key) ? keymap.get(key.toLowerCase().replace('m-', 'M-')) : undefined),
    settings,
  );
}

// Actions under which an open menu stays as it is.
const MENU_STAYS: ReadonlySet<ActionName> = new Set([
  'complete',
  'complete-back',
  'left',
  'right',
  'up',
  'down',
  'clear',
]);
const ERASES: ReadonlySet<ActionName> = new Set([
  'backspace',
  'delete',
  'delete-or-leave',
  'kill-word-left',
  'kill-blank-word-left',
]);

function act(state: EditorState, name: ActionName | undefined, settings: EditorSettings): Outcome {
  if (name === undefined) return withEffect(state, { type: 'bell' });
  const action: Action = ACTIONS[name];
  const done = action(state, settings);
  const menu = done.state.menu;
  if (!menu || menu !== state.menu || name === 'clear') return done;
  if (ERASES.has(name) && done.state.buffer.text !== '') {
    const asked = complete(done.state, false);
    return { state: asked.state, effects: [...done.effects, ...asked.effects] };
  }
  const stays = MENU_STAYS.has(name) && done.state.buffer === state.buffer;
  return stays ? done : { ...done, state: { ...done.state, menu: undefined } };
}

// Gives undefined for what ends the search and is then taken as usual.
function searching(state: EditorState, input: TerminalInput): Outcome | undefined {
  const query = state.search?.query ?? '';
  if (input.type === 'text') return refine(state, query + input.text);
  if (input.type === 'paste') return refine(state, query + (input.text.split('\n')[0] ?? ''));
  switch (input.key) {
    case 'Backspace':
      return refine(state, query.slice(0, left(query, query.length)));
    case 'C-r':
      return search(state, -1);
    case 'C-s':
      return search(state, 1);
    case 'C-g':
    case 'C-c':
      return just(endSearch(state, false));
    case 'Escape':
      return just(endSearch(state, true));
    default:
      return undefined;
  }
}

function viTyped(state: EditorState, input: TerminalInput, settings: EditorSettings): Outcome {
  if (state.vi.mode === 'insert') {
    if (input.type === 'key' && input.key === 'Escape') return just(toNormal(state));
    const done =
      input.type === 'key'
        ? pressed(state, input.key, VI_INSERT, settings)
        : inserted(state, input, settings);
    // A line begun in insert mode is no change that `.` could make again.
    return state.vi.recording.length === 0 ? done : record(state, done, input);
  }
  if (input.type === 'paste') return inserted(state, input, settings);
  if (input.type === 'key') {
    if (input.key === 'Escape')
      return isWaiting(state.vi) ? just(atRest(state)) : withEffect(atRest(state), { type: 'bell' });
    return pressed(atRest(state), input.key, VI_NORMAL, settings);
  }
  // Several letters may come in one piece.
  let at: Outcome = just(state);
  const letters = [...input.text];
  for (const [i, letter] of letters.entries()) {
    const now = at.state;
    if (now.vi.mode === 'insert' || now.search) {
      const rest = edit(now, { type: 'text', text: letters.slice(i).join('') }, settings);
      return { state: rest.state, effects: [...at.effects, ...rest.effects] };
    }
    const next =
      letter === '.' && !isWaiting(now.vi)
        ? again(now, settings)
        : record(now, viLetter(now, letter, settings), { type: 'text', text: letter });
    at = { state: next.state, effects: [...at.effects, ...next.effects] };
  }
  return at;
}

// Keeps the keys of the change being made, so that `.` can make it again.
function record(before: EditorState, done: Outcome, input: TerminalInput): Outcome {
  const { vi, buffer: after } = done.state;
  const recording = [...vi.recording, input];
  const goesOn = vi.mode === 'insert' || isWaiting(vi);
  if (goesOn) return { ...done, state: { ...done.state, vi: { ...vi, recording } } };
  const undid = input.type === 'text' && input.text === 'u';
  const change = after.text !== before.buffer.text && !undid ? recording : vi.change;
  return { ...done, state: { ...done.state, vi: { ...vi, recording: [], change } } };
}

function again(state: EditorState, settings: EditorSettings): Outcome {
  const { change } = state.vi;
  if (change.length === 0) return withEffect(state, { type: 'bell' });
  let at = state;
  for (const input of change) at = viTyped(at, input, settings).state;
  if (at.vi.mode === 'insert') at = toNormal(at);
  // One change, undone at once.
  const undoStack = [...state.undoStack, state.buffer];
  return just({ ...at, undoStack, vi: { ...at.vi, change, recording: [] } });
}

/** Enter behind the key that answers a question belongs to the answer. */
function afterAnswer(state: EditorState, input: TerminalInput, settings: EditorSettings): Outcome {
  const isEnter = input.type === 'key' && input.key === 'Enter';
  return isEnter && state.buffer.text === '' ? just(state) : typed(state, input, settings);
}

function answer(
  state: EditorState,
  question: NonNullable<EditorState['question']>,
  input: TerminalInput,
): Outcome {
  const done = (key: string): Outcome => {
    const answered: Effect = { type: 'answer', key };
    if (question.passing) return withEffect({ ...state, question: undefined }, answered);
    const text = question.text.split('\n');
    const lines = text.map((row, i) => [
      { text: i === text.length - 1 ? `${row} ${key.length === 1 ? key : key === 'C-c' ? '^C' : ''}` : row },
    ]);
    const next = { ...state, question: undefined, answered: key.length === 1 };
    return withEffect(next, { type: 'above', lines }, answered);
  };
  const name = input.type === 'key' ? input.key : input.type === 'text' ? input.text : '';
  const fits = question.keys.find(key => key === name || key.toLowerCase() === name.toLowerCase());
  if (fits !== undefined) return done(fits);
  const away = input.type === 'key' && /^(C-c|C-d|C-g|Escape)$/.test(input.key);
  if (away) return done('C-c');
  // Whoever types a line has not read the question: a `y` further on in it must not answer it.
  if (!question.keys.includes('n') || (input.type !== 'text' && input.type !== 'paste'))
    return withEffect(state, { type: 'bell' });
  const no = done('n');
  return { state: no.state, effects: [...no.effects, { type: 'replay', inputs: [input] }] };
}

function busy(state: EditorState, on: boolean, text: string): Outcome {
  if (on)
    return just({ ...endSearch(state, true), menu: undefined, busy: { text, kept: state.busy?.kept ?? [] } });
  const kept = state.busy?.kept ?? [];
  const free: EditorState = { ...state, busy: undefined };
  return kept.length === 0 ? just(free) : withEffect(free, { type: 'replay', inputs: kept });
}

function keep(
  state: EditorState,
  foreground: NonNullable<EditorState['busy']>,
  input: TerminalInput,
  settings: EditorSettings,
): Outcome {
  if (input.type === 'key') {
    // Ctrl-C throws away what was typed ahead, as a terminal's own line discipline does.
    if (input.key === 'C-c') {
      const dropped = ahead(foreground.kept).lines.map(text => [
        { text: `not run: ${text}`, role: 'warning' as const },
      ]);
      return withEffect(
        { ...state, busy: { ...foreground, kept: [] } },
        ...(dropped.length > 0 ? [{ type: 'above' as const, lines: dropped }] : []),
        { type: 'interrupt' },
      );
    }
    if (input.key === 'C-z') return withEffect(state, { type: 'suspend' });
    if (input.key === 'C-l') return withEffect(state, { type: 'clear' });
  }
  const { rest, start, certain } = ahead(foreground.kept);
  if (input.type === 'key' && enters(input.key) && certain && settings.passes(rest)) {
    const busy = { ...foreground, kept: foreground.kept.slice(0, start) };
    return withEffect(
      { ...state, busy },
      { type: 'leaveLine', text: rest, mark: '' },
      { type: 'submit', text: rest },
    );
  }
  if (foreground.kept.length >= MOST_KEPT) return withEffect(state, { type: 'bell' });
  return just({ ...state, busy: { ...foreground, kept: [...foreground.kept, input] } });
}

// Tells the owner when the line is other than before, and drops what no longer fits it.
function followed(before: EditorState, done: Outcome): Outcome {
  const { state } = done;
  const { text, cursor } = state.buffer;
  if (text === before.buffer.text && cursor === before.buffer.cursor) return done;
  const next: EditorState = {
    ...state,
    walk: state.last === 'walk' ? state.walk : undefined,
    suggestion: text === before.buffer.text ? state.suggestion : goesOn(before, state),
  };
  const told: Effect = { type: 'changed', text, cursor };
  // Last, so that what a handler sends back is for this text.
  return { state: next, effects: [...done.effects, told] };
}

// Grey text stays while just what it says is typed.
function goesOn(before: EditorState, now: EditorState): string {
  const whole = before.buffer.text + before.suggestion;
  const taken = now.suggestion !== before.suggestion;
  if (taken || before.suggestion === '') return taken ? now.suggestion : '';
  return whole.startsWith(now.buffer.text) && now.buffer.text.length > before.buffer.text.length
    ? whole.slice(now.buffer.text.length)
    : '';
}
