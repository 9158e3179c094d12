// The report of a page for a person: each line as it runs, what host commands print, how jobs end, what is wrong.
import type { Page, Step } from '../../page/model.ts';
import { renderJobRow } from '../../render/job.ts';
import { renderValue } from '../../render/reply.ts';
import type { Job } from '../../session/jobs.ts';
import { isObject, member, spacedJson } from '../../text/json.ts';
import { span } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import { duration } from '../../text/size.ts';
import type { StyledLine } from '../../text/style.ts';
import { stepNumber } from './choice.ts';
import { sentence } from './judge.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';
import { INTERRUPTED } from './undo.ts';

export interface TextReportOptions {
  readonly page: Page;
  readonly show: (lines: readonly StyledLine[]) => void;
  readonly width: () => number;
  /** Also `.let` and `.expect`, requests and replies. */
  readonly verbose: boolean;
  /** Replies as at the prompt, for somebody who looks at each step. */
  readonly replies?: boolean;
}

const LEFT = 'These lines clean up what is left, in this order:';
const UNTRIED = 'These lines clean up, in this order; what is not there is refused:';
const AFTER_LOSS =
  'If that QEMU still runs, these lines clean up, in this order; what is not there is refused:';

export class TextReport implements Report {
  readonly #options: TextReportOptions;
  #met = 0;
  #undone: Undone[] = [];

  constructor(options: TextReportOptions) {
    this.#options = options;
  }

  begin(step: Step, text: string): void {
    if (this.#quiet(step)) return;
    const prompt = span(step.kind === 'shell' ? '$ ' : '(QEMU) ', 'prompt');
    const [first = '', ...rest] = safe(text, { keepNewlines: true }).split('\n');
    this.#show([[prompt, span(first, 'command')], ...rest.map(row => [span(row, 'command')])]);
  }

  end(result: StepResult): void {
    const { step, output, failure } = result;
    if (output)
      this.#show(
        output
          .replace(/\n+$/, '')
          .split('\n')
          .map(row => [span(row)]),
      );
    if (this.#options.verbose && isObject(result.reply)) this.#show([[span(safe(spacedJson(result.reply)))]]);
    else if (this.#options.replies) this.#show(this.#reply(result));
    for (const { job } of result.jobs) this.#show([renderJobRow(view(job), this.#options.width())]);
    for (const warning of result.warnings) this.#show([[span(`warning: ${safe(warning)}`, 'warning')]]);
    for (const { expected, differences } of result.mismatches)
      for (const difference of failure ? [] : differences) {
        const what = expected.kind === 'request' ? 'the request the page shows' : 'what the page shows';
        this.#show([
          [
            span(`row ${expected.row}: `, 'dim'),
            span(`${what} differs: ${safe(sentence(difference))}`, 'warning'),
          ],
        ]);
      }
    if (failure) this.failed(step, failure);
    else if (step.text.startsWith('.expect')) this.#met += 1;
  }

  skipped(step: Step): void {
    if (this.#options.verbose) this.#show([[span(`skipped: ${safe(step.text)}`, 'dim')]]);
  }

  failed(step: Step | undefined, failure: Failure): void {
    const { page } = this.#options;
    // The line stands above, unless it is one that is not shown.
    const line = step && this.#quiet(step) ? `${safe(firstRow(step.text))}: ` : '';
    const where = step ? `${safe(page.name)}:${step.row}: ${numbered(page, step)}${line}` : '';
    this.#show([[span('failed', 'error'), span(`  ${where}${failure.message}`)]]);
    if (failure.advice !== undefined) this.#show([[span(`        ${failure.advice}`, 'dim')]]);
  }

  undoing(): void {
    this.#undone = [];
  }

  undone(undone: Undone): void {
    this.#undone.push(undone);
    if (undone.ok) this.#show([[span('undone', 'ok'), span(`  ${undone.text}`)]]);
    else
      this.#show([[span('left', 'warning'), span(`    ${undone.text}`), span(`  (${undone.why})`, 'dim')]]);
  }

  over(page: Page, ending: Ending, ms: number): void {
    const title = safe(page.title ?? page.name);
    const count = `${ending.played} step${ending.played === 1 ? '' : 's'}`;
    if (ending.exit === 0) {
      const met = this.#met > 0 ? `, ${this.#met} check${this.#met === 1 ? '' : 's'} met` : '';
      this.#show([[span('done', 'ok'), span(`  ${title}: ${count}${met}, ${duration(ms / 1000)}`)]]);
      return;
    }
    const left = this.#undone.filter(undone => !undone.ok);
    if (ending.interrupted) this.#show([[span(`${title} ends here, after ${count}.`)]]);
    const untried = left.some(({ why }) => why === INTERRUPTED);
    if (left.length > 0)
      this.#show([
        [span(ending.failed?.failure?.lost ? AFTER_LOSS : untried ? UNTRIED : LEFT)],
        ...left.map((undone): StyledLine => [span(`    ${undone.text}`, 'command')]),
      ]);
    else if (this.#undone.length > 0) this.#show([[span('Everything this page did is undone.', 'dim')]]);
  }

  #reply({ reply, text }: StepResult): readonly StyledLine[] {
    const value = isObject(reply) ? member(reply, 'return') : undefined;
    if (value === undefined) return [];
    const command = /^\s*([\w-]+)/.exec(text)?.[1] ?? '';
    return renderValue(value, { command, width: this.#options.width(), format: 'table' });
  }

  #quiet(step: Step): boolean {
    return step.kind === 'word' && /^\.(let|expect)\b/.test(step.text) && !this.#options.verbose;
  }

  #show(lines: readonly StyledLine[]): void {
    this.#options.show(lines);
  }
}

function numbered(page: Page, step: Step): string {
  return step.group === 'on-failure' ? '' : `step ${stepNumber(page, step.index)}: `;
}

function firstRow(text: string): string {
  const [row = '', ...more] = text.split('\n');
  return more.length > 0 ? `${row} ...` : row;
}

function view({ started: _, ended: __, ...job }: Job) {
  return job;
}
