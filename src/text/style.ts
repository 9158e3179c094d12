// Styled text as data: what a piece of text means, never which colour it has. `palette` gives the colours.

export type Role =
  | 'plain'
  | 'prompt'
  | 'command'
  | 'key'
  | 'enum'
  | 'string'
  | 'number'
  | 'literal' // true, false, null
  | 'word' // a shell word: .help
  | 'comment'
  | 'punctuation'
  | 'unknown' // a name the schema does not know
  | 'error'
  | 'warning'
  | 'ok'
  | 'event'
  | 'time'
  | 'title'
  | 'dim'
  | 'suggestion' // grey text that is not typed yet
  | 'match' // letters of a candidate that match what was typed
  | 'selected'; // the chosen row of a menu

/** A run of text with one meaning. `underline` marks a problem in a line being typed. */
export interface Span {
  readonly text: string;
  readonly role?: Role;
  readonly underline?: boolean;
  readonly bold?: boolean;
}

/** One row or one line of styled text; it holds no newline. */
export type StyledLine = readonly Span[];
