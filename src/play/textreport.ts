// The report of a page for a person: each line as it runs, what host commands print, how jobs end, what is wrong.
import type { Page, Step } from '../page/model.ts';
import { renderJobRow } from '../render/job.ts';
import { renderValue } from '../render/reply.ts';
import type { Job } from '../session/jobs.ts';
import { isObject, member, spacedJson } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { trimTail } from '../text/trim.ts';
import { stepNumber } from './choice.ts';
import { sentence } from './judge.ts';
import type { Aftermath, Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';
import { INTERRUPTED, LOST } from './undo.ts';

interface TextReportOptions {
  readonly page: Page;
  readonly show: (lines: readonly StyledLine[]) => void;
  readonly width: () => number;
  /** Whether somebody reads it on a screen: prose is wrapped then, and hangs. */
  readonly onScreen?: boolean;
  /** Also `.let` and `.expect`, requests and replies. */
  readonly verbose: boolean;
  /** Replies as at the prompt: of queries, or of `all` steps for somebody who looks at each one. */
  readonly replies?: 'queries' | 'all';
}

const LEFT = 'These lines clean up what is left, in this order:';
const UNTRIED = 'These lines clean up, in this order; what is not there is refused:';
const AFTER_LOSS =
  'If that QEMU still runs, these lines clean up, in this order; what is not there is refused:';
const LAST = 'Only when nothing uses the file any more, and each line above has done its work:';
const STAYS = 'Not undone, for the page has no line that does it:';
const KEPT = 'From here on the page is not undone. These lines stand:';
const UNSURE = 'It is not known whether these had an effect:';

export class TextReport implements Report {
  readonly #options: TextReportOptions;
  #met = 0;

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
        trimTail(output)
          .split('\n')
          .map(row => [span(row)]),
      );
    if (this.#options.verbose && isObject(result.reply)) this.#show([[span(safe(spacedJson(result.reply)))]]);
    else if (this.#shows(result)) this.#show(this.#reply(result));
    if (result.found !== undefined && this.#options.replies === 'all')
      this.#show(wrapLine([span(safe(result.found), 'dim')], this.#options.width(), 2));
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
    this.#tell([span('failed', 'error'), span(`  ${where}${failure.message}`)]);
    if (failure.advice !== undefined) this.#tell([span(`        ${failure.advice}`, 'dim')]);
  }

  undoing(): void {}

  undone(undone: Undone): void {
    const { ok, left, why } = undone;
    const mark = ok ? span('undone', 'ok') : span(left === 'kept' ? 'kept' : 'left', 'warning');
    this.#show([
      [mark, span(`${ok ? '  ' : '    '}${lineOf(undone)}`), ...(ok ? [] : [span(`  (${why})`, 'dim')])],
    ]);
  }

  over(page: Page, ending: Ending, ms: number): void {
    const title = safe(page.title ?? page.name);
    const count = `${ending.played} step${ending.played === 1 ? '' : 's'}`;
    if (ending.exit === 0) {
      const met = this.#met > 0 ? `, ${this.#met} check${this.#met === 1 ? '' : 's'} met` : '';
      this.#show([[span('done', 'ok'), span(`  ${title}: ${count}${met}, ${duration(ms / 1000)}`)]]);
      return;
    }
    if (ending.interrupted) this.#show([[span(`${title} ends here, after ${count}.`)]]);
    if (ending.after) this.#after(ending.after);
  }

  #after({ undone, stays, kept, unsure, moved }: Aftermath): void {
    const left = undone.filter(({ ok }) => !ok);
    const because = (reason: string) => left.some(({ why }) => why === reason);
    const untried = because(INTERRUPTED) || left.some(one => one.unsure);
    const first = because(LOST) ? AFTER_LOSS : untried ? UNTRIED : LEFT;
    this.#list(first, left.filter(one => one.left === 'line').map(lineOf));
    this.#list(LAST, left.filter(one => one.left === 'last').map(lineOf));
    this.#list(kept ? KEPT : STAYS, stays);
    this.#list(UNSURE, unsure);
    this.#show(moved.map(text => [span(text)]));
    const all = left.length + stays.length + unsure.length + moved.length === 0;
    if (all && undone.length > 0) this.#show([[span('Everything this page did is undone.', 'dim')]]);
  }

  #list(title: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#show([[span(title)], ...lines.map((text): StyledLine => [span(`    ${text}`, 'command')])]);
  }

  #shows({ text, filtered }: StepResult): boolean {
    const { replies } = this.#options;
    if (replies === undefined || filtered === true) return false;
    return replies === 'all' || /^\s*query-/.test(text);
  }

  #reply({ reply, text }: StepResult): readonly StyledLine[] {
    const value = isObject(reply) ? member(reply, 'return') : undefined;
    if (value === undefined) return [];
    const command = /^\s*([\w-]+)/.exec(text)?.[1] ?? '';
    return renderValue(value, { command, width: this.#options.width(), format: 'table' });
  }

  #quiet(step: Step): boolean {
    return step.kind === 'word' && /^\.(let|expect|points)\b/.test(step.text) && !this.#options.verbose;
  }

  /** A row of prose; what it is longer than the screen hangs below its text. */
  #tell(line: StyledLine): void {
    const { onScreen, width } = this.#options;
    this.#show(onScreen ? wrapLine(line, width(), 8) : [line]);
  }

  #show(lines: readonly StyledLine[]): void {
    this.#options.show(lines);
  }
}

/** The line, and which monitor it is for where there are several. */
function lineOf({ text, on }: Undone): string {
  return on === undefined ? text : `${text}  # on ${on}`;
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
