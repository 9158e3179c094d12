// Performs one step of a page: sends it or runs it, waits for what it starts, and says what came.
import { runOnHost } from '../../io/hostrun.ts';
import { parse, requestOf } from '../../language/parse.ts';
import { bind, bindQuery, type Value } from '../../page/bind.ts';
import { meets, readExpectation } from '../../page/expect.ts';
import type { Step } from '../../page/model.ts';
import { letOf } from '../../page/names.ts';
import { QmpshError } from '../../qmp/errors.ts';
import type { QmpEvent, Reply, Request } from '../../qmp/message.ts';
import { explainRefusal } from '../../schema/notes.ts';
import type { Session } from '../../session/client.ts';
import type { JobOutcome } from '../../session/jobs.ts';
import { wait } from '../../session/wait.ts';
import { isObject, type Json, stringifyJson } from '../../text/json.ts';
import { safe } from '../../text/safe.ts';
import { waitFor } from '../waiting.ts';
import { splitArguments } from '../word.ts';
import { endedBy, type OwnJob, startedBy, untilEnded, untilSettled } from './jobs.ts';
import { expectsRefusal, judge, sentence, showsOutput } from './judge.ts';
import { telling, wire } from './lines.ts';
import type { Failure, Mismatch, StepResult } from './outcome.ts';
import { ask } from './query.ts';
import type { Monitor, Stage } from './stage.ts';

export interface Performance {
  readonly stage: Stage;
  /** Grows with `.let`. */
  readonly values: Map<string, Value>;
  /** The jobs the page has started; grows. */
  readonly jobs: OwnJob[];
  readonly signal: AbortSignal;
  /** Milliseconds that a reply, a job or a `.wait` may take; 0 for ever. */
  readonly timeout: number;
  /** Whether expected output that differs makes a step fail. */
  readonly strict: boolean;
  /** How long an expected event may take to come. */
  readonly patience: number;
  /** Runs a word that is a page. */
  readonly nested: (text: string, signal: AbortSignal) => Promise<Failure | undefined>;
}

/** How a step went on. */
type Part = Omit<StepResult, 'step' | 'text' | 'ms' | 'mismatches' | 'jobs' | 'warnings'> &
  Partial<Pick<StepResult, 'mismatches' | 'jobs' | 'warnings'>>;

/** Performs a step; `text` is a line put in its place, values already in it. Never throws what a user can meet. */
export async function perform(step: Step, given: Performance, text?: string): Promise<StepResult> {
  const { clock } = given.stage.host;
  const began = clock.now();
  let shown = text ?? step.text;
  try {
    if (text === undefined) shown = boundText(step, given);
    const part = await run(step, shown, given);
    return {
      step,
      text: shown,
      jobs: [],
      mismatches: [],
      warnings: [],
      ...part,
      ms: clock.now() - began,
    };
  } catch (error) {
    const failure = failureOf(error);
    return { step, text: shown, jobs: [], mismatches: [], warnings: [], failure, ms: clock.now() - began };
  }
}

/** An error as a failure. What is no QmpshError is a fault of the program. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof QmpshError)) throw error;
  return {
    message: error.message,
    exit: error.exit,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.kind === 'lost' || error.kind === 'connect' ? { lost: true } : {}),
    ...(error.code === 'no-job' ? { absent: true } : {}),
  };
}

/** The step's text with its values; queries keep their names, which are bound as literals of the query. */
export function boundText(step: Step, { values }: Pick<Performance, 'values'>): string {
  if (isQuery(step)) return step.text;
  const bound = bind(step, values);
  if (bound.ok) return bound.text;
  throw new QmpshError('usage', bound.message, { advice: bound.advice });
}

function isQuery(step: Step): boolean {
  return step.kind === 'word' && /^\.(let|expect)\b/.test(step.text);
}

function run(step: Step, text: string, given: Performance): Promise<Part> {
  switch (step.kind) {
    case 'shell':
      return runShell(step, text, given);
    case 'word':
      return runPageWord(step, text, given);
    case 'qmp':
      return runLine(step, text, given);
  }
}

