// Rehearses a page on a twin of the VM: what comes of each step, what it would need, and a verdict. At a terminal it ends
// with the question whether to play it on the VM itself.

import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { asksOnly } from '../play/inverse.ts';
import { JsonReport } from '../play/jsonreport.ts';
import type { StepResult } from '../play/outcome.ts';
import type { Output, PlayRequest } from '../play/playing.ts';
import { fill } from '../play/prepare.ts';
import type { Report } from '../play/report.ts';
import { TextReport } from '../play/textreport.ts';
import { QmpshError } from '../qmp/errors.ts';
import { requestIn } from '../qmp/protocol.ts';
import type { BlockGraph } from '../render/graph.ts';
import { renderGraph } from '../render/picture.ts';
import { isArray, isObject, member, spacedJson } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { areAlike } from './alike.ts';
import { tryFaults } from './faults.ts';
import { needsOf } from './need.ts';
import { Source } from './source.ts';
import { NO_TWIN } from './start.ts';
import { type Subject, tryPage } from './trial.ts';
import type { Twin } from './twin.ts';
import { renderVerdict, type Verdict, verdictJson, verdictOf } from './verdict.ts';

export interface RehearsalRequest extends Pick<PlayRequest, 'page' | 'reading' | 'given' | 'choice'> {
  readonly isLine?: true;
  /** Whether every step is to fail once. */
  readonly faults: boolean;
  /** Plays it on the VM itself. */
  readonly play: (values: Subject['values']) => Promise<Exit>;
}

/** Rehearses; the exit status is 0 where the page goes through, or that of the page where it was played then. */
export async function rehearse(request: RehearsalRequest, host: Host, output: Output): Promise<Exit> {
  const { page, given, faults } = request;
  const values = await fill(page, given, host.person);
  const subject: Subject = { ...request, values };
  const source = await Source.of(host);
  const twin = await host
    .foreground('the twin', signal => source.build(signal))
    .catch((error: unknown) => {
      if (error instanceof QmpshError && error.code === NO_TWIN) return error.message;
      throw error;
    });
  if (typeof twin === 'string') {
    tellVerdict({ kind: 'cannot be told', why: twin }, host, output);
    return 1;
  }
  let told: Awaited<ReturnType<typeof onTwin>>;
  try {
    tellTwin(twin, host, output);
    told = await onTwin(subject, source, twin, host, output);
  } finally {
    await twin.close();
  }
  const { verdict, steps } = told;
  const isClean = !faults || (await tryFaults(subject, steps, source, host, output));
  tellVerdict(verdict, host, output);
  const exit = verdict.kind === 'goes through' && isClean ? 0 : 1;
  if (verdict.kind === 'is refused' || !host.person) return exit;
  const key = await host.person.dialogue.key(`Run it on the real VM now? [y/N] `, ['n', 'y']);
  if (key !== 'y') return exit;
  return request.play(values);
}

function tellVerdict(verdict: Verdict, { width }: Host, { row, show }: Output): void {
  if (row) row(verdictJson(verdict));
  else show([[], ...renderVerdict(verdict).flatMap(line => wrapLine(line, width, 9))]);
}

