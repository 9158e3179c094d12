// The keymaps: one row a key with the action it is bound to. Help and tests read the same tables.
import type { ActionName } from './actions.ts';

export type Keymap = ReadonlyMap<string, ActionName>;

// Keys that every mode has.
const COMMON: readonly (readonly [string, ActionName])[] = [
  ['Enter', 'run'],
  ['C-j', 'run'],
  ['M-Enter', 'new-row'],
  ['S-Enter', 'new-row'],
  ['Tab', 'complete'],
  ['S-Tab', 'complete-back'],
  ['Left', 'left'],
  ['Right', 'right'],
  ['Up', 'up'],
  ['Down', 'down'],
  ['C-Left', 'word-left'],
  ['C-Right', 'word-right'],
  ['M-Left', 'word-left'],
  ['M-Right', 'word-right'],
  ['Home', 'row-start'],
  ['End', 'row-end'],
  ['C-Home', 'text-start'],
  ['C-End', 'text-end'],
  ['PageUp', 'older-line'],
  ['PageDown', 'newer-line'],
  ['Delete', 'delete'],
  ['C-Delete', 'kill-word'],
  ['Backspace', 'backspace'],
  ['S-Backspace', 'backspace'],
  ['C-Backspace', 'kill-word-left'],
  ['C-c', 'cancel'],
  ['C-d', 'delete-or-leave'],
  ['C-l', 'clear'],
  ['C-z', 'suspend'],
  ['C-r', 'search-back'],
  ['C-s', 'search-forward'],
  ['C-x C-e', 'edit-outside'],
  ['C-x C-u', 'undo'],
];

/** The emacs keys. */
export const EMACS: Keymap = new Map([
  ...COMMON,
  ['C-a', 'row-start'],
  ['C-b', 'left'],
  ['C-e', 'row-end'],
  ['C-f', 'right'],
  ['C-g', 'give-up'],
  ['C-k', 'kill-to-row-end'],
  ['C-n', 'down'],
  ['C-p', 'up'],
  ['C-t', 'transpose-chars'],
  ['C-u', 'kill-to-row-start'],
  ['C-w', 'kill-blank-word-left'],
  ['C-y', 'yank'],
  ['C-_', 'undo'],
  ['C-/', 'undo'],
  ['M-_', 'redo'],
  ['M-/', 'redo'],
  ['Escape', 'escape'],
  ['M-b', 'word-left'],
  ['M-c', 'capital-word'],
  ['M-d', 'kill-word'],
  ['M-f', 'word-right'],
  ['M-l', 'lower-word'],
  ['M-t', 'transpose-words'],
  ['M-u', 'upper-word'],
  ['M-y', 'yank-pop'],
  ['M-Backspace', 'kill-word-left'],
  ['M-.', 'yank-last-word'],
  ['M-<', 'oldest-line'],
  ['M->', 'newest-line'],
  ['M-p', 'older-line'],
  ['M-n', 'newer-line'],
  ['M-#', 'comment'],
]);

/** The keys of vi's insert mode; Escape leads to normal mode. */
export const VI_INSERT: Keymap = new Map([
  ...COMMON,
  ['C-u', 'kill-to-row-start'],
  ['C-w', 'kill-blank-word-left'],
  ['C-y', 'yank'],
  ['C-n', 'down'],
  ['C-p', 'up'],
  ['C-g', 'give-up'],
  ['C-_', 'undo'],
]);

/** The keys of vi's normal mode that are no letters; its letters are in vi.ts. */
export const VI_NORMAL: Keymap = new Map([
  ...COMMON,
  ['Backspace', 'left'],
  ['C-n', 'down'],
  ['C-p', 'up'],
  ['C-r', 'redo'],
]);
