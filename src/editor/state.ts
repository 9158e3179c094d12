// The editor as one immutable value, and the few ways in which its text may change.
import type { Span, StyledLine } from '../text/style.ts';
import { type Buffer, EMPTY } from './buffer.ts';
import type { Effect, TerminalInput } from './input.ts';
import type { Menu } from './menu.ts';
import type { Walk } from './recall.ts';

/** Settings of the editor that its owner decides on; they may change at any time. */
export interface EditorSettings {
  readonly keys: 'emacs' | 'vi';
  /** In vi keys, whether Esc and a letter that come in one piece are Alt and the letter. */
  readonly alt: boolean;
  /** Whether the text goes on in a further row: then Enter begins one instead of running the line. */
  isOpen(text: string): boolean;
  /** Whether a line typed while something is in the foreground runs at once instead of waiting for its end. */
  passes(text: string): boolean;
  /** Whether a line that was run joins the history (a secret does not). */
  remembers(text: string): boolean;
  /** When the menu of candidates comes: only with Tab, or while typing too. */
  readonly menu: 'tab' | 'typing';
  /** What stands before the second row and those after it. */
  readonly continuation: Span;
}

export const DEFAULT_SETTINGS: EditorSettings = {
  keys: 'emacs',
  alt: false,
  isOpen: () => false,
  passes: () => false,
  remembers: () => true,
  menu: 'tab',
  continuation: { text: '   ... ', role: 'dim' },
};

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What the last key did, where the next one depends on it. */
export type Last =
  | 'completed'
  | 'type'
  | 'erase'
  | 'kill'
  | 'yank'
  | 'vertical'
  | 'walk'
  | 'lastWord'
  | 'other';

export interface Search {
  readonly step: -1 | 1;
  readonly query: string;
  /** Where in the history the match is; the history's length before there is one. */
  readonly index: number;
  readonly failed: boolean;
  /** What is shown does not hold the query; it comes near. */
  readonly near: boolean;
  readonly before: Buffer;
}

export interface Vi {
  readonly mode: 'insert' | 'normal';
  /** Digits typed so far, for the operator and for the motion. */
  readonly count: string;
  readonly operator?: { readonly name: 'd' | 'c' | 'y'; readonly count: string };
  /** A command that still wants its letter. */
  readonly wants?: 'f' | 'F' | 't' | 'T' | 'r';
  readonly found?: { readonly kind: 'f' | 'F' | 't' | 'T'; readonly char: string };
  readonly register: { readonly text: string; readonly rows: boolean };
  /** The keys of the change being made, and of the last one, for `.`. */
  readonly recording: readonly TerminalInput[];
  readonly change: readonly TerminalInput[];
}

export interface EditorState {
  readonly buffer: Buffer;
  readonly undoStack: readonly Buffer[];
  readonly redoStack: readonly Buffer[];
  readonly last: Last;
  /** The distance from the row's start that Up and Down keep. */
  readonly goal: number;
  /** Killed texts, newest first; where the last yank put one, and which. */
  readonly kills: readonly string[];
  readonly yanked: { readonly start: number; readonly end: number; readonly index: number };
  readonly history: readonly string[];
  readonly walk: Walk | undefined;
  readonly search: Search | undefined;
  readonly query: string;
  readonly menu: Menu | undefined;
  /** Number of the newest request for candidates, and the line it was for. */
  readonly ticket: number;
  readonly asked: Buffer | undefined;
  readonly question:
    | { readonly text: string; readonly keys: readonly string[]; readonly passing: boolean }
    | undefined;
  /** The last key answered a question. */
  readonly answered: boolean;
  readonly busy: { readonly text: string; readonly kept: readonly TerminalInput[] } | undefined;
  readonly panel: readonly StyledLine[] | undefined;
  /** Whether C-x was typed and wants a second key. */
  readonly prefixed: boolean;
  readonly vi: Vi;
  readonly prompt: Span;
  /** The prompt of lines that have run. */
  readonly left: Span;
  readonly status: readonly StyledLine[];
  readonly hint: StyledLine | undefined;
  readonly suggestion: string;
  readonly size: Size;
}

export interface Outcome {
  readonly state: EditorState;
  readonly effects: readonly Effect[];
}

