// Inputs and effects of the editor, as plain values: a test or a recording can hold them.
import type { Candidate } from '../language/line.ts';
import type { Span, StyledLine } from '../text/style.ts';

/**
 * What the decoder makes of a terminal's bytes. A chord is written as its modifiers and its key:
 * `C-a`, `M-b`, `C-M-x`, `S-Tab`, `Enter`, `Up`, `C-Left`, `F1`. Text is what was typed, in pieces of any length.
 */
export type TerminalInput =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string };

/** Everything the editor reacts to. What the shell sends replaces what it sent before (status, hint, ...). */
export type Input =
  | TerminalInput
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** The answer to a `complete` effect. Too late, and dropped, when the line was changed or asked for again. */
  | {
      readonly type: 'candidates';
      readonly ticket: number;
      readonly candidates: readonly Candidate[];
      readonly explicit: boolean;
    }
  /** Lines to stand above the prompt, for good. */
  | { readonly type: 'print'; readonly lines: readonly StyledLine[] }
  | { readonly type: 'status'; readonly lines: readonly StyledLine[] }
  | { readonly type: 'hint'; readonly line: StyledLine | undefined }
  /** Grey text behind the cursor; shown only while the cursor is at the end of the text. */
  | { readonly type: 'suggestion'; readonly text: string }
  /** The prompt; `left` stands before a line that has run, where that is another one. */
  | { readonly type: 'prompt'; readonly span: Span; readonly left?: Span }
  /** Puts a text on the prompt; the cursor goes to its end unless told otherwise. */
  | { readonly type: 'setLine'; readonly text: string; readonly cursor?: number }
  /** A question that one key answers, shown in place of the prompt; one that is `passing` does not stay on the screen. */
  | {
      readonly type: 'ask';
      readonly text: string;
      readonly keys: readonly string[];
      readonly passing?: boolean;
    }
  /** Rows in place of the prompt, redrawn with each new ones; keys then go to the owner. `undefined`: back. */
  | { readonly type: 'panel'; readonly rows: readonly StyledLine[] | undefined }
  /** What could stand at the cursor may be other than before: a menu that came by itself is to follow. */
  | { readonly type: 'refresh' }
  /** Something in the foreground: the prompt is away, what is typed is kept for later. */
  | { readonly type: 'busy'; readonly on: boolean; readonly text?: string }
  /** The lines typed before, oldest first. */
  | { readonly type: 'history'; readonly entries: readonly string[] };

/** What the editor asks of its owner after an input. */
export type Effect =
  | { readonly type: 'submit'; readonly text: string }
  | {
      readonly type: 'complete';
      readonly ticket: number;
      readonly text: string;
      readonly cursor: number;
      /** Whether the user asked (Tab), so that asking a VM is in order. */
      readonly explicit: boolean;
    }
  /** Ctrl-C on an empty line, or while something is in the foreground. */
  | { readonly type: 'interrupt' }
  /** Ctrl-D on an empty line. */
  | { readonly type: 'eof' }
  /** The line is to be edited in an external editor; answer with `setLine`. */
  | { readonly type: 'edit'; readonly text: string }
  | { readonly type: 'suspend' }
  /** A key, or a letter as it was typed, while a panel is shown. */
  | { readonly type: 'panelKey'; readonly key: string }
  /** The screen is to be cleared and drawn anew. */
  | { readonly type: 'clear' }
  | { readonly type: 'bell' }
  /** Text, cursor or width are other than before: hint and suggestion may want to follow. */
  | { readonly type: 'changed'; readonly text: string; readonly cursor: number }
  /** The key that answered a question; `C-c` when it was turned away. */
  | { readonly type: 'answer'; readonly key: string }
  /** Lines for the part of the screen above the prompt. */
  | { readonly type: 'above'; readonly lines: readonly StyledLine[] }
  /** The line as it stands is to stay on the screen, above the next prompt; `mark` is put behind it. */
  | { readonly type: 'leaveLine'; readonly text: string; readonly mark: string }
  /** What was typed while something was in the foreground, now to be taken in order. */
  | { readonly type: 'replay'; readonly inputs: readonly TerminalInput[] };
