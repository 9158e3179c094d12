// The interface that a player reports to: for a person, as JSON rows, or for a check.
import type { Page, Step } from '../page/model.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';

export interface Report {
  /** A step begins; `text` is its line with its values. */
  begin(step: Step, text: string): void;
  end(result: StepResult): void;
  skipped(step: Step): void;
  /** Something went wrong at a step that did not run, or between steps. */
  failed(step: Step | undefined, failure: Failure): void;
  undoing(): void;
  undone(undone: Undone): void;
  over(page: Page, ending: Ending, ms: number): void;
}
