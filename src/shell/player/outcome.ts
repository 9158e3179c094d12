// What became of a step, and of a page.
import type { Difference } from '../../page/match.ts';
import type { Expected, Step } from '../../page/model.ts';
import type { JobOutcome } from '../../session/jobs.ts';
import type { Json } from '../../text/json.ts';
import type { Exit } from '../host.ts';

/** Expected output that is not what came. */
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
  /** What was to be undone is not there: no fault of an undo step. */
  readonly absent?: boolean;
}

export interface StepResult {
  readonly step: Step;
  /** The line with its values, as it ran. */
  readonly text: string;
  readonly request?: Json;
  readonly reply?: Json;
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
}

export interface Ending {
  readonly exit: Exit;
  readonly played: number;
  readonly failed?: StepResult;
  readonly interrupted?: string;
  readonly undone: readonly Undone[];
}
