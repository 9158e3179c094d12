// Performs one step of a page: sends it or runs it, waits for what it starts, and says what came.
import { splitArguments } from '../language/argument.ts';
import { requestOf } from '../language/parse.ts';
import { expectation, queryReply } from '../line/lastreply.ts';
import { learnFor } from '../line/understand.ts';
import { waitFor } from '../line/waiting.ts';
import { bind } from '../page/bind.ts';
import type { Step } from '../page/model.ts';
import { letOf, RUN } from '../page/names.ts';
import { plain } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent, Request } from '../qmp/message.ts';
import { asAsked } from '../qmp/protocol.ts';
import { chosenCpu, hmpRequest } from '../schema/hmp.ts';
import { programsOf } from '../schema/notes/programs.ts';
import { namesSecret } from '../schema/notes/secretnames.ts';
import { MASK } from '../schema/notes/secrettext.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { isObject, type Json, type JsonObject, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { explainFailure } from './failures.ts';
import { runHostStep } from './hoststep.ts';
import { badEnd, type Ending, endedBy, isNew, mayRun, type OwnJob, untilDone } from './jobs.ts';
import { amissIn, differing, judge } from './judge.ts';
import { mainProblem, remark, wire } from './lines.ts';
import type { Failure, Mismatch, StepResult } from './outcome.ts';
import type { Part, Performance } from './performance.ts';
import { pointStep } from './pointstep.ts';
import { ABSENT, askingOf, refusal, tooWell } from './refused.ts';
import type { Monitor } from './stage.ts';
import { freezeStep, thawStep } from './stillstep.ts';

/**
 * Performs a step, or the line `text` (with its values) in its stead. A QmpshError becomes a failed result; it never
 * throws one.
 */
export async function perform(step: Step, given: Performance, text?: string): Promise<StepResult> {
  const { clock } = given.stage.host;
  const began = clock.now();
  let shown = text ?? step.text;
  try {
    if (text === undefined) shown = boundText(step, given);
    // Who typed the line has asked for what it does.
    const part = await run(step, shown, text === undefined ? given : { ...given, commands: true });
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

/** A QmpshError as a failure. Any other error is a fault of the program and is thrown again. */
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
      return runHostStep(step, text, given);
    case 'word':
      return runPageWord(step, text, given);
    case 'qmp':
      return runLine(step, text, given);
  }
}

async function runPageWord(step: Step, text: string, given: Performance): Promise<Part> {
  const { stage, values, signal, timeout } = given;
  const name = /^\.[\w-]*/.exec(text)?.[0] ?? '';
  const rest = text.slice(name.length).trim();
  const assigned = letOf({ kind: 'word', text });
  if (assigned) {
    const json = await queryReply(assigned.query, stage.last, values);
    values.set(assigned.name, { json });
    return { found: `$${assigned.name} = ${namesSecret(assigned.name) ? MASK : stringifyJson(json)}` };
  }
  switch (name) {
    case '.expect': {
      const { met, told } = await expectation(rest, stage.last, values);
      return met ? { found: told } : { failure: { message: told, exit: 1 } };
    }
    case '.points': {
      const run = plain(values.get(RUN) ?? { json: '' });
      const known = { nodes: stage.last, time: stage.host.clock.time(), run };
      const { value, notes = [] } = await pointStep(rest, { ...known, ask: asker(step, text, given) });
      stage.last = value;
      return { found: stringifyJson(value), warnings: notes };
    }
    case '.freeze':
    case '.thaw': {
      const { value, notes } = await (name === '.thaw' ? thawStep(stage) : freezeStep(rest, stage, signal));
      stage.last = value;
      return { found: stringifyJson(value), warnings: notes };
    }
    case '.wait': {
      const monitor = await stage.monitorOf(step, values);
      const { session, schema, mark } = monitor;
      const args = splitArguments(rest);
      const limit = timeout > 0 ? { timeout } : {};
      const came = await waitFor(args, { session, schema, since: mark, signal, ...limit });
      return came.kind === 'event' ? { reply: came.event.raw } : jobPart([came.outcome]);
    }
    case '.send': {
      const line = given.reading.line(rest);
      if (line.kind !== 'raw') throw new QmpshError('usage', `${safe(rest)} is no JSON message`);
      return send({ step, text, message: line.message }, given);
    }
    case '.hmp': {
      const { session } = await stage.monitorOf(step, values);
      const request = hmpRequest(rest, session.hmpCpu);
      const cpu = chosenCpu(rest);
      const message = wire(request.execute, request.arguments);
      const part = await send({ step, text, message, request }, given);
      if (cpu !== undefined && !part.failure) session.hmpCpu = cpu;
      return part;
    }
    default: {
      const deed = given.ledger.begin({ step, text });
      const failure = await given.nested(text, signal);
      // A page that fails undoes itself, and tells what is left.
      deed.fate = failure ? 'refused' : 'done';
      return failure ? { failure } : {};
    }
  }
}

