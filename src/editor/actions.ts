// The editor's actions by name: each is a function from the editor's state to the next one. Keymaps bind keys to them.
import { buffer, insert, left, replace, right, rowEnd, rowStart } from './buffer.ts';
import { chosen, select, selectToward, take } from './menu.ts';
import { wordLeft, wordRight } from './motion.ts';
import {
  changed,
  type EditorSettings,
  type EditorState,
  fresh,
  just,
  kill,
  moved,
  type Outcome,
  redo,
  undo,
  withEffect,
} from './state.ts';
import { choose, complete, takeOnly } from './take.ts';
import { remembering, rowOrHistory, search, walk, walkTo } from './walk.ts';

export type Action = (state: EditorState, settings: EditorSettings) => Outcome;

const BELL: Action = state => withEffect(state, { type: 'bell' });

const to =
  (where: (text: string, cursor: number) => number): Action =>
  state =>
    just(moved(state, where(state.buffer.text, state.buffer.cursor)));

const killTo =
  (where: (text: string, cursor: number) => number): Action =>
  state => {
    const { text, cursor } = state.buffer;
    const end = where(text, cursor);
    return just(kill(state, cursor, end, end < cursor ? 'left' : 'right'));
  };

// A change of the word at or after the cursor, which then stands behind it.
const onWord =
  (change: (word: string) => string): Action =>
  state => {
    const { text, cursor } = state.buffer;
    const end = wordRight(text, cursor);
    return just(changed(state, replace(state.buffer, cursor, end, change(text.slice(cursor, end)))));
  };

const capital = (word: string) => word.toLowerCase().replace(/[\p{L}\p{N}]/u, first => first.toUpperCase());

const notEmpty =
  (action: Action): Action =>
  (state, settings) =>
    state.buffer.text === '' ? BELL(state, settings) : action(state, settings);

function atTextEnd(state: EditorState): boolean {
  return state.buffer.cursor === state.buffer.text.length;
}

// The grey text, all of it or its first word, becomes typed.
function takeSuggestion(state: EditorState, how: 'all' | 'word'): EditorState | undefined {
  if (!atTextEnd(state) || state.suggestion === '') return undefined;
  const end = how === 'all' ? state.suggestion.length : wordRight(state.suggestion, 0);
  const next = changed(state, insert(state.buffer, state.suggestion.slice(0, end)));
  return { ...next, suggestion: state.suggestion.slice(end) };
}

function erase(state: EditorState, from: number, end: number): Outcome {
  if (from === end) return withEffect(state, { type: 'bell' });
  return just(changed(state, replace(state.buffer, from, end, ''), 'erase'));
}

/** Runs the line as it stands, or begins a further row where the text is open. */
export const run: Action = (state, settings) => {
  const { text } = state.buffer;
  if (settings.isOpen(text)) return newRow(state, settings);
  const kept = settings.remembers(text) ? remembering(state, text) : state;
  return withEffect(fresh(kept), { type: 'leaveLine', text, mark: '' }, { type: 'submit', text });
};

const newRow: Action = state =>
  just(changed({ ...state, menu: undefined }, insert(state.buffer, '\n'), 'type'));

/** Ctrl-C: away with the line, but not for good: C-y and C-_ bring it back. */
export const cancel: Action = state => {
  const { text } = state.buffer;
  if (text === '') return withEffect(fresh(state), { type: 'interrupt' });
  const cleared = fresh({ ...state, kills: [text, ...state.kills] });
  const undoStack = [...state.undoStack, state.buffer];
  return withEffect({ ...cleared, undoStack }, { type: 'leaveLine', text, mark: '^C' });
};

const deleteOrLeave: Action = state => {
  const { text, cursor } = state.buffer;
  return text === '' ? withEffect(state, { type: 'eof' }) : erase(state, cursor, right(text, cursor));
};

const yank: Action = (state, settings) => {
  const text = state.kills[0];
  if (text === undefined) return BELL(state, settings);
  const start = state.buffer.cursor;
  const next = changed(state, insert(state.buffer, text), 'yank');
  return just({ ...next, yanked: { start, end: start + text.length, index: 0 } });
};

const yankPop: Action = (state, settings) => {
  if (state.last !== 'yank' || state.kills.length < 2) return BELL(state, settings);
  const index = (state.yanked.index + 1) % state.kills.length;
  const text = state.kills[index] ?? '';
  const { start, end } = state.yanked;
  const next = changed(state, replace(state.buffer, start, end, text), 'yank');
  return just({ ...next, yanked: { start, end: start + text.length, index } });
};

// The last argument of the line before; again: of the one before that.
const yankLastWord: Action = (state, settings) => {
  const again = state.last === 'lastWord';
  const index = again ? state.yanked.index - 1 : state.history.length - 1;
  const word = state.history[index]?.trim().split(/\s+/).at(-1);
  if (word === undefined) return BELL(state, settings);
  const start = again ? state.yanked.start : state.buffer.cursor;
  const end = again ? state.yanked.end : start;
  const next = changed(state, replace(state.buffer, start, end, word), 'lastWord');
  return just({ ...next, yanked: { start, end: start + word.length, index } });
};

const transposeChars: Action = (state, settings) => {
  const { text, cursor } = state.buffer;
  // At the end of the row the two before the cursor change places.
  const middle = cursor === rowEnd(text, cursor) ? left(text, cursor) : cursor;
  const start = left(text, middle);
  const end = right(text, middle);
  if (start === middle || middle === end || middle <= rowStart(text, cursor)) return BELL(state, settings);
  const swapped = text.slice(middle, end) + text.slice(start, middle);
  return just(changed(state, replace(state.buffer, start, end, swapped)));
};

