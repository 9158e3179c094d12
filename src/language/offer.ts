// What completion is asked and what it answers.
import type { NameKind, Wanted } from '../schema/names.ts';
import type { Candidate } from './line.ts';

export interface Completion {
  /** The best first; all replace the same part of the line, apart from an action's name in a transaction. */
  readonly candidates: readonly Candidate[];
  /** What is named at the cursor, when its values come from the VM or the host. */
  readonly wanted?: Wanted;
}

/** A value somebody else knows: a node of the VM, a file of the host, an argument of a shell word. */
export interface Offer {
  readonly text: string;
  readonly note?: string;
  /** More than one argument of a word: it is typed as it stands. */
  readonly verbatim?: boolean;
}

/** An argument of a word that names something of the VM or the host; `prefix` stands before the name. */
export interface Wanting {
  readonly prefix: string;
  readonly kind: NameKind;
  readonly typed: string;
  /** What else may stand there. */
  readonly also?: readonly Offer[];
}

/** A word of the shell, with its dot. `complete` offers what may follow the arguments before. */
export interface WordOffer {
  readonly name: string;
  readonly note?: string;
  readonly complete?: (before: readonly string[], typed: string) => readonly Offer[] | Wanting;
}

export interface Extra {
  readonly words?: readonly WordOffer[];
  readonly values?: (wanted: Wanted) => readonly Offer[] | undefined;
}
