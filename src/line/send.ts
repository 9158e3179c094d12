// Sends requests: asks first where they destroy data, then sends, waits and shows the reply.
import { QmpshError } from '../qmp/errors.ts';
import type { Refusal, Reply, Request } from '../qmp/message.ts';
import { asAsked, requestIn } from '../qmp/protocol.ts';
import { failureInBand, hmpLineOf, hmpName } from '../schema/hmp.ts';
import type { Schema } from '../schema/model.ts';
import { maskMessage } from '../schema/notes/secrets.ts';
import type { Sent, Session } from '../session/client.ts';
import { nameOf } from '../session/pending.ts';
import type { WaitOptions } from '../session/wait.ts';
import type { Json } from '../text/json.ts';
import { behindOwner } from './behind.ts';
import type { Connection } from './connection.ts';
import type { Exit } from './exit.ts';
import type { Host } from './host.ts';
import { lossOf } from './loss.ts';

/** Somebody who was asked said no: as if it was interrupted, and nothing was done. */
const NOT_SENT: Exit = 130;

/** Sends a message as it stands; `typed` is the line it comes from, for a recording. */
export async function runRaw(message: Json, host: Host, typed?: string): Promise<Exit> {
  const session = connected(host);
  const request = requestIn(message);
  if (request?.oob) (await import('./outofband.ts')).mayOvertake(session);
  if (request && !(await agreed(request, host))) return NOT_SENT;
  host.echo(maskMessage(message));
  return finish(session.sendRaw(message), { message, typed }, host);
}

/** Sends a request; `pipe` is a command of the host's shell that gets the reply's value. */
export async function runRequest(request: Request, host: Host, pipe?: string, typed?: string): Promise<Exit> {
  const session = connected(host);
  if (!(await agreed(request, host))) return NOT_SENT;
  const message = { [request.oob ? 'exec-oob' : 'execute']: request.execute, arguments: request.arguments };
  host.echo(maskMessage(message));
  return finish(session.send(request), { message, request, typed }, host, pipe);
}

/** The value of a reply; throws a QmpshError (refused) with QEMU's own text where there is none. */
export function replyValue(reply: Reply): Json {
  if (reply.kind === 'success') return reply.value;
  throw new QmpshError('refused', reply.desc, { code: reply.class });
}

/** The session, or the error that says there is none. */
export function connected(
  host: Pick<Connection, 'session' | 'practice' | 'reconnects'> & Pick<Host, 'typist'>,
): Session {
  if (host.session && host.session.state !== 'ended') return host.session;
  if (host.reconnects)
    throw new QmpshError('lost', 'there is no connection', {
      advice: 'It is being made again, and nothing is sent before. Ctrl-C stops that.',
    });
  const begins = host.typist?.tutor ? '.restart begins the lesson anew' : '.practice begins a fresh VM';
  const fresh = host.practice && host.typist ? `${begins}, ` : '';
  throw new QmpshError('lost', 'there is no connection', {
    advice: `${fresh}.connect ADDRESS makes a new one.`,
  });
}

/** The schema asked for; undefined where the server has none (the guest agent): lines are guessed then, as qmp-shell does. */
export async function schemaIfAny(asked: Promise<Schema | undefined>): Promise<Schema | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof QmpshError && error.kind === 'refused') return undefined;
    throw error;
  }
}

async function agreed(request: Request, host: Host): Promise<boolean> {
  const line = hmpLineOf(request);
  const behind = behindOwner(request, host);
  const why = host.settings.confirm ? [...((await lossOf(request, host)) ?? []), ...behind] : [];
  if (why.length === 0) return true;
  const instead = host.owned ? [] : ['Ctrl-D leaves the shell and does the VM no harm.'];
  if (!host.person) return true;
  const what = line === undefined ? request.execute : hmpName(line);
  return host.person.confirm([...why, ...instead], `Run ${what}?`);
}

interface Origin {
  readonly message: Json;
  readonly request?: Request;
  readonly typed: string | undefined;
}

async function finish(sent: Sent, origin: Origin, host: Host, pipe?: string): Promise<Exit> {
  const { message, request, typed } = origin;
  host.mark = sent.mark;
  host.awaited?.add(sent);
  const name = nameOf(message);
  const agent = host.session?.isAgent ? await import('./agent.ts') : undefined;
  const answer = await sent
    .answer(agent ? agent.agentLimits(name, limits(host)) : limits(host))
    .catch(async (error: unknown) => {
      if (host.typist && isGivenUp(error)) tellLater(sent, name, host);
      throw await withReason(error, host);
    })
    .finally(() => host.awaited?.delete(sent));
  const reply = asAsked(answer, message);
  if (reply.kind === 'success') host.last = reply.value;
  const failed = failureInBand(request ?? requestIn(message), reply) !== undefined;
  if (typed !== undefined) host.recorder?.sent(typed, message, request, reply);
  if (pipe !== undefined && reply.kind === 'success') {
    const status = await host.pipe(pipe, reply.value);
    return failed ? 1 : status;
  }
  // A refusal is explained however the request was written.
  const refused = reply.kind === 'refusal' ? requestIn(message) : undefined;
  await host.reply(reply, request ?? refused, typed);
  const note = reply.kind === 'success' ? agent?.takenNote(name) : undefined;
  if (note !== undefined) host.note(note);
  return (reply.kind === 'refusal' && !isNegotiated(reply, message)) || failed ? 1 : 0;
}

/** Every script begins with `qmp_capabilities`, which the shell has done: what that asks for is there. */
function isNegotiated(refusal: Refusal, message: Json): boolean {
  const request = requestIn(message);
  const asksMore = Object.keys(request?.arguments ?? {}).length > 0;
  return request?.execute === 'qmp_capabilities' && !asksMore && refusal.desc.includes('already complete');
}

/** A timeout error with its reason, where this host knows it: the QEMU is stopped. Other errors stay as they are. */
async function withReason(error: unknown, { address, session }: Host): Promise<unknown> {
  if (!(error instanceof QmpshError) || error.kind !== 'timeout') return error;
  if (session?.isAgent) return (await import('./agent.ts')).noAnswer(error);
  const { stoppedQemu } = await import('../io/silence.ts');
  const why = stoppedQemu(address);
  if (why === undefined) return error;
  const { message, kind, code, advice, cause } = error;
  return new QmpshError(kind, message, {
    advice: advice === undefined ? why : `${advice} ${why}`,
    cause,
    ...(code === undefined ? {} : { code }),
  });
}

/** The limits of waiting for a reply: the timeout of the settings, and the signal of Ctrl-C. */
export function limits({ settings, signal }: Pick<Host, 'settings' | 'signal'>): WaitOptions {
  return { ...(settings.timeout > 0 ? { timeout: settings.timeout } : {}), ...(signal ? { signal } : {}) };
}

/** What `asked` resolves to; undefined where it timed out or was interrupted. For values that can be done without. */
export async function unlessGivenUp<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isGivenUp(error)) return undefined;
    throw error;
  }
}

function isGivenUp(error: unknown): boolean {
  return error instanceof QmpshError && (error.kind === 'interrupted' || error.kind === 'timeout');
}

/** Tells of the reply to a request that nobody waits for any more, when it comes. */
function tellLater(sent: Sent, name: string, host: Host): void {
  sent.reply.then(
    reply => {
      const how = reply.kind === 'success' ? 'it was done' : `refused: ${reply.desc}`;
      host.note(`the reply to ${name} has come after all: ${how}`);
    },
    () => {}, // it was taken back; the end of the connection is told elsewhere
  );
}
