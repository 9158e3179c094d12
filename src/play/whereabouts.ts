// After a page with a mirror, a commit or a migration: tells where the guest's disk and the machine are now, and says
// so where that is not known.
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { actOn, startedBy } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { JobWait } from './jobs.ts';
import type { Deed } from './ledger.ts';
import { type NodeFiles, openFiles } from './openfiles.ts';
import { failureOf } from './perform.ts';
import type { Performance } from './performance.ts';

export interface Whereabouts {
  readonly state: 'stayed' | 'moved' | 'unknown';
  /** For a reader; none where all stayed. */
  readonly sentences: readonly string[];
}

/** What is looked at of a performance. */
type Played = Pick<Performance, 'ledger' | 'stage'>;

const STAYED: Whereabouts = { state: 'stayed', sentences: [] };
/** A migration that is over has one of these states; each other one is on its way. */
const OVER = /^(none|completed|failed|cancelled)$/;
const LOOK_EVERY = 50;
const LOOKS = 200;

/** Where everything is that the page may have moved. Never throws a QmpshError. */
export async function whereabouts(performance: Played, limits: JobWait): Promise<Whereabouts> {
  const found: Whereabouts[] = [];
  for (const deed of performance.ledger.standing) {
    const { request } = deed;
    const act = request && actOn(request);
    if (act?.does === 'complete') found.push(await ofDisk(act.id, deed, performance, limits));
    if (request?.execute === 'migrate') found.push(await ofMachine(deed, performance, limits));
  }
  const states = found.map(({ state }) => state);
  return {
    state: states.includes('moved') ? 'moved' : states.includes('unknown') ? 'unknown' : 'stayed',
    sentences: [...new Set(found.flatMap(({ sentences }) => sentences))],
  };
}

/** Waits until a migration that was told to stop has ended one way or the other; gives whether the machine stayed. */
export async function staysHere(session: Session, clock: Clock, limits: JobWait): Promise<boolean> {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (OVER.test(await migration(session, limits))) break;
    await new Promise<void>(resolve => void clock.after(LOOK_EVERY, resolve));
  }
  return /^(none|failed|cancelled)$/.test(await migration(session, limits));
}

async function ofDisk(id: string, deed: Deed, { ledger }: Played, limits: JobWait): Promise<Whereabouts> {
  const start = ledger.standing.findLast(
    ({ request, session }) =>
      session === deed.session && request && startedBy(request).some(job => job.id === id),
  );
  const args = start?.request?.arguments ?? {};
  // `device` is the root, which query-block tells, also where a commit begins at a node below it.
  const [from, to] = [nameIn(args, 'device'), nameIn(args, 'target') ?? nameIn(args, 'base-node')];
  let nodes: readonly NodeFiles[] = [];
  if (deed.session?.state === 'open' && from !== undefined && to !== undefined)
    try {
      nodes = await openFiles(deed.session, limits);
      const roots = rootsOf(await value(deed.session, 'query-block', limits));
      if (roots.includes(to)) return { state: 'moved', sentences: [movedTo(from, to, nodes)] };
      if (roots.includes(from)) return STAYED;
    } catch (error) {
      failureOf(error); // it gave no answer, so nothing is known
    }
  const where = to === undefined ? 'the copy' : described(to, nodes);
  return {
    state: 'unknown',
    sentences: [
      `Whether the guest has gone over to ${where} is not known; query-block tells. Remove no file of either disk before.`,
    ],
  };
}

function movedTo(from: string, to: string, nodes: readonly NodeFiles[]): string {
  const now = `The guest's disk is ${described(to, nodes)} now.`;
  if (!nodes.some(({ node }) => node === from)) return now;
  return `${now} Its disk until then, ${described(from, nodes)}, is still open and still there.`;
}

function described(name: string, nodes: readonly NodeFiles[]): string {
  const file = nodes.find(({ node }) => node === name)?.file;
  return file === undefined ? `node ${safe(name)}` : `node ${safe(name)} (${safe(file)})`;
}

async function ofMachine(deed: Deed, { stage }: Played, limits: JobWait): Promise<Whereabouts> {
  const { session } = deed;
  const unknown = {
    state: 'unknown',
    sentences: [
      'Whether the machine has moved is not known: query-migrate here and query-status there tell. Let it run on one side only.',
    ],
  } as const;
  if (session?.state !== 'open') return unknown;
  try {
    if ((await migration(session, limits)) !== 'completed') return STAYED;
    const rows = ['The machine has moved to the other QEMU; it must not run here any more.'];
    for (const other of stage.monitors) {
      if (other.session === session || other.session.state !== 'open') continue;
      const status = member(await value(other.session, 'query-status', limits), 'status');
      const running = status === 'running' ? '' : '; cont there lets it run';
      rows.push(`It is ${safe(String(status))} at ${safe(other.address)}${running}.`);
    }
    return { state: 'moved', sentences: rows };
  } catch (error) {
    failureOf(error);
    return unknown;
  }
}

async function migration(session: Session, limits: JobWait): Promise<string> {
  return String(member(await value(session, 'query-migrate', limits), 'status') ?? 'none');
}

async function value(session: Session, command: string, limits: JobWait): Promise<JsonObject & Json> {
  const reply = await session.execute(command, {}, limits);
  if (reply.kind === 'refusal') throw new QmpshError('refused', reply.desc);
  return isObject(reply.value) ? reply.value : { list: reply.value };
}

/** The root nodes of the guest's devices, of a reply to query-block. */
function rootsOf(reply: JsonObject): readonly string[] {
  const rows = member(reply, 'list');
  return (isArray(rows) ? rows : []).flatMap(row => {
    const inserted = isObject(row) ? member(row, 'inserted') : undefined;
    const name = isObject(inserted) ? member(inserted, 'node-name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function nameIn(args: JsonObject, key: string): string | undefined {
  const found = member(args, key);
  return typeof found === 'string' ? found : undefined;
}