async function onTwin(
  subject: Subject,
  source: Source,
  twin: Twin,
  host: Host,
  output: Output,
): Promise<{ readonly verdict: Verdict; readonly steps: readonly number[] }> {
  const { page } = subject;
  const { told } = source;
  const before = await twin.graph();
  const report = output.row
    ? new JsonReport(page, output.row)
    : answering(
        new TextReport({ page, show: output.show, width: () => host.width, verbose: false }),
        output,
        subject.isLine,
      );
  const trial = await tryPage(subject, host, {
    twin,
    report,
    output,
    begins: (step, text, number) => {
      if (output.row || /^\.(?:let|expect|points)\b/.test(text)) return;
      const mark = step.kind === 'shell' ? '$ ' : '(QEMU) ';
      const [first = '', ...rest] = safe(text, { keepNewlines: true }).split('\n');
      const at = number === undefined ? [] : [span(`${number}  `, 'dim')];
      output.show([
        [...at, span(mark, 'prompt'), span(first, 'command')],
        ...rest.map((row): StyledLine => [span(row, 'command')]),
      ]);
    },
    skips: ({ step, text, why }) => {
      if (output.row)
        output.row({ ...(step === undefined ? {} : { step }), line: text, status: 'not rehearsed', why });
      else
        output.show([
          [
            ...(step === undefined ? [] : [span(`${step}  `, 'dim')]),
            span('not run', 'warning'),
            span(`  ${safe(text)}  `),
            span(`(${safe(why)})`, 'dim'),
          ],
        ]);
    },
  });
  // Before the session is asked again: what the page sent is what it needs room for.
  const passed = [...twin.passed];
  const after = twin.session.state === 'open' ? await twin.graph() : undefined;
  tellGraphs(before, after, host, output);
  const needs = needsOf(passed, told, name => (twin.isHere ? twin.places.real(name) : undefined));
  for (const { text, isShort } of needs)
    if (output.row) output.row({ needs: text, ...(isShort ? { short: true } : {}) });
    else output.show(wrapLine([span('needs: ', isShort ? 'warning' : 'dim'), span(text)], host.width, 7));
  const verdict = verdictOf({ ...trial, passed, remarks: twin.remarks, needs });
  return { verdict, steps: trial.steps };
}

/** The same report with what QEMU answers; of a question that it has answered only how much. */
function answering(report: Report, { show }: Output, isLine = false): Report {
  const told = ({ reply, request, filtered, failure }: StepResult): StyledLine | undefined => {
    const value = isObject(reply) ? member(reply, 'return') : undefined;
    const refused = isObject(reply) ? member(reply, 'error') : undefined;
    if (isObject(refused) && !failure)
      return [span(`    refused, as it is to be: ${safe(text(refused, 'desc'))}`, 'dim')];
    const asked = request === undefined ? undefined : requestIn(request);
    if (value === undefined || filtered) return undefined;
    if (asked && asksOnly(asked) && isArray(value)) return [span(`    a list of ${value.length}`, 'dim')];
    return [span(`    ${safe(spacedJson(value))}`, 'dim')];
  };
  return {
    begin: report.begin.bind(report),
    end: result => {
      const answer = told(result);
      if (answer) show([answer]);
      const { failure } = result;
      if (!isLine || !failure) {
        report.end(result);
        return;
      }
      // Of a single line there is no place to be told.
      for (const { job } of result.jobs)
        if (job.error !== undefined) show([[span(`job ${safe(job.id)} failed`)]]);
      show([[span('failed', 'error'), span(`  ${failure.message}`)]]);
      if (failure.advice !== undefined) show([[span(`        ${failure.advice}`, 'dim')]]);
    },
    skipped: report.skipped.bind(report),
    failed: report.failed.bind(report),
    undoing: report.undoing.bind(report),
    undone: report.undone.bind(report),
    over: report.over.bind(report),
  };
}

/** What the twin is, and what it has otherwise than its VM. */
function tellTwin(twin: Twin, host: Host, { show, row }: Output): void {
  if (row) {
    row({ twin: true, remarks: [...twin.said] });
    return;
  }
  const head = 'On a twin of the VM, with empty images. The VM itself is only asked questions.';
  show(wrapLine([span(head, 'dim')], host.width, 2));
  for (const text of twin.said) show(wrapLine([span('twin: ', 'warning'), span(safe(text))], host.width, 6));
}

function tellGraphs(
  before: BlockGraph | undefined,
  after: BlockGraph | undefined,
  host: Host,
  { show, row }: Output,
): void {
  if (row || !before || !after) return;
  const { width } = host;
  if (areAlike(before, after)) {
    show([[], [span('Afterwards the graph is as before.', 'dim')]]);
    return;
  }
  show([
    [],
    [span('before', 'title')],
    ...renderGraph(before, { width }),
    [],
    [span('after', 'title')],
    ...renderGraph(after, { width, before }),
  ]);
}
