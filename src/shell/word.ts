// The shape of a shell word: one table row each.
import type { Line } from '../language/line.ts';
import type { Wanting } from '../language/offer.ts';
import type { Exit, Host } from './host.ts';

export interface Word {
  /** With its dot: `.help`. */
  readonly name: string;
  /** Arguments as the help shows them: `[on|off|FILTER ...]`. */
  readonly usage: string;
  /** One line. */
  readonly help: string;
  /** Further rows for `.help .word`: what it does in full, with an example. */
  readonly more: readonly string[];
  /** What Tab offers behind the word; `typed` is the last, perhaps half typed argument. */
  readonly complete?: (
    before: readonly string[],
    typed: string,
    host: Host,
    words: readonly Word[],
  ) => readonly Offer[] | Wanting;
  /** Rows for `.help .word` that must be read first. */
  readonly moreLater?: () => Promise<readonly string[]>;
  readonly run: (call: WordCall, host: Host) => Promise<Exit> | Exit;
}

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

/** The word of that name, with or without its dot; `?` is help. */
export function wordNamed(name: string, words: readonly Word[]): Word | undefined {
  const dotted = name === '?' ? '.help' : name.startsWith('.') ? name : `.${name}`;
  return words.find(word => word.name === dotted);
}

/** Splits at blanks; '...' and "..." hold blanks and are taken off. */
export function splitArguments(rest: string): string[] {
  const args: string[] = [];
  for (const found of rest.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\S)+/g)) {
    args.push(
      found[0].replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double, single) =>
        double === undefined ? single : String(double).replace(/\\(.)/g, '$1'),
      ),
    );
  }
  return args;
}
