// The type of a shell word, one table row each: name, help, completion, and what it needs to run.
import type { Line } from '../language/line.ts';
import type { Wanting } from '../language/offer.ts';
import type { Connection } from './connection.ts';
import type { Exit } from './exit.ts';
import type { Host } from './host.ts';
import type { Output } from './output.ts';
import type { Typist } from './person.ts';
import type { WordFacts } from './wordfacts.ts';

interface WordRow extends WordFacts {
  /** What Tab offers behind the word; `typed` is the last, perhaps half typed argument. */
  readonly complete?: (
    before: readonly string[],
    typed: string,
    host: Pick<Connection, 'schema' | 'session' | 'folder' | 'monitors'> & Partial<Pick<Host, 'typist'>>,
    words: readonly Word[],
  ) => readonly Offer[] | Wanting;
  /** Rows for `.help .word` that must be read first. */
  readonly moreLater?: () => Promise<readonly string[]>;
}

/** A word with its handler, which is given the part of the host that `needs` names. */
export type Word = WordRow &
  (
    | { readonly needs: 'output'; readonly run: (call: WordCall, host: Output) => Promise<Exit> | Exit }
    | {
        readonly needs: 'connection';
        readonly run: (call: WordCall, host: Connection & Output) => Promise<Exit> | Exit;
      }
    /** Pages run where somebody can be asked and where nobody can. */
    | { readonly needs: 'host'; readonly run: (call: WordCall, host: Host) => Promise<Exit> | Exit }
    | {
        readonly needs: 'typist';
        /** What to do where there is no prompt. */
        readonly otherwise: string;
        readonly run: (call: WordCall, host: Host, typist: Typist) => Promise<Exit> | Exit;
      }
  );

export type { Wanting };

export interface Offer {
  readonly text: string;
  readonly note?: string;
}

export interface WordCall {
  readonly line: Extract<Line, { kind: 'word' }>;
  readonly text: string;
  /** The number of the text's first row where it came from a file or a pipe. */
  readonly row?: number;
  /** What stands behind the word, split at blanks; quoted pieces are one. */
  readonly args: readonly string[];
  readonly rest: string;
  /** All words there are. */
  readonly words: readonly Word[];
}
