// Requests on their way: asked about where they destroy, sent, and their replies shown.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import { destructive } from '../schema/notes.ts';
import type { Sent, Session } from '../session/client.ts';
import { isObject, type Json } from '../text/json.ts';
import type { Exit, Host } from './host.ts';

/** Sends a message as it stands; `typed` is the line it comes from, for a recording. */
export async function runRaw(message: Json, host: Host, typed?: string): Promise<Exit> {
  const session = connected(host);
  const name = isObject(message) ? message['execute'] : undefined;
  if (typeof name === 'string' && !(await agreed(name, host))) return 0;
  host.echo(message);
  return finish(session.sendRaw(message), { message, typed }, host);
}

/** Sends a request; `pipe` is a command of the host's shell that gets the reply's value. */
export async function runRequest(request: Request, host: Host, pipe?: string, typed?: string): Promise<Exit> {
  const session = connected(host);
  if (!(await agreed(request.execute, host))) return 0;
  const message = { [request.oob ? 'exec-oob' : 'execute']: request.execute, arguments: request.arguments };
  host.echo(message);
  return finish(session.send(request), { message, request, typed }, host, pipe);
}

/** The value of a reply; throws a QmpshError (refused) with QEMU's own text where there is none. */
export function answered(reply: Reply): Json {
  if (reply.kind === 'success') return reply.value;
  throw new QmpshError('refused', reply.desc, { code: reply.class });
}

/** The session, or the error that says there is none. */
export function connected(host: Host): Session {
  if (host.session && host.session.state !== 'ended') return host.session;
  throw new QmpshError('lost', 'there is no connection', { advice: '.connect ADDRESS makes a new one.' });
}

/** The server's schema. One that has none (the guest agent) gives undefined: lines are guessed then, as qmp-shell does. */
export async function schemaOf(session: Session): Promise<Schema | undefined> {
  try {
    return await session.schema();
  } catch (error) {
    if (error instanceof QmpshError && error.kind === 'refused') return undefined;
    throw error;
  }
}

async function agreed(command: string, host: Host): Promise<boolean> {
  const why = host.settings.confirm ? destructive(command) : undefined;
  if (why === undefined) return true;
  const instead = host.owned ? [] : ['Ctrl-D leaves the shell and does the VM no harm.'];
  return host.confirm([why, ...instead], `Run ${command}?`);
}

interface Origin {
  readonly message: Json;
  readonly request?: Request;
  readonly typed: string | undefined;
}

async function finish(sent: Sent, origin: Origin, host: Host, pipe?: string): Promise<Exit> {
  const { message, request, typed } = origin;
  host.mark = sent.mark;
  const reply = await withLimit(sent, request, host);
  if (reply.kind === 'success') host.last = reply.value;
  if (typed !== undefined) host.recorder?.sent(typed, message, request, reply);
  if (pipe !== undefined && reply.kind === 'success') return host.pipe(pipe, reply.value);
  await host.reply(reply, request);
  return reply.kind === 'refusal' ? 1 : 0;
}

/** The reply, or the error that time ran out or somebody stopped waiting: the command may still happen. */
async function withLimit(sent: Sent, request: Request | undefined, host: Host): Promise<Reply> {
  const { settings, signal, clock } = host;
  const name = request?.execute ?? 'the request';
  let cancel = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const late = () => {
      const advice = 'It was sent and may still happen; --timeout sets the limit.';
      reject(new QmpshError('timeout', `no reply to ${name} within ${settings.timeout} ms`, { advice }));
    };
    const interrupt = () => {
      const advice = 'It was sent and may still happen.';
      reject(new QmpshError('interrupted', `stopped waiting for the reply to ${name}`, { advice }));
    };
    const clear = settings.timeout > 0 ? clock.after(settings.timeout, late) : () => {};
    signal?.addEventListener('abort', interrupt);
    cancel = () => {
      clear();
      signal?.removeEventListener('abort', interrupt);
    };
  });
  try {
    return await Promise.race([sent.reply, stopped]);
  } finally {
    cancel();
  }
}
