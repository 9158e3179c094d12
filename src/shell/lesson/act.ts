// What a lesson does in its VM by itself: its set-up steps, the answers of steps that are skipped or played again, and
// looking whether a step has had its effect.
import { CLOCK } from '../../io/clock.ts';
import { runOnHost } from '../../io/hostrun.ts';
import { parse, requestOf } from '../../language/parse.ts';
import type { Effect } from '../../page/aids.ts';
import { meets, readExpectation } from '../../page/expect.ts';
import { textDifferences } from '../../page/match.ts';
import type { Step } from '../../page/model.ts';
import { QmpshError } from '../../qmp/errors.ts';
import type { Request } from '../../qmp/message.ts';
import type { Schema } from '../../schema/model.ts';
import type { Session } from '../../session/client.ts';
import { HARMLESS } from '../../session/facts.ts';
import type { JobOutcome } from '../../session/jobs.ts';
import { endedBy, startedBy, untilEnded, untilSettled } from '../player/jobs.ts';
import { expectsRefusal } from '../player/judge.ts';
import { ask } from '../player/query.ts';
import { recordLine, recordWord, type Tape } from './tape.ts';

/** Where a lesson acts. `session` changes with `.connect`. */
export interface Place {
  session: Session | undefined;
  schema: Schema | undefined;
  readonly folder: string;
  readonly connect: (address: string) => Promise<void>;
  /** What a recording of the reader's would hold by now. */
  readonly tape?: Tape;
  readonly signal?: AbortSignal;
}

/** Milliseconds that anything in a practice VM may take. */
const LIMIT = 60_000;

/** How often, and every how many milliseconds, a step's effect is looked for. */
const LOOKS = 50;
const LOOK_EVERY = 100;

/** Does a step; gives what a `$` step printed. Rejects with a QmpshError when it does not go as the page says. */
export async function act(step: Step, place: Place): Promise<string> {
  const output = await perform(step, place);
  if (!(await comesToHold(step.effects, place))) throw fault(step, 'it has not had its effect');
  return output;
}

async function perform(step: Step, place: Place): Promise<string> {
  if (step.kind === 'shell') return actOnHost(step, place);
  if (step.kind === 'word') {
    const address = /^\.connect\s+(\S+)$/.exec(step.text)?.[1];
    if (address !== undefined) await place.connect(address);
    else if (place.tape) recordWord(step.text, place.tape, place.folder);
    // The other words only show something.
    return '';
  }
  const { session } = place;
  if (session?.state !== 'open') throw fault(step, 'there is no connection');
  const line = parse(step.text, place.schema);
  const request = requestOf(line);
  if (!request) throw fault(step, line.kind === 'wrong' ? line.problems[0].message : 'it is no request');
  const sent = session.send(request);
  const reply = await sent.reply;
  if ((reply.kind === 'refusal') !== expectsRefusal(step))
    throw fault(step, reply.kind === 'refusal' ? reply.desc : 'QEMU did not refuse it');
  if (place.tape) recordLine(step.text, request, place.tape);
  if (reply.kind === 'refusal') return '';
  if (request.execute === 'quit') await session.ended;
  else if (!step.background) {
    const failed = failure(await settle(request, sent.mark, session, place.signal), request);
    if (failed !== undefined && !expectsJobError(step)) throw fault(step, failed);
  }
  return '';
}

async function actOnHost(step: Step, { folder, signal }: Place): Promise<string> {
  const { status, output } = await runOnHost(step.text, { folder, ...(signal ? { signal } : {}) });
  const wanted = step.expected.flatMap(item => (item.kind === 'text' ? [item.lines] : []));
  if (wanted.length === 0 && status !== 0)
    throw fault(step, `exit status ${status}: ${output.trim().split('\n').at(-1) ?? ''}`);
  for (const lines of wanted) {
    const [other] = textDifferences(lines, output.split('\n'));
    if (other) throw fault(step, `its output should be ${other.expected}, and is ${other.got ?? 'nothing'}`);
  }
  return output;
}

