// Completion as changes of the editor's state: asking for candidates, showing them, taking one.
import type { Candidate } from '../language/line.ts';
import type { Buffer } from './buffer.ts';
import { chosen, extend, type Menu, openMenu, select, take } from './menu.ts';
import { changed, type EditorSettings, type EditorState, just, type Outcome, withEffect } from './state.ts';

/** Asks for what could stand at the cursor. */
export function complete(state: EditorState, explicit: boolean): Outcome {
  const ticket = state.ticket + 1;
  const { text, cursor } = state.buffer;
  return withEffect(
    { ...state, ticket, asked: state.buffer },
    { type: 'complete', ticket, text, cursor, explicit },
  );
}

/** Candidates have arrived. A single one is taken; of several the common beginning is, and the menu opens. */
export function arrived(
  state: EditorState,
  answer: { readonly ticket: number; readonly candidates: readonly Candidate[]; readonly explicit: boolean },
  settings: EditorSettings,
): Outcome {
  const { text, cursor } = state.buffer;
  const current = state.asked?.text === text && state.asked.cursor === cursor;
  if (!current || answer.ticket !== state.ticket || state.search || state.question || state.busy)
    return just(state);
  const { candidates, explicit } = answer;
  const first = candidates[0];
  if (!first) {
    const closed = { ...state, menu: undefined };
    return explicit ? withEffect(closed, { type: 'bell' }) : just(closed);
  }
  if (!explicit) {
    const active = state.menu?.active ?? false;
    if (!state.menu && settings.menu !== 'typing') return just(state);
    // One that is typed already tells nothing.
    const whole = candidates.length === 1 && text.slice(first.place.start, first.place.end) === first.text;
    if (whole && !active) return just({ ...state, menu: undefined });
    return just({ ...state, menu: openMenu(candidates, state.buffer, active) });
  }
  if (candidates.length === 1) return taken(state, state.buffer, first, settings);
  const longer = extend(state.buffer, candidates);
  if (!longer) {
    const menu = openMenu(candidates, state.buffer, true);
    // A menu that came by typing has been read already: Tab goes into it.
    return just(state.menu ? choose(state, select(menu, 1)) : { ...state, menu });
  }
  const end = longer.cursor;
  const moved = candidates.map(one => ({ ...one, place: { start: one.place.start, end } }));
  const next = { ...changed(state, longer), menu: openMenu(moved, longer, true) };
  // What matches is other than before, so ask again, without any new question to the VM.
  return complete(next, false);
}

/** The only candidate of a menu, taken with what stands behind it; undefined where there are several. */
export function takeOnly(state: EditorState, menu: Menu, settings: EditorSettings): Outcome | undefined {
  const [only, ...others] = menu.candidates;
  if (!only || others.length > 0) return undefined;
  return taken(state, menu.base, only, settings);
}

// Where the menu comes by itself, what may stand next comes with what was taken.
function taken(state: EditorState, base: Buffer, only: Candidate, settings: EditorSettings): Outcome {
  const last = only.after ? 'completed' : 'other';
  const next = { ...changed(state, take(base, only, true), last), menu: undefined };
  return settings.menu === 'typing' ? complete(next, false) : just(next);
}

/** Chooses a candidate of the menu: its text stands in the line from now on. */
export function choose(state: EditorState, menu: Menu): EditorState {
  const candidate = chosen(menu);
  if (!candidate) return { ...state, menu };
  // Going through the menu is one change: undo leads back to what was typed.
  const undoStack = state.undoStack.at(-1) === menu.base ? state.undoStack : [...state.undoStack, menu.base];
  return {
    ...state,
    menu,
    buffer: take(menu.base, candidate, false),
    undoStack,
    redoStack: [],
    last: 'other',
  };
}

/** Typing behind a chosen candidate: its `=` comes by itself when a value is begun. */
export function settle(state: EditorState, typed: string): EditorState {
  const candidate = state.menu && chosen(state.menu);
  if (!candidate) return state;
  const closed = { ...state, menu: undefined };
  if (candidate.after !== '=' || !/^[\p{L}\p{N}_"'{[/~-]/u.test(typed)) return closed;
  const { text, cursor } = state.buffer;
  if (text[cursor] === '=') return { ...closed, buffer: { text, cursor: cursor + 1 } };
  return changed(
    closed,
    { text: `${text.slice(0, cursor)}=${text.slice(cursor)}`, cursor: cursor + 1 },
    'type',
  );
}
