// Several reports that are told the same.
import type { Page, Step } from '../page/model.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';

export class Together implements Report {
  readonly #reports: readonly Report[];

  constructor(reports: readonly Report[]) {
    this.#reports = reports;
  }

  begin(step: Step, text: string): void {
    for (const report of this.#reports) report.begin(step, text);
  }

  end(result: StepResult): void {
    for (const report of this.#reports) report.end(result);
  }

  skipped(step: Step): void {
    for (const report of this.#reports) report.skipped(step);
  }

  failed(step: Step | undefined, failure: Failure): void {
    for (const report of this.#reports) report.failed(step, failure);
  }

  undoing(): void {
    for (const report of this.#reports) report.undoing();
  }

  undone(undone: Undone): void {
    for (const report of this.#reports) report.undone(undone);
  }

  over(page: Page, ending: Ending, ms: number): void {
    for (const report of this.#reports) report.over(page, ending, ms);
  }
}
