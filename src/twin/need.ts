// What a step would need on the real VM: room for what it copies, and time at the speed that it is given.
import { roomAt } from '../io/storage.ts';
import type { Request } from '../qmp/message.ts';
import { chain } from '../render/graph.ts';
import { actionsOf } from '../schema/actions.ts';
import { isObject, type JsonObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes, duration, rate } from '../text/size.ts';
import type { Told } from './told.ts';
import type { Passed } from './twin.ts';

export interface Need {
  readonly text: string;
  /** There may not be room enough. */
  readonly isShort: boolean;
}

const COPIES = /^(?:blockdev|drive)-(?:backup|mirror)$/;

/** What the jobs among the requests would copy there, by the sizes that the VM told. */
export function needsOf(
  passed: readonly Passed[],
  told: Told,
  fileAt: (name: string) => string | undefined,
): readonly Need[] {
  const requests = passed.flatMap(({ request, permit }) =>
    permit.kind === 'send' ? actionsOf(request) : [],
  );
  const seen = new Set<string>();
  return requests.flatMap(request => {
    const need = needOf(request, requests, told, fileAt);
    if (!need || seen.has(need.text)) return [];
    seen.add(need.text);
    return [need];
  });
}

function needOf(
  { execute, arguments: args }: Request,
  all: readonly Request[],
  told: Told,
  fileAt: (name: string) => string | undefined,
): Need | undefined {
  const isCopy = COPIES.test(execute);
  if (!isCopy && execute !== 'block-commit' && execute !== 'block-stream') return undefined;
  const source = nodeNamed(text(args, 'device'), told);
  const disk = source === undefined ? undefined : amountOf(execute, args, source, told);
  if (source === undefined || disk === undefined) return undefined;
  const { most, whole, why } = disk;
  const target = isCopy ? targetFile(execute, text(args, 'target'), all, told) : undefined;
  const path = target === undefined ? undefined : fileAt(target);
  const free = path === undefined ? undefined : roomAt(path);
  const speed = member(args, 'speed');
  const isPaced = typeof speed === 'number' && speed > 0;
  const isShort = most !== undefined && free !== undefined && free < most;
  const parts = [
    most === undefined ? why : `copies ${most === 0 ? 'nothing' : `up to ${bytes(most)}`} (${why})`,
    ...(whole === undefined ? [] : [`the disk has ${bytes(whole)}`]),
    ...(free === undefined
      ? []
      : [`${bytes(free)} ${isShort ? 'only ' : ''}are free for ${safe(target ?? '')}`]),
    ...(most === undefined ? [] : isPaced ? [`at ${rate(speed)} about ${duration(most / speed)}`] : []),
  ];
  return { text: `${execute} of ${safe(source)} ${parts.join('; ')}`, isShort };
}

interface Amount {
  readonly most?: number;
  readonly whole?: number;
  readonly why: string;
}

function amountOf(execute: string, args: JsonObject, source: string, { graph }: Told): Amount | undefined {
  const images = chain(graph, source).filter(({ kind }) => kind !== 'filter');
  const [top] = images;
  if (!top) return undefined;
  const whole = top.size === undefined ? {} : { whole: top.size };
  const used = (list: readonly { readonly used?: number }[]) =>
    list.every(one => one.used !== undefined)
      ? list.reduce((sum, one) => sum + (one.used ?? 0), 0)
      : undefined;
  const capped = (amount: number | undefined) =>
    amount === undefined || top.size === undefined ? (amount ?? top.size) : Math.min(amount, top.size);
  const of = (amount: number | undefined, why: string): Amount => {
    const most = capped(amount);
    return most === undefined ? { why: 'copies so much that QEMU does not tell' } : { most, why, ...whole };
  };
  const upTo = (name: string) => {
    const at = images.findIndex(one => one.name === name);
    return at < 0 ? images.slice(0, -1) : images.slice(0, at);
  };
  if (execute === 'block-commit')
    return of(used(upTo(text(args, 'base-node'))), 'what the images above the base hold');
  if (execute === 'block-stream') return of(used(images.slice(1)), 'what the images below hold');
  switch (member(args, 'sync')) {
    case 'none':
      return { why: 'copies what the guest writes meanwhile' };
    case 'top':
      return of(used([top]), 'what its top image holds');
    case 'incremental':
    case 'bitmap': {
      const at = top.bitmaps.indexOf(text(args, 'bitmap'));
      return of(at < 0 ? undefined : top.dirty[at], 'what its bitmap marks');
    }
    default:
      return of(used(images), 'what its images hold');
  }
}

/** The file that a copy goes to, as the requests or the VM name it. */
function targetFile(
  execute: string,
  target: string,
  all: readonly Request[],
  told: Told,
): string | undefined {
  if (execute.startsWith('drive-')) return target;
  for (const { execute: other, arguments: args } of all.toReversed()) {
    if (other !== 'blockdev-add' || text(args, 'node-name') !== target) continue;
    const own = text(args, 'filename');
    if (own !== '') return own;
    const file = member(args, 'file');
    if (isObject(file)) return text(file, 'filename') || undefined;
    return typeof file === 'string' && file !== target ? targetFile(execute, file, all, told) : undefined;
  }
  const there = told.graph.nodes.get(target);
  return there?.file === '' || there?.file.startsWith('json:') ? undefined : there?.file;
}

/** A node by its name, or by that of the drive it is in. */
function nodeNamed(name: string, { graph, block }: Told): string | undefined {
  if (graph.nodes.has(name)) return name;
  const folded = graph.folded.get(name);
  const drive = objectsIn(block).findIndex(one => text(one, 'device') === name && name !== '');
  return folded ?? graph.devices[drive]?.node;
}
