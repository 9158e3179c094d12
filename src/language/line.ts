// What a typed line can be. Parser, completer, colour and the shell share these shapes.
import type { Request } from '../qmp/message.ts';
import type { Rule } from '../schema/finding.ts';
import type { Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';

/** Something wrong with a line: nothing was sent. `nearest` are names that were perhaps meant. */
export interface Problem {
  readonly place: Place;
  readonly message: string;
  /** What to do about it, as one sentence. */
  readonly advice?: string;
  readonly nearest?: readonly string[];
  /** Which of the schema's rules it goes against. */
  readonly rule?: Rule;
  /** The request that the advice would make of the line: the VM's own names may speak against it. */
  readonly offered?: Request;
  /** The advice where they do. */
  readonly otherwise?: string;
  /** The line is one for the host's shell; the advice says how to run it there. */
  readonly isForHost?: true;
  /** Something is only not there yet: no problem while the line is being typed. */
  readonly unfinished?: true;
}

/** Worth one line to the user; the request is sent all the same (deprecated, unstable). */
export type Warning = Problem;

export type Line =
  | { readonly kind: 'empty' } // blank, or only a comment
  | {
      readonly kind: 'command';
      readonly request: Request;
      readonly warnings: readonly Warning[];
      /** ` &` at the end: a page does not wait for the job it starts. */
      readonly background: boolean;
      /** Text behind `|`, for the host's shell. */
      readonly pipe?: string;
    }
  | { readonly kind: 'raw'; readonly message: Json } // JSON typed or pasted, sent as it stands
  | {
      readonly kind: 'word';
      readonly name: string;
      readonly rest: string;
      readonly place: Place;
      readonly restPlace: Place;
    }
  | { readonly kind: 'wrong'; readonly problems: readonly [Problem, ...Problem[]] };

/** What a text would be as a line, as far as is known: whether one that was perhaps meant is taken. */
export type Takes = (text: string) => Line;

/** Whether the text goes on in the next row (an unclosed bracket, quote or transaction). */
export type Completeness = 'complete' | 'open';

/** A text that could stand at the cursor. Taking it replaces `place` of the line by `text`. */
export interface Candidate {
  readonly text: string;
  readonly place: Place;
  /** Where the candidate's row shows it, if not `text`. */
  readonly label?: string;
  readonly kind: 'command' | 'key' | 'enum' | 'bool' | 'value' | 'word' | 'file';
  /** A few words: the type, required or optional, deprecated. */
  readonly note?: string;
  /** What it is or does, in one line. */
  readonly about?: string;
  readonly required?: boolean;
  readonly deprecated?: boolean;
  /** Put behind the text when it is taken as the only one: ' ', '=', or nothing. */
  readonly after?: string;
  /** Offsets in the label of the letters that match what was typed. */
  readonly matched?: readonly number[];
}

export type { Wanted } from '../schema/names.ts';
