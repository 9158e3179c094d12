// `qmpsh share`: a monitor that serves one client, for any number of them.
import { noteRow } from '../batch/jsonrows.ts';
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { readNamed } from '../io/files.ts';
import { openRows } from '../io/rowfile.ts';
import { serveAt } from '../io/serve.ts';
import { writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { Session } from '../session/client.ts';
import type { Ending } from '../session/options.ts';
import { SharedMonitor } from '../share/monitor.ts';
import { type Judge, type Policy, readOnly, readPolicy } from '../share/policy.ts';
import { nearest } from '../text/fuzzy.ts';
import { stringifyJson } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { safe, safeJson } from '../text/safe.ts';
import { Interrupts } from './interrupts.ts';
import type { Invocation } from './invocation.ts';
import { type Audit, Sharing } from './sharing.ts';

const USAGE = 'Usage: qmpsh share ADDRESS --listen SOCK [--read-only] [--policy FILE] [--audit FILE]';
/** Milliseconds for the one question before anybody is served. */
const PATIENCE = 3000;

/** Shares until it is told to end (status 0), or the monitor is gone. */
export async function shareCommand(invocation: Invocation): Promise<Exit> {
  const { values, switches } = invocation;
  const { address, path } = placesOf(invocation);
  const note = (what: string) => {
    writeAll(2, switches.has('json') ? `${noteRow(what)}\n` : `${safe(what)}\n`);
  };
  const policy = policyOf(values['policy']);
  const audit = auditOf(values['audit'], note);
  const { signal } = new Interrupts();
  const session = await open(address, invocation, signal, note);
  try {
    if (policy) await checkNames(session, policy, note);
    const judges = [
      ...(audit ? [audit.judge] : []),
      ...(switches.has('read-only') ? [readOnly] : []),
      ...(policy ? [policy.judge] : []),
    ];
    const monitor = new SharedMonitor(session, request => firstOf(judges, request));
    const sharing = new Sharing(monitor, audit, note);
    const server = await serveAt(path, connection => void sharing.take(connection));
    if (server.stale) note(`${path} was left over from one who has ended; it is replaced`);
    note(`${versionOf(session)} at ${address} is shared at ${path}${termsOf(invocation)}`);
    const ending = await Promise.race([session.ended, aborted(signal)]);
    await session.close();
    await server.close();
    if (ending?.error) throw ending.error;
    if (ending) note('QEMU has ended, and the sharing with it');
    return 0;
  } finally {
    await session.close();
  }
}

function placesOf({ positionals, values }: Invocation): { readonly address: string; readonly path: string } {
  const [address = process.env['QMP_SOCKET'], extra] = positionals;
  const path = values['listen'];
  if (!address) throw new QmpshError('usage', 'which monitor? Its address is missing', { advice: USAGE });
  if (extra !== undefined)
    throw new QmpshError('usage', `one monitor is shared; what is ${safe(extra)}?`, { advice: USAGE });
  if (!path)
    throw new QmpshError('usage', 'where are the clients to connect? --listen SOCK is missing', {
      advice: USAGE,
    });
  return { address, path };
}

async function open(
  address: string,
  { timeout }: Invocation,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<Session> {
  try {
    return await Session.open(await connect(address, { signal, tell }), {
      clock: CLOCK,
      address,
      signal,
      ...(timeout === undefined ? {} : { greetingTimeout: timeout }),
      keep: { events: 1 }, // nobody looks back
    });
  } catch (error) {
    throw await (await import('../io/silence.ts')).withReason(error, address);
  }
}

function policyOf(file: string | undefined): Policy | undefined {
  return file === undefined ? undefined : readPolicy(readNamed(file, 'the policy'), file);
}

function auditOf(file: string | undefined, warn: (text: string) => void): Audit | undefined {
  if (file === undefined) return undefined;
  const after = 'no further command is let through';
  const rows = openRows(file, { what: 'the audit', after, warn });
  let intact = true;
  return {
    put: row => {
      intact = rows.append(safeJson(stringifyJson(row)));
    },
    judge: () => (intact ? undefined : 'is not allowed: the audit cannot be written'),
  };
}

/** A rule for a command that this QEMU does not have may be a slip. */
async function checkNames(session: Session, { names }: Policy, note: (text: string) => void): Promise<void> {
  const reply = await session.execute('query-commands', {}, { timeout: PATIENCE });
  if (reply.kind === 'refusal') return;
  const known = objectsIn(reply.value).map(command => text(command, 'name'));
  for (const { name, row } of names) {
    if (known.includes(name)) continue;
    const [near] = nearest(name, known);
    const meant = near === undefined ? '' : `; is it ${near}?`;
    note(`row ${row} of the policy: this QEMU has no command ${name}${meant}`);
  }
}

function firstOf(judges: readonly Judge[], request: Parameters<Judge>[0]): string | undefined {
  for (const judge of judges) {
    const why = judge(request);
    if (why !== undefined) return why;
  }
  return undefined;
}

function versionOf({ greeting }: Session): string {
  const { major, minor, micro } = greeting?.QMP.version.qemu ?? {};
  return `QEMU ${major}.${minor}.${micro}`;
}

function termsOf({ switches, values }: Invocation): string {
  const terms = [
    ...(switches.has('read-only') ? ['read-only'] : []),
    ...(values['policy'] === undefined ? [] : [`by ${values['policy']}`]),
    ...(values['audit'] === undefined ? [] : [`put down in ${values['audit']}`]),
  ];
  return terms.map(term => `, ${term}`).join('');
}

function aborted(signal: AbortSignal): Promise<Ending | undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
