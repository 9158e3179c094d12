// Walking through the history and searching in it, as changes of the editor's state.
import { buffer, rowStart, vertical } from './buffer.ts';
import { find, findNear, newer, older, remember, type Walk } from './recall.ts';
import { changed, type EditorState, just, moved, type Outcome, type Search, withEffect } from './state.ts';

/** Up (-1) or Down (1): to the row above or below; beyond the first and last row, through the history. */
export function rowOrHistory(state: EditorState, by: -1 | 1): Outcome {
  const { text, cursor } = state.buffer;
  if (state.last !== 'walk') {
    const goal = state.last === 'vertical' ? state.goal : cursor - rowStart(text, cursor);
    const to = vertical(text, cursor, by, goal);
    if (to !== undefined) return just({ ...moved(state, to, 'vertical'), goal });
  }
  return walk(state, by);
}

/** One line older (-1) or newer (1). What stands before the cursor when the walk begins is what lines begin with. */
export function walk(state: EditorState, by: -1 | 1): Outcome {
  const { text, cursor } = state.buffer;
  const going = state.last === 'walk' ? state.walk : undefined;
  const at: Walk = going ?? { index: state.history.length, draft: text, prefix: text.slice(0, cursor) };
  const index = by < 0 ? older(state.history, at, text) : newer(state.history, at, text);
  if (index === undefined && (by < 0 || at.index >= state.history.length))
    return withEffect(state, { type: 'bell' });
  return just(show(state, { ...at, index: index ?? state.history.length }));
}

/** The oldest line, or back to what was being typed. */
export function walkTo(state: EditorState, end: 'oldest' | 'draft'): Outcome {
  const { text } = state.buffer;
  const going = state.last === 'walk' ? state.walk : undefined;
  const at: Walk = going ?? { index: state.history.length, draft: text, prefix: '' };
  return just(show(state, { ...at, prefix: '', index: end === 'oldest' ? 0 : state.history.length }));
}

function show(state: EditorState, to: Walk): EditorState {
  const text = state.history[to.index] ?? to.draft;
  return { ...changed(state, buffer(text), 'walk'), walk: to };
}

/** C-r or C-s: begins a search, or goes on to the next match. */
export function search(state: EditorState, step: -1 | 1): Outcome {
  const going = state.search;
  if (!going) {
    const index = (state.last === 'walk' ? state.walk?.index : undefined) ?? state.history.length;
    return just({
      ...state,
      search: { step, query: '', index, failed: false, near: false, before: state.buffer },
      menu: undefined,
    });
  }
  const query = going.query === '' ? state.query : going.query;
  return seek(state, { ...going, step, query }, going.index + step);
}

/** Adds letters to the query, or takes the last one away. */
export function refine(state: EditorState, query: string): Outcome {
  const going = state.search;
  if (!going) return just(state);
  if (query === '') {
    return just({
      ...state,
      buffer: going.before,
      search: { ...going, query, index: state.history.length, failed: false, near: false },
    });
  }
  const from = query.startsWith(going.query) && going.query !== '' ? going.index : state.history.length;
  return seek(state, { ...going, query, near: false }, from);
}

function seek(state: EditorState, to: Search, from: number): Outcome {
  // The match may be the line that is shown: the search begins with it.
  const start = Math.min(from, state.history.length - 1);
  let hit = find(state.history, start, to.step, to.query);
  // A line that is there twice is shown once.
  while (hit && from !== to.index && state.history[hit.index] === state.buffer.text) {
    hit = find(state.history, hit.index + to.step, to.step, to.query);
  }
  if (!hit) return seekNear(state, to);
  const text = state.history[hit.index] ?? '';
  return just({
    ...state,
    buffer: buffer(text, hit.at),
    search: { ...to, index: hit.index, failed: false, near: false },
  });
}

/** Where no line holds the query: the line that comes nearest, or the next one in that order. */
function seekNear(state: EditorState, to: Search): Outcome {
  const near = findNear(state.history, to.query);
  const index = near[to.near ? near.indexOf(to.index) - to.step : 0];
  if (index === undefined) return withEffect({ ...state, search: { ...to, failed: true } }, { type: 'bell' });
  const text = state.history[index] ?? '';
  return just({ ...state, buffer: buffer(text, 0), search: { ...to, index, failed: false, near: true } });
}

/** Ends a search: with the line it found, or back at the one before it. */
export function endSearch(state: EditorState, keep: boolean): EditorState {
  const going = state.search;
  if (!going) return state;
  const found = state.buffer;
  const back: EditorState = {
    ...state,
    buffer: going.before,
    search: undefined,
    query: going.query || state.query,
  };
  if (!keep || found.text === going.before.text) return back;
  const at: Walk = { index: going.index, draft: going.before.text, prefix: '' };
  return { ...changed(back, found, 'walk'), walk: at };
}

/** What the hint row shows while a search goes on. */
export function searchText(going: Search): string {
  const where = going.step < 0 ? 'search back' : 'search forward';
  const what = going.failed
    ? '  (nothing found)'
    : going.near
      ? '  (no line holds it, this one comes near)'
      : '';
  return `${where}: ${going.query}${what}`;
}

/** The state with a line that was run added to its history. */
export function remembering(state: EditorState, text: string): EditorState {
  return { ...state, history: remember(state.history, text) };
}
