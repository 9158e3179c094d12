// The results of a step and of a page, as types.

import type { Exit } from '../line/exit.ts';
import type { Difference } from '../page/match.ts';
import type { Expected, Step } from '../page/model.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';

/** A piece of expected output, and what came instead. */
export interface Mismatch {
  readonly expected: Expected;
  readonly differences: readonly Difference[];
  /** What came in its place, for --update. */
  readonly got: Json | string | undefined;
}

export interface Failure {
  readonly message: string;
  readonly advice?: string;
  readonly exit: Exit;
  /** The connection is gone: nothing can be undone over it. */
  readonly lost?: boolean;
  /** The thing to be undone does not exist, which is no fault of an undo step. */
  readonly absent?: boolean;
}

export interface StepResult {
  readonly step: Step;
  /** The line with its values, as it ran. */
  readonly text: string;
  readonly request?: Json;
  readonly reply?: Json;
  /** The reply went through a `|` of the line, which has shown its own output. */
  readonly filtered?: boolean;
  /** What `.let`, `.expect` or a refusal that was wanted has found. */
  readonly found?: string;
  /** What a `$` step printed. */
  readonly output?: string;
  readonly status?: number;
  readonly jobs: readonly JobOutcome[];
  readonly mismatches: readonly Mismatch[];
  /** One-line remarks: deprecated and the like. */
  readonly warnings: readonly string[];
  readonly failure?: Failure;
  readonly ms: number;
}

export interface Undone {
  readonly text: string;
  readonly ok: boolean;
  /** Why it is left. */
  readonly why?: string;
  /** Nobody could tell whether there is anything for the line. */
  readonly unsure?: boolean;
  /** The monitor it belongs to, where the page speaks to several. */
  readonly on?: string;
  /**
   * What a line that is left is worth to a reader: it can be run as it stands; only once every line above it has done its
   * work; or never, for what it would take back is in use now.
   */
  readonly left?: 'line' | 'last' | 'kept';
}

/** The state after an undo: what was undone, and what is left. */
export interface Aftermath {
  readonly undone: readonly Undone[];
  /** Lines that have had an effect which nothing in the page takes back. */
  readonly stays: readonly string[];
  /** The page was past the point up to which it is undone: `stays` is what it was to make. */
  readonly kept?: true;
  /** Lines of which it is not known whether they have had an effect. */
  readonly unsure: readonly string[];
  /** Sentences: where the guest's disk or the machine is now. */
  readonly moved: readonly string[];
}

export interface Ending {
  readonly exit: Exit;
  readonly played: number;
  readonly failed?: StepResult;
  readonly interrupted?: string;
  /** Absent where nothing was to be undone. */
  readonly after?: Aftermath;
}