const transposeWords: Action = (state, settings) => {
  const { text, cursor } = state.buffer;
  let end = wordRight(text, cursor);
  if (wordLeft(text, end) < cursor && end === cursor) end = cursor;
  const second = wordLeft(text, end);
  const first = wordLeft(text, second);
  const firstEnd = wordRight(text, first);
  if (first === second || firstEnd > second) return BELL(state, settings);
  const swapped = text.slice(second, end) + text.slice(firstEnd, second) + text.slice(first, firstEnd);
  return just(changed(state, replace(state.buffer, first, end, swapped)));
};

const undoing =
  (how: (state: EditorState) => EditorState | undefined): Action =>
  (state, settings) => {
    const next = how(state);
    return next ? just(next) : BELL(state, settings);
  };

const blankWordLeft = (text: string, cursor: number) => wordLeft(text, cursor, 'blank');

const right1: Action = state => {
  const taken = takeSuggestion(state, 'all');
  return just(taken ?? moved(state, right(state.buffer.text, state.buffer.cursor)));
};

const rowEndOrTake: Action = state => {
  const taken = takeSuggestion(state, 'all');
  return just(taken ?? moved(state, rowEnd(state.buffer.text, state.buffer.cursor)));
};

const wordRightOrTake: Action = state => {
  const taken = takeSuggestion(state, 'word');
  return just(taken ?? moved(state, wordRight(state.buffer.text, state.buffer.cursor)));
};

/** Arrows: the menu's while one is open that the user asked for, else the line's. */
const arrow =
  (name: 'Up' | 'Down' | 'Left' | 'Right', otherwise: Action): Action =>
  (state, settings) => {
    const { menu } = state;
    const sideways = name === 'Left' || name === 'Right';
    if (!menu?.active || (sideways && menu.selected < 0)) return otherwise(state, settings);
    return just(choose(state, selectToward(menu, name, state.size.columns)));
  };

// What was taken stays as it is seen, with the `=` that is shown behind it.
const closeMenu: Action = state => {
  const closed = { ...state, menu: undefined };
  const candidate = state.menu && chosen(state.menu);
  if (!state.menu || candidate?.after !== '=') return just(closed);
  return just({ ...closed, buffer: take(state.menu.base, candidate, true), last: 'completed' });
};

// C-g takes a chosen candidate back as well.
const giveUp: Action = state => {
  const { menu } = state;
  if (!menu) return withEffect(state, { type: 'bell' });
  return just({ ...state, menu: undefined, buffer: menu.selected < 0 ? state.buffer : menu.base });
};

/** Every action a key can be bound to. */
export const ACTIONS = {
  run,
  cancel,
  escape: closeMenu,
  'give-up': giveUp,
  'new-row': newRow,
  left: arrow('Left', to(left)),
  right: arrow('Right', right1),
  up: arrow('Up', state => rowOrHistory(state, -1)),
  down: arrow('Down', state => rowOrHistory(state, 1)),
  'row-start': to(rowStart),
  'row-end': rowEndOrTake,
  'text-start': to(() => 0),
  'text-end': to(text => text.length),
  'word-left': to(wordLeft),
  'word-right': wordRightOrTake,
  'delete-or-leave': deleteOrLeave,
  delete: state => erase(state, state.buffer.cursor, right(state.buffer.text, state.buffer.cursor)),
  backspace: state => erase(state, left(state.buffer.text, state.buffer.cursor), state.buffer.cursor),
  // At the end of a row: the newline itself.
  'kill-to-row-end': killTo((text, cursor) => {
    const end = rowEnd(text, cursor);
    return end === cursor ? right(text, cursor) : end;
  }),
  'kill-to-row-start': killTo((text, cursor) => {
    const start = rowStart(text, cursor);
    return start === cursor ? left(text, cursor) : start;
  }),
  'kill-word': killTo(wordRight),
  'kill-word-left': killTo(wordLeft),
  'kill-blank-word-left': killTo(blankWordLeft),
  yank,
  'yank-pop': yankPop,
  'yank-last-word': yankLastWord,
  'transpose-chars': transposeChars,
  'transpose-words': transposeWords,
  'upper-word': onWord(word => word.toUpperCase()),
  'lower-word': onWord(word => word.toLowerCase()),
  'capital-word': onWord(capital),
  undo: undoing(undo),
  redo: undoing(redo),
  'older-line': state => walk(state, -1),
  'newer-line': state => walk(state, 1),
  'oldest-line': state => walkTo(state, 'oldest'),
  'newest-line': state => walkTo(state, 'draft'),
  'search-back': state => search(state, -1),
  'search-forward': state => search(state, 1),
  complete: (state, settings) => {
    const { menu } = state;
    if (!menu?.active) return complete(state, true);
    return takeOnly(state, menu, settings) ?? just(choose(state, select(menu, 1)));
  },
  'complete-back': state =>
    state.menu ? just(choose(state, select(state.menu, -1))) : withEffect(state, { type: 'bell' }),
  'edit-outside': state => withEffect(state, { type: 'edit', text: state.buffer.text }),
  clear: state => withEffect(state, { type: 'clear' }),
  suspend: state => withEffect(state, { type: 'suspend' }),
  comment: notEmpty((state, settings) => run(changed(state, buffer(`#${state.buffer.text}`)), settings)),
} as const satisfies { readonly [name: string]: Action };

export type ActionName = keyof typeof ACTIONS;