async function runShell(step: Step, text: string, given: Performance): Promise<Part> {
  const { stage, signal, timeout, values, strict } = given;
  const late = new AbortController();
  const stop = () => late.abort();
  signal.addEventListener('abort', stop, { once: true });
  const cancel = timeout > 0 ? stage.host.clock.after(timeout, stop) : () => {};
  try {
    if (signal.aborted) stop();
    const { status, output } = await runOnHost(text, { folder: stage.folder, signal: late.signal });
    if (signal.aborted) throw new QmpshError('interrupted', 'the command was interrupted');
    if (late.signal.aborted)
      throw new QmpshError('timeout', `the command took longer than ${timeout} ms and was ended`);
    const mismatches = judge(step, values, { output });
    // What the page shows came, word for word: a command that is meant to fail.
    const meant = mismatches.length === 0 && showsOutput(step);
    const failure: Failure | undefined =
      status === 0 || meant ? differing(mismatches, strict) : { message: `exit status ${status}`, exit: 1 };
    return { output, status, mismatches, ...(failure ? { failure } : {}) };
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

async function runPageWord(step: Step, text: string, given: Performance): Promise<Part> {
  const { stage, values, signal, timeout } = given;
  const name = /^\.[\w-]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(name.length).trim();
  const assigned = letOf({ kind: 'word', text });
  if (assigned) {
    values.set(assigned.name, { json: await queried(assigned.query, given) });
    return {};
  }
  switch (name) {
    case '.expect':
      return expectation(rest, given);
    case '.wait': {
      const monitor = await stage.monitorOf(step, values);
      const { session, schema, mark } = monitor;
      const args = splitArguments(rest);
      const limit = timeout > 0 ? { timeout } : {};
      const came = await waitFor(args, { session, schema, since: mark, signal, ...limit });
      return came.kind === 'event' ? { reply: came.event.raw } : jobPart([came.outcome], new Set());
    }
    case '.send': {
      const line = parse(rest);
      if (line.kind !== 'raw') throw new QmpshError('usage', `${safe(rest)} is no JSON message`);
      return send(step, line.message, undefined, given);
    }
    case '.hmp': {
      const request = { execute: 'human-monitor-command', arguments: { 'command-line': rest } };
      return send(step, wire(request.execute, request.arguments), request, given);
    }
    default: {
      const failure = await given.nested(text, signal);
      return failure ? { failure } : {};
    }
  }
}

async function queried(query: string, { stage, values }: Performance): Promise<Json> {
  const bound = bindQuery(query, values);
  if (!bound.ok) throw new QmpshError('usage', bound.message, { advice: bound.advice });
  const answer = await ask(stage.last, bound.text);
  if (!answer.ok) throw new QmpshError('refused', answer.message);
  return answer.value;
}

async function expectation(text: string, { stage, values }: Performance): Promise<Part> {
  const bound = bindQuery(text, values);
  if (!bound.ok) throw new QmpshError('usage', bound.message, { advice: bound.advice });
  const read = readExpectation(bound.text);
  if (!read.ok) throw new QmpshError('usage', read.message, { advice: read.advice });
  const answer = await ask(stage.last, read.query);
  if (!answer.ok) throw new QmpshError('refused', answer.message);
  if (meets(answer.value, read.operator, read.value)) return {};
  const wanted = read.operator === 'holds' ? 'something' : `${read.operator} ${stringifyJson(read.value)}`;
  const got = stringifyJson(answer.value);
  const short = got.length > 300 ? `${got.slice(0, 300)}...` : got;
  const failure = {
    message: `not as expected: ${read.query} should be ${wanted}, and is ${short}`,
    exit: 1,
  } as const;
  return { failure };
}

async function runLine(step: Step, text: string, given: Performance): Promise<Part> {
  const monitor = await given.stage.monitorOf(step, given.values);
  const line = parse(text, monitor.schema);
  switch (line.kind) {
    case 'command': {
      const { execute, arguments: args, oob } = line.request;
      const part = await send(step, wire(execute, args, oob), line.request, given, line.background);
      const warnings = line.warnings.map(warning => warning.message);
      return line.pipe === undefined || part.failure
        ? { ...part, warnings }
        : { ...part, warnings, ...(await piped(line.pipe, part.reply, given)) };
    }
    case 'raw':
      return send(step, line.message, requestOf(line), given, step.background);
    case 'wrong': {
      const problem = telling(line.problems);
      const near = problem.nearest?.length ? `; did you mean ${problem.nearest.join(' or ')}?` : '';
      throw new QmpshError(
        'usage',
        `${problem.message}${near}`,
        problem.advice === undefined ? {} : { advice: problem.advice },
      );
    }
    case 'empty':
    case 'word':
      return {};
  }
}

async function piped(command: string, reply: Json | undefined, given: Performance): Promise<Part> {
  const value = isObject(reply) ? (reply['return'] ?? null) : null;
  const exit = await given.stage.host.pipe(command, value);
  return exit === 0 ? {} : { failure: { message: `the command behind | failed: ${command}`, exit } };
}

async function send(
  step: Step,
  message: Json,
  request: Request | undefined,
  given: Performance,
  background = false,
): Promise<Part> {
  const { stage, values, signal, timeout, strict } = given;
  const monitor = await stage.monitorOf(step, values);
  const { session } = monitor;
  const ending = request ? endedBy(request) : undefined;
  const stateBefore = ending ? session.jobs.get(ending.id)?.state : undefined;
  if (!step.fence.on) stage.host.echo(message);
  const sent = request ? session.send(request) : session.sendRaw(message);
  monitor.mark = sent.mark;
  const limit = timeout > 0 ? { timeout } : {};
  const reply = await wait<Reply>({
    clock: stage.host.clock,
    what: request ? `the reply to ${safe(request.execute)}` : 'the reply',
    signal,
    ...limit,
    start: (resolve, reject) => {
      sent.reply.then(resolve, reject);
      return () => {};
    },
  }).catch((error: unknown) => {
    // Sent, and no reply: what it may have started is the page's to end.
    if (request) given.jobs.push(...mayRun(request, session, sent.mark));
    throw error;
  });
  const { id: _, ...raw } = reply.raw;
  const part = { request: message, reply: raw };
  if (reply.kind === 'success') stage.last = reply.value;
  // Jobs that appeared since are the page's own.
  const own = (request ? mayRun(request, session, sent.mark) : []).filter(job => isNew(job));
  given.jobs.push(...own);
  const mismatches = [
    ...judge(step, values, { ...part }),
    ...(await judgeEvents(step, monitor, sent.mark, given)),
  ];
  if (reply.kind === 'refusal') {
    const differs = mismatches.some(({ expected }) => expected.kind === 'reply');
    if (expectsRefusal(step) && !differs) return { ...part, mismatches };
    return { ...part, mismatches, failure: refusal(reply, request) };
  }
  if (expectsRefusal(step))
    return {
      ...part,
      mismatches,
      failure: { message: 'QEMU did it, where the page expects a refusal', exit: 1 },
    };
  const jobs = background ? [] : await settled(own, ending, stateBefore, monitor, sent.mark, given);
  await stage.settle(session, signal);
  const done = jobPart(jobs, new Set(ending?.cancels ? [ending.id] : []));
  const failure = done.failure ?? differing(mismatches, strict);
  return { ...part, mismatches, jobs, ...(failure ? { failure } : {}) };
}

function mayRun(request: Request, session: Session, since: number): readonly OwnJob[] {
  return startedBy(request).map(({ id, autoDismiss }) => ({ id, autoDismiss, session, since }));
}

function isNew({ id, session, since }: OwnJob): boolean {
  const job = session.jobs.get(id);
  return job !== undefined && job.started >= since;
}

async function settled(
  own: readonly OwnJob[],
  ending: { id: string; cancels: boolean } | undefined,
  stateBefore: string | undefined,
  monitor: Monitor,
  mark: number,
  { jobs, signal, timeout }: Performance,
): Promise<readonly JobOutcome[]> {
  const options = { signal, ...(timeout > 0 ? { timeout } : {}) };
  const outcomes = await Promise.all(own.map(job => untilSettled(job, options)));
  if (!ending) return outcomes;
  const { session } = monitor;
  const known = jobs.findLast(job => job.id === ending.id && job.session === session);
  const job = known ?? { id: ending.id, session, since: mark, autoDismiss: false };
  return [await untilEnded(job, mark, stateBefore !== 'pending', options)];
}

/** What a job's end means for its step. A cancelled job is in order where the step cancels it. */
function jobPart(jobs: readonly JobOutcome[], cancelled: ReadonlySet<string>): Part {
  const bad = jobs.find(({ kind, id }) => kind === 'failed' || (kind === 'cancelled' && !cancelled.has(id)));
  if (!bad) return { jobs };
  const why = bad.error === undefined ? '' : `: ${safe(bad.error)}`;
  const what = bad.kind === 'failed' ? 'failed' : 'was cancelled';
  return { jobs, failure: { message: `job ${safe(bad.id)} ${what}${why}`, exit: 1 } };
}

async function judgeEvents(
  step: Step,
  { session }: Monitor,
  mark: number,
  given: Performance,
): Promise<readonly Mismatch[]> {
  const only = step.expected.filter(item => item.kind === 'event');
  if (only.length === 0) return [];
  const { signal, patience: timeout, values } = given;
  const single = { ...step, expected: only };
  const since = (): QmpEvent[] => [...session.events.from(mark)].map(({ event }) => event);
  const differ = () => judge(single, values, { events: since() });
  if (differ().length === 0 || timeout <= 0) return differ();
  // A condition over the log, not over one event: whichever comes last completes it.
  await session
    .waitFor(() => differ().length === 0, { since: session.events.end, signal, timeout })
    .catch((error: unknown) => {
      if (signal.aborted) throw error;
    });
  return differ();
}

function refusal(reply: Extract<Reply, { kind: 'refusal' }>, request: Request | undefined): Failure {
  const meaning = explainRefusal(reply.desc, request);
  const absent =
    /DeviceNotFound|DeviceNotActive/.test(reply.class) ||
    /failed to find|cannot find|can't find|not found|no such|does not exist|not running|not active/i.test(
      reply.desc,
    );
  return {
    message: `QEMU refused it: ${safe(reply.desc)}`,
    exit: 1,
    ...(meaning ? { advice: meaning.text } : {}),
    ...(absent ? { absent: true } : {}),
  };
}

function differing(mismatches: readonly Mismatch[], strict: boolean): Failure | undefined {
  const judged = mismatches.filter(({ expected }) => expected.kind !== 'request');
  const [first] = judged.flatMap(({ differences }) => differences);
  if (!strict || !first) return undefined;
  return { message: `not as the page says: ${safe(sentence(first))}`, exit: 1 };
}
