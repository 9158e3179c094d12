// A report that survives a failing output: what is being done is not broken off, and the first error is kept.
import type { Page, Step } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';

export class Steady implements Report {
  /** The first failure to tell something. */
  broken: QmpshError | undefined;
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  begin(step: Step, text: string): void {
    this.#tell(report => report.begin(step, text));
  }

  end(result: StepResult): void {
    this.#tell(report => report.end(result));
  }

  skipped(step: Step): void {
    this.#tell(report => report.skipped(step));
  }

  failed(step: Step | undefined, failure: Failure): void {
    this.#tell(report => report.failed(step, failure));
  }

  undoing(): void {
    this.#tell(report => report.undoing());
  }

  undone(undone: Undone): void {
    this.#tell(report => report.undone(undone));
  }

  over(page: Page, ending: Ending, ms: number): void {
    this.#tell(report => report.over(page, ending, ms));
  }

  #tell(tell: (report: Report) => void): void {
    try {
      tell(this.#report);
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      this.broken ??= error;
    }
  }
}
