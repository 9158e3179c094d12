// Types of a performance: what the steps of a page share while they run, and the result of one.
import type { Step } from '../page/model.ts';
import type { Value } from '../page/value.ts';
import type { Discretion } from './discreet.ts';
import type { OwnJob } from './jobs.ts';
import type { Ledger } from './ledger.ts';
import type { Failure, StepResult } from './outcome.ts';
import type { Reading } from './reading.ts';
import type { Stage } from './stage.ts';

export interface Performance {
  readonly stage: Stage;
  readonly reading: Reading;
  /** Hides secrets in what is shown. */
  readonly hide: Discretion;
  /** Grows with `.let`. */
  readonly values: Map<string, Value>;
  /** The jobs the page has started; grows. */
  readonly jobs: OwnJob[];
  /** What the steps have done; grows. */
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Milliseconds that a reply, a job or a `.wait` may take; 0 for ever. */
  readonly timeout: number;
  /** Whether expected output that differs makes a step fail. */
  readonly strict: boolean;
  /** How long an expected event may take to come. */
  readonly patience: number;
  /** Whether commands of this host may run, and QEMU be made to run programs. */
  readonly commands: boolean;
  /** The names of the page's parameters. */
  readonly params: ReadonlySet<string>;
  /** Removes files that the page has made, by a line of a `tidy` fence; undefined for every other line. */
  readonly discard: (step: Step, text: string) => Promise<Part | undefined>;
  /** Runs a word that is a page. */
  readonly nested: (text: string, signal: AbortSignal) => Promise<Failure | undefined>;
}

/** The part of a step's result that depends on its kind. */
export type Part = Omit<StepResult, 'step' | 'text' | 'ms' | 'mismatches' | 'jobs' | 'warnings'> &
  Partial<Pick<StepResult, 'mismatches' | 'jobs' | 'warnings'>>;