async function runLine(step: Step, text: string, given: Performance): Promise<Part> {
  const { reading } = given;
  const monitor = await given.stage.monitorOf(step, given.values);
  if (monitor.session === given.stage.host.session) await learnFor(reading.tree(text), given.stage.host);
  const line = reading.line(text, monitor.schema);
  switch (line.kind) {
    case 'command': {
      const { execute, arguments: args, oob } = line.request;
      const message = wire(execute, args, oob);
      const { request, background } = line;
      const part = await send({ step, text, message, request, background }, given);
      const warnings = line.warnings.map(remark);
      return line.pipe === undefined || part.failure
        ? { ...part, warnings }
        : { ...part, warnings, ...(await piped(line.pipe, part.reply, given)), filtered: true };
    }
    case 'raw':
      return send(
        { step, text, message: line.message, request: requestOf(line), background: step.background },
        given,
      );
    case 'wrong': {
      const problem = mainProblem(line.problems);
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

/** Requests of a step's own: the value of each, or its failure as a QmpshError. */
function asker(step: Step, text: string, given: Performance) {
  return async (execute: string, args: JsonObject): Promise<Json> => {
    const request = { execute, arguments: args };
    const { failure } = await send({ step, text, message: wire(execute, args), request }, given);
    if (failure)
      throw new QmpshError(
        'refused',
        failure.message,
        failure.advice === undefined ? {} : { advice: failure.advice },
      );
    return given.stage.last;
  };
}

interface Sending {
  readonly step: Step;
  readonly text: string;
  readonly message: Json;
  readonly request?: Request | undefined;
  /** Its jobs are not waited for. */
  readonly background?: boolean;
}

async function send(sending: Sending, given: Performance): Promise<Part> {
  const { step, text, message, request, background } = sending;
  const { stage, values, signal, timeout, strict, ledger } = given;
  const asked = request ?? requestOf({ kind: 'raw', message });
  const [program] = asked && !given.commands ? programsOf(asked) : [];
  if (program !== undefined)
    throw new QmpshError('usage', `QEMU would run ${safe(program)}, which was not agreed to`);
  const monitor = await stage.monitorOf(step, values);
  const { session } = monitor;
  const ending = request ? endedBy(request) : undefined;
  const stateBefore = ending ? session.jobs.get(ending.id)?.state : undefined;
  if (signal.aborted) throw new QmpshError('interrupted', 'it was not sent');
  if (!step.fence.on) stage.host.echo(given.hide.message(message));
  // A message with an id of its own goes out as it was written.
  const named = isObject(message) && message['id'] !== undefined;
  const sent = request && !named ? session.send(request) : session.sendRaw(message);
  const to = { session, monitor: stage.addressOf(step, values) };
  const deed = ledger.sent({ step, text, ...to, ...(request ? { request } : {}) }, sent.reply);
  monitor.mark = sent.mark;
  const limit = timeout > 0 ? { timeout } : {};
  const reply = await sent.answer({ signal, ...limit }).catch((error: unknown) => {
    // Sent, and no reply: what it may have started is the page's to end.
    if (request) given.jobs.push(...mayRun(request, session, sent.mark, deed));
    throw error;
  });
  const part = { request: message, reply: asAsked(reply, message).raw };
  if (reply.kind === 'success') stage.last = reply.value;
  // Jobs that appeared since are the page's own.
  const own = (request ? mayRun(request, session, sent.mark, deed) : []).filter(isNew);
  given.jobs.push(...own);
  const mismatches = [
    ...judge(step, values, { ...part }),
    ...(await judgeEvents(step, monitor, sent.mark, given)),
  ];
  const amiss = amissIn(step, request, reply);
  if (reply.kind === 'refusal') {
    const differs = mismatches.some(({ expected }) => expected.kind === 'reply');
    if (!amiss && !differs)
      return { ...part, mismatches, found: `refused, as the page wants it: ${safe(reply.desc)}` };
    return { ...part, mismatches, failure: await refusal(reply, request, askingOf(monitor, stage.host)) };
  }
  if (amiss?.kind === 'taken')
    return { ...part, mismatches, failure: await tooWell(step, request, monitor, given) };
  if (amiss) {
    const absent = ABSENT.test(amiss.text) ? { absent: true } : {};
    const message = `the human monitor refused it: ${safe(amiss.text)}`;
    return { ...part, mismatches, failure: { message, exit: 1, ...absent } };
  }
  const jobs = background ? [] : await settled(own, ending, stateBefore, monitor, sent.mark, given);
  await stage.settle(session, signal);
  // Events of the job itself may have come while it was waited for.
  const isEvent = ({ expected }: Mismatch) => expected.kind === 'event';
  const judged =
    jobs.length > 0 && mismatches.some(isEvent)
      ? [
          ...mismatches.filter(one => !isEvent(one)),
          ...(await judgeEvents(step, monitor, sent.mark, { ...given, patience: 0 })),
        ]
      : mismatches;
  const done = jobPart(jobs, ending);
  const why = jobs.find(({ kind }) => kind === 'failed')?.error;
  const advice =
    done.failure && why !== undefined && request
      ? await explainFailure(why, request, askingOf(monitor, stage.host))
      : undefined;
  const failed = done.failure && advice !== undefined ? { ...done.failure, advice } : done.failure;
  const failure = failed ?? differing(judged, strict);
  return { ...part, mismatches: judged, jobs, ...(failure ? { failure } : {}) };
}

async function settled(
  own: readonly OwnJob[],
  ending: Ending | undefined,
  stateBefore: string | undefined,
  monitor: Monitor,
  mark: number,
  { jobs, signal, timeout }: Performance,
): Promise<readonly JobOutcome[]> {
  const options = { signal, ...(timeout > 0 ? { timeout } : {}) };
  if (!ending) return untilDone(own, undefined, options);
  const { session } = monitor;
  const known = jobs.findLast(job => job.id === ending.id && job.session === session);
  const job = known ?? { id: ending.id, session, since: mark, autoDismiss: false };
  return untilDone(own, { job, since: mark, stopAtPending: stateBefore !== 'pending' }, options);
}

/** What the ends of jobs mean for their step. */
function jobPart(jobs: readonly JobOutcome[], ending?: Ending): Part {
  const message = badEnd(jobs, ending);
  return { jobs, ...(message === undefined ? {} : { failure: { message, exit: 1 } }) };
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
