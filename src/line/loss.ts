// Why a command needs a confirmation: it always loses something, or it makes a disk or the guest's memory smaller. The
// human monitor counts MiB where QMP counts bytes, so a size typed from habit is a millionth of what was meant.
import type { Request } from '../qmp/message.ts';
import { hmpDestroys, hmpLeaves, hmpLineOf } from '../schema/hmp.ts';
import { destructive } from '../schema/loss.ts';
import { textOf } from '../schema/world.ts';
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { Host } from './host.ts';

/** Milliseconds that the question waits for the VM to say how large things are. */
const PATIENCE = 1000;

/** Jobs that are named. */
const MOST_JOBS = 5;

const UNITS = 'QMP counts bytes here, the human monitor MiB; 512M is a size, too.';

/** Why a request should be asked about, as sentences; undefined where it loses nothing that is known. */
export async function lossOf(request: Request, host: Host): Promise<readonly string[] | undefined> {
  if (host.session?.isAgent) {
    const { changesGuest } = await import('../schema/agent.ts');
    const change = changesGuest(request.execute, request.arguments);
    return change === undefined ? undefined : [change];
  }
  const line = hmpLineOf(request);
  const why = line === undefined ? destructive(request.execute) : hmpDestroys(line);
  const leaves = line === undefined ? request.execute === 'quit' : hmpLeaves(line);
  const judge = leaves ? endsJobs : why === undefined ? JUDGES.get(request.execute) : undefined;
  const known = why === undefined ? undefined : [why];
  if (judge === undefined) return known;
  let cancel = () => {};
  const late = new Promise<undefined>(resolve => {
    cancel = host.clock.after(PATIENCE, () => resolve(undefined));
  });
  // A connection that ends here is told of by the command itself.
  const found = await Promise.race([judge(request.arguments, host).catch(() => undefined), late]);
  cancel();
  return found ? [...(known ?? []), ...found] : known;
}

type Judge = (args: JsonObject, host: Host) => Promise<readonly string[] | undefined>;

const JUDGES: ReadonlyMap<string, Judge> = new Map([
  ['block_resize', shrinks],
  ['balloon', starves],
]);

/** Jobs that end with QEMU. */
async function endsJobs(_: JsonObject, host: Host): Promise<readonly string[] | undefined> {
  const jobs = (await rows(host, { execute: 'query-jobs', arguments: {} })).filter(
    job => textOf(job, 'status') !== 'concluded',
  );
  if (jobs.length === 0) return undefined;
  const names = jobs.slice(0, MOST_JOBS).map(job => {
    const state = textOf(job, 'status') === 'ready' ? 'ready, not completed' : textOf(job, 'status');
    return `${safe(textOf(job, 'id') ?? '')} (${textOf(job, 'type')}, ${state})`;
  });
  if (jobs.length > names.length) names.push(`${jobs.length - names.length} more`);
  const [verb, what] = jobs.length === 1 ? ['ends', 'a job'] : ['end', `${jobs.length} jobs`];
  return [`With it ${verb} ${what}: ${names.join(', ')}.`];
}

/** A disk made smaller. */
async function shrinks(args: JsonObject, host: Host): Promise<readonly string[] | undefined> {
  const size = amount(member(args, 'size'));
  const name = member(args, 'node-name') ?? member(args, 'device');
  if (size === undefined || typeof name !== 'string') return undefined;
  const now = await diskSize(name, host);
  if (now === undefined || size >= now) return undefined;
  return [
    `block_resize cuts ${name} from ${bytes(now)} down to ${bytes(size)}: what lies behind the new end is lost.`,
    UNITS,
  ];
}

async function diskSize(name: string, host: Host): Promise<number | undefined> {
  const nodes = await rows(host, { execute: 'query-named-block-nodes', arguments: { flat: true } });
  const node = nodes.find(row => textOf(row, 'node-name') === name);
  const drives = node === undefined ? await rows(host, { execute: 'query-block', arguments: {} }) : [];
  const drive = drives.find(row => textOf(row, 'device') === name);
  const inserted = node ?? (drive && member(drive, 'inserted'));
  const image = inserted !== undefined && isObject(inserted) ? member(inserted, 'image') : undefined;
  return image !== undefined && isObject(image) ? amount(member(image, 'virtual-size')) : undefined;
}

/** A guest left with less than half of its memory. */
async function starves(args: JsonObject, host: Host): Promise<readonly string[] | undefined> {
  const value = amount(member(args, 'value'));
  const reply = await host.session?.execute('query-memory-size-summary');
  if (value === undefined || reply?.kind !== 'success' || !isObject(reply.value)) return undefined;
  const { 'base-memory': base, 'plugged-memory': plugged } = reply.value;
  const all = (amount(base) ?? 0) + (amount(plugged) ?? 0);
  if (all === 0 || value * 2 >= all) return undefined;
  return [
    `balloon leaves the guest ${bytes(value)} of ${bytes(all)}: with less than half of its memory it may kill programs or stop.`,
    UNITS,
  ];
}

async function rows(host: Host, request: Request): Promise<readonly JsonObject[]> {
  const reply = await host.session?.execute(request.execute, request.arguments);
  return objectsIn(reply?.kind === 'success' ? reply.value : undefined);
}

function amount(value: Json | undefined): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}