function fault(step: Step, why: string): QmpshError {
  return new QmpshError('refused', `the lesson's own step in row ${step.row} failed: ${why}`, {
    advice: '.restart begins the lesson anew.',
  });
}

/** Waits for the jobs that a request started or ended, as a page does. */
export async function settle(
  request: Request,
  since: number,
  session: Session,
  signal?: AbortSignal,
): Promise<readonly JobOutcome[]> {
  const options = { timeout: LIMIT, ...(signal ? { signal } : {}) };
  const own = startedBy(request).filter(({ id }) => (session.jobs.get(id)?.started ?? -1) >= since);
  const outcomes = await Promise.all(own.map(job => untilSettled({ ...job, session, since }, options)));
  const ending = endedBy(request);
  if (!ending || !session.jobs.get(ending.id)) return outcomes;
  const job = { id: ending.id, session, since, autoDismiss: false };
  return [...outcomes, await untilEnded(job, since, false, options)];
}

/** Why a job did not end well; undefined when all did. A job that was to be cancelled may be. */
export function failure(outcomes: readonly JobOutcome[], request: Request): string | undefined {
  const cancels = endedBy(request)?.cancels === true;
  const bad = outcomes.find(({ kind }) => kind === 'failed' || (kind === 'cancelled' && !cancels));
  return bad && `job ${bad.id} ${bad.kind}${bad.error === undefined ? '' : `: ${bad.error}`}`;
}

/** Whether the page says that the step's job fails: an event with an `error` member. */
export function expectsJobError(step: Step): boolean {
  return step.expected.some(item => {
    if (item.kind !== 'event' || item.pattern.kind !== 'object') return false;
    const data = item.pattern.members.get('data');
    return data?.kind === 'object' && data.members.has('error');
  });
}

/** Whether all of these hold, or come to in a moment: a job whose limit was lifted, say, ends a little later. */
export async function comesToHold(
  effects: readonly Effect[],
  place: Pick<Place, 'session' | 'folder'>,
): Promise<boolean> {
  for (let left = LOOKS; left > 0; left -= 1) {
    if (await hold(effects, place)) return true;
    await new Promise<void>(resolve => CLOCK.after(LOOK_EVERY, resolve));
  }
  return false;
}

/** Whether all of these hold now. A query that is refused, and one without a connection, holds nothing. */
export async function hold(
  effects: readonly Effect[],
  place: Pick<Place, 'session' | 'folder'>,
): Promise<boolean> {
  for (const effect of effects) if (!(await holds(effect, place))) return false;
  return true;
}

async function holds({ line, expect }: Effect, place: Pick<Place, 'session' | 'folder'>): Promise<boolean> {
  if (line.startsWith('$ ')) {
    const { status } = await runOnHost(line.slice(2), { folder: place.folder });
    return status === 0;
  }
  const request = requestOf(parse(line));
  const wanted = readExpectation(expect ?? '');
  const { session } = place;
  if (!request || !wanted.ok || !HARMLESS.has(request.execute) || session?.state !== 'open') return false;
  const reply = await session.send(request).reply;
  if (reply.kind === 'refusal') return false;
  const answer = await ask(reply.value, wanted.query);
  return answer.ok && meets(answer.value, wanted.operator, wanted.value);
}

/** What is wrong with an effect as it is written; undefined when it can be looked for. */
export function effectFault({ line, expect }: Effect): string | undefined {
  if (line.startsWith('$ ')) return undefined;
  const request = requestOf(parse(line));
  if (!request) return `${line} is no request`;
  if (!HARMLESS.has(request.execute))
    return `${request.execute} is not among the queries that are sent unasked`;
  const wanted = readExpectation(expect ?? '');
  return wanted.ok ? undefined : wanted.message;
}