const MOST_UNDO = 500;
const MOST_KILLS = 60;

const VI_AT_REST: Pick<Vi, 'mode' | 'count' | 'recording'> = {
  mode: 'insert',
  count: '',
  recording: [],
};

export function initialState(size: Size, prompt: Span = { text: '> ' }): EditorState {
  return {
    buffer: EMPTY,
    undoStack: [],
    redoStack: [],
    last: 'other',
    goal: 0,
    kills: [],
    yanked: { start: 0, end: 0, index: 0 },
    history: [],
    walk: undefined,
    search: undefined,
    query: '',
    menu: undefined,
    ticket: 0,
    asked: undefined,
    question: undefined,
    answered: false,
    busy: undefined,
    panel: undefined,
    prefixed: false,
    vi: { ...VI_AT_REST, register: { text: '', rows: false }, change: [] },
    prompt,
    left: prompt,
    status: [],
    hint: undefined,
    suggestion: '',
    size,
  };
}

export function just(state: EditorState): Outcome {
  return { state, effects: [] };
}

export function withEffect(state: EditorState, ...effects: readonly Effect[]): Outcome {
  return { state, effects };
}

/** The cursor elsewhere, the text the same. */
export function moved(state: EditorState, cursor: number, last: Last = 'other'): EditorState {
  return { ...state, buffer: { text: state.buffer.text, cursor }, last };
}

/**
 * A change of the text that can be undone. Letters typed one after the other are undone word by word, characters
 * erased one after the other all at once.
 */
export function changed(state: EditorState, to: Buffer, last: Last = 'other'): EditorState {
  if (to.text === state.buffer.text) return { ...state, buffer: to, last };
  const { text, cursor } = state.buffer;
  // What vi inserts in one go is one change.
  const inVi = state.vi.recording.length > 0;
  const wordEnds = !inVi && /\s/.test(to.text[cursor] ?? '') && !/\s/.test(text[cursor - 1] ?? ' ');
  const goesOn = last === state.last && ((last === 'type' && !wordEnds) || last === 'erase');
  return {
    ...state,
    buffer: to,
    undoStack: goesOn ? state.undoStack : [...state.undoStack.slice(-(MOST_UNDO - 1)), state.buffer],
    redoStack: [],
    last,
  };
}

export function undo(state: EditorState): EditorState | undefined {
  const to = state.undoStack.at(-1);
  if (!to) return undefined;
  const redoStack = [...state.redoStack, state.buffer];
  return { ...state, buffer: to, undoStack: state.undoStack.slice(0, -1), redoStack, last: 'other' };
}

export function redo(state: EditorState): EditorState | undefined {
  const to = state.redoStack.at(-1);
  if (!to) return undefined;
  const undoStack = [...state.undoStack, state.buffer];
  return { ...state, buffer: to, undoStack, redoStack: state.redoStack.slice(0, -1), last: 'other' };
}

/** Cuts a part out into the kill ring; parts killed one after the other are kept as one. */
export function kill(state: EditorState, start: number, end: number, toward: 'left' | 'right'): EditorState {
  const from = Math.min(start, end);
  const to = Math.max(start, end);
  if (from === to) return state;
  const { text } = state.buffer;
  const cut = text.slice(from, to);
  const [newest = '', ...rest] = state.kills;
  const joined = toward === 'left' ? cut + newest : newest + cut;
  const kills = state.last === 'kill' ? [joined, ...rest] : [cut, ...state.kills.slice(0, MOST_KILLS - 1)];
  const buffer = { text: text.slice(0, from) + text.slice(to), cursor: from };
  return { ...changed(state, buffer, 'kill'), kills };
}

/** A fresh, empty line. History, kill ring, prompt and what surrounds the line stay. */
export function fresh(state: EditorState): EditorState {
  return {
    ...state,
    buffer: EMPTY,
    undoStack: [],
    redoStack: [],
    last: 'other',
    walk: undefined,
    search: undefined,
    menu: undefined,
    // Candidates still on their way are for the line that has gone.
    asked: undefined,
    prefixed: false,
    vi: { ...VI_AT_REST, register: state.vi.register, change: state.vi.change },
    hint: undefined,
    suggestion: '',
  };
}
