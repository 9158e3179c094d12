// The report of a page for programs: one JSON a row.
import type { Page, Step } from '../page/model.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';
import { stepNumber } from './choice.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';

export class JsonReport implements Report {
  readonly #page: Page;
  readonly #row: (json: Json) => void;

  constructor(page: Page, row: (json: Json) => void) {
    this.#page = page;
    this.#row = row;
  }

  begin(): void {}

  end(result: StepResult): void {
    const { step, text, request, reply, output, status, failure } = result;
    const differs = result.mismatches.flatMap(({ expected, differences }) =>
      differences.map(({ path, expected: wanted, got }) => ({
        row: expected.row,
        what: expected.kind,
        path,
        expected: wanted,
        got: got ?? null,
      })),
    );
    this.#row({
      ...this.#where(step),
      line: text,
      status: failure ? 'failed' : 'ok',
      ...(request === undefined ? {} : { request }),
      ...(reply === undefined ? {} : { reply }),
      ...(output === undefined ? {} : { output }),
      ...(status === undefined ? {} : { exit: status }),
      ...(result.jobs.length === 0 ? {} : { jobs: result.jobs.map(jobRow) }),
      ...(differs.length === 0 ? {} : { differences: differs }),
      ...(result.warnings.length === 0 ? {} : { warnings: result.warnings }),
      ...(failure ? problem(failure) : {}),
      ms: result.ms,
    });
  }

  skipped(step: Step): void {
    this.#row({ ...this.#where(step), line: step.text, status: 'skipped' });
  }

  failed(step: Step | undefined, failure: Failure): void {
    const where = step ? { ...this.#where(step), line: step.text } : {};
    this.#row({ ...where, status: 'failed', ...problem(failure) });
  }

  undoing(): void {}

  undone({ text, ok, why, on, left }: Undone): void {
    this.#row({
      undo: text,
      ...(on === undefined ? {} : { on }),
      status: ok ? 'undone' : left === 'kept' ? 'kept' : 'left',
      ...(why === undefined ? {} : { why }),
    });
  }

  over(page: Page, ending: Ending, ms: number): void {
    const { undone = [], stays = [], kept, unsure = [], moved = [] } = ending.after ?? {};
    this.#row({
      page: page.name,
      status: ending.exit === 0 ? 'ok' : ending.interrupted ? 'left' : 'failed',
      steps: ending.played,
      left: undone.flatMap(({ ok, left, text }) => (ok || left === 'kept' ? [] : text)),
      ...(stays.length === 0 ? {} : { stays }),
      ...(kept ? { kept } : {}),
      ...(unsure.length === 0 ? {} : { unsure }),
      ...(moved.length === 0 ? {} : { moved }),
      exit: ending.exit,
      ms,
    });
  }

  #where(step: Step): { step?: number; row: number } {
    return step.group === 'on-failure'
      ? { row: step.row }
      : { step: stepNumber(this.#page, step.index), row: step.row };
  }
}

function problem({ message, advice }: Failure): { problem: string; advice?: string } {
  return advice === undefined ? { problem: message } : { problem: message, advice };
}

function jobRow({ id, kind, state, error, job }: JobOutcome): Json {
  return {
    id,
    result: kind,
    state,
    ...(job.type === undefined ? {} : { type: job.type }),
    ...(job.len === undefined ? {} : { len: job.len }),
    ...(job.offset === undefined ? {} : { offset: job.offset }),
    ...(error === undefined ? {} : { error }),
  };
}
