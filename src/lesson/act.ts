// Carries out steps of a lesson without the reader: set-up steps, and the answers of steps that are skipped or played
// again. Checks whether a step has had its effect.
import { CLOCK } from '../io/clock.ts';
import { runOnHost } from '../io/hostrun.ts';
import { parse, requestOf } from '../language/parse.ts';
import { ask } from '../line/query.ts';
import type { Effect } from '../page/aids.ts';
import { meets, readExpectation } from '../page/expect.ts';
import type { Step } from '../page/model.ts';
import { badEnd, endedBy, isNew, mayRun, untilDone } from '../play/jobs.ts';
import { amissIn, differing, expectsRefusal, judge, wentAsMeant } from '../play/judge.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import { HARMLESS } from '../session/facts.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { WaitOptions } from '../session/wait.ts';
import { isRecipe, playRecipe } from './recipe.ts';
import { type LessonRecording, recordLine, recordWord } from './recording.ts';

/** What the steps of a lesson act on: the VM's connection and folder. `session` changes with `.connect`. */
export interface Workspace {
  session: Session | undefined;
  schema: Schema | undefined;
  readonly folder: string;
  readonly connect: (address: string) => Promise<void>;
  /** The recording that the reader would have made by now. */
  readonly recording?: LessonRecording;
  readonly signal?: AbortSignal;
  /** Told of the reply to a step's request; `pipe` is the command that its value is meant for. */
  readonly replied?: (reply: Reply, request: Request, pipe?: string) => void;
}

/** What the check of an effect needs; the signal ends it. */
type Looking = Pick<Workspace, 'session' | 'folder' | 'signal'>;

/** Milliseconds that anything in a practice VM may take. */
const LIMIT = 60_000;

export function limitOf(signal: AbortSignal | undefined): WaitOptions {
  return { timeout: LIMIT, ...(signal ? { signal } : {}) };
}

/** How often, and every how many milliseconds, a step's effect is looked for. */
const LOOKS = 50;
const LOOK_EVERY = 100;

/** Does a step; gives what a `$` step printed. Rejects with a QmpshError when it does not go as the page says. */
export async function act(step: Step, workspace: Workspace): Promise<string> {
  const output = await perform(step, workspace);
  if (!(await comesToHold(step.effects, workspace))) throw fault(step, 'it has not had its effect');
  return output;
}

async function perform(step: Step, workspace: Workspace): Promise<string> {
  if (step.kind === 'shell') return actOnHost(step, workspace);
  if (step.kind === 'word') {
    const address = /^\.connect\s+(\S+)$/.exec(step.text)?.[1];
    if (address !== undefined) await workspace.connect(address);
    else if (isRecipe(step.text)) {
      const well = await playRecipe(step.text, workspace);
      if (well === expectsRefusal(step)) throw fault(step, well ? 'it was not refused' : 'it failed');
    }
    if (workspace.recording && address === undefined)
      recordWord(step.text, workspace.recording, workspace.folder);
    // The other words only show something.
    return '';
  }
  const { session } = workspace;
  if (session?.state !== 'open') throw fault(step, 'there is no connection');
  const line = parse(step.text, workspace.schema);
  const request = requestOf(line);
  if (!request) throw fault(step, line.kind === 'wrong' ? line.problems[0].message : 'it is no request');
  const sent = session.send(request);
  const reply = await sent.answer(limitOf(workspace.signal));
  const amiss = amissIn(step, request, reply);
  if (amiss) throw fault(step, amiss.text);
  workspace.replied?.(reply, request, line.kind === 'command' ? line.pipe : undefined);
  if (workspace.recording) recordLine(step.text, request, workspace.recording);
  if (reply.kind === 'refusal') return '';
  if (request.execute === 'quit') await session.ended;
  else if (!step.background) {
    const failed = badEnd(await settle(request, sent.mark, session, workspace.signal), endedBy(request));
    if (failed !== undefined && !expectsJobError(step)) throw fault(step, failed);
  }
  return '';
}

async function actOnHost(step: Step, { folder, signal }: Workspace): Promise<string> {
  const { status, output } = await runOnHost(step.text, { folder, ...(signal ? { signal } : {}) });
  const mismatches = judge(step, new Map(), { output });
  if (!wentAsMeant(step, status, mismatches))
    throw fault(step, `exit status ${status}: ${output.trim().split('\n').at(-1) ?? ''}`);
  const differs = differing(mismatches, true);
  if (differs) throw fault(step, differs.message);
  return output;
}

function fault(step: Step, why: string): QmpshError {
  const line = step.kind === 'shell' ? `$ ${step.text}` : step.text;
  return new QmpshError('refused', `the lesson could not do its own line ${line}: ${why}`, {
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
  const options = limitOf(signal);
  const own = mayRun(request, session, since).filter(isNew);
  const ending = endedBy(request);
  if (!ending || !session.jobs.get(ending.id)) return untilDone(own, undefined, options);
  const job = { id: ending.id, session, since, autoDismiss: false };
  return untilDone(own, { job, since, stopAtPending: false }, options);
}

/** Whether the page says that the step's job fails: an event with an `error` member. */
export function expectsJobError(step: Step): boolean {
  return step.expected.some(item => {
    if (item.kind !== 'event' || item.pattern.kind !== 'object') return false;
    const data = item.pattern.members.get('data');
    return data?.kind === 'object' && data.members.has('error');
  });
}

/** Whether all effects hold within a few seconds: a job whose speed limit was lifted, say, ends a little later. */
export async function comesToHold(effects: readonly Effect[], workspace: Looking): Promise<boolean> {
  for (let left = LOOKS; left > 0; left -= 1) {
    if (await hold(effects, workspace)) return true;
    await new Promise<void>(resolve => CLOCK.after(LOOK_EVERY, resolve));
  }
  return false;
}

/** Whether all effects hold now. An effect does not hold where its query is refused or there is no connection. */
export async function hold(effects: readonly Effect[], workspace: Looking): Promise<boolean> {
  for (const effect of effects) if (!(await holds(effect, workspace))) return false;
  return true;
}

async function holds({ line, expect }: Effect, workspace: Looking): Promise<boolean> {
  if (line.startsWith('$ ')) {
    const { status } = await runOnHost(line.slice(2), { folder: workspace.folder });
    return status === 0;
  }
  const request = requestOf(parse(line));
  const wanted = readExpectation(expect ?? '');
  const { session, signal } = workspace;
  if (!request || !wanted.ok || !HARMLESS.has(request.execute) || session?.state !== 'open') return false;
  const reply = await session.send(request).answer(limitOf(signal));
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
