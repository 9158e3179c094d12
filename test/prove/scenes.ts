// Every recipe as it is played in the model of undo, and what must be there before.
import { playOn } from '../../src/batch/play.ts';
import { stringifyJson } from '../../src/text/json.ts';
import type { Stand } from '../plays.ts';

export interface Scene {
  readonly name: string;
  /** The page and its values. */
  readonly args: readonly string[];
  /** Made before the page, through the second monitor. */
  readonly before?: (stand: Stand) => Promise<void>;
  /** Sizes of further disks. */
  readonly disks?: readonly string[];
  /** It gives the guest another disk: what was written before is in the old one. */
  readonly switches?: boolean;
  /** Two machines. */
  readonly second?: boolean;
}

async function overlays({ value }: Stand): Promise<void> {
  let top = 'node-A';
  for (const name of ['node-B', 'node-C']) {
    await value('blockdev-snapshot-sync', {
      'node-name': top,
      'snapshot-file': `${name}.qcow2`,
      'snapshot-node-name': name,
      format: 'qcow2',
    });
    top = name;
  }
}

/** Plays a page in this process: several times faster than by the command, which the model breaks off afterwards. */
async function arrange(
  { vm, session }: Stand,
  page: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const options = { folder: vm.folder, allowShell: true };
  const { status, report } = await playOn(session, vm.address, page, values, options);
  if (status !== 0) throw new Error(report.map(row => stringifyJson(row)).join('\n'));
}

const series = (stand: Stand) =>
  arrange(stand, 'incremental', { action: 'start', node: 'node-A', file: 'full.qcow2' });

async function longer(stand: Stand): Promise<void> {
  await series(stand);
  await arrange(stand, 'incremental', { action: 'next', node: 'node-A', file: 'mon.qcow2' });
}

/** A pull that a client has. */
async function pulled(stand: Stand): Promise<void> {
  const node = 'node-A';
  await arrange(stand, 'pull', { node, socket: 'before.sock', series: 's', file: 'before.qcow2' });
  await arrange(stand, 'pull', { node, action: 'done' });
}

/** Two moments; then the second disk can only have a full point. */
async function moments(stand: Stand): Promise<void> {
  for (const name of ['sun', 'mon']) await arrange(stand, 'moment', { nodes: 'node-A,node-B', name });
  await stand.value('block_resize', { 'node-name': 'node-B', size: 5 * 1024 * 1024 });
}

export const SCENES: readonly Scene[] = [
  { name: 'backup', args: ['backup', 'node=node-A', 'file=e.qcow2'] },
  { name: 'backup-raw', args: ['backup', 'node=node-A', 'file=e.img', 'format=raw'] },
  { name: 'mirror-cancel', args: ['mirror', 'node=node-A', 'file=e.qcow2'] },
  { name: 'mirror-complete', args: ['mirror', 'node=node-A', 'file=e.qcow2', 'then=complete'] },
  { name: 'chain', args: ['chain', 'node=node-A', 'names=node-B,node-C'] },
  { name: 'commit-top', args: ['commit', 'node=node-C', 'base=node-A'], before: overlays },
  { name: 'commit', args: ['commit', 'node=node-C', 'top=node-B', 'base=node-A'], before: overlays },
  { name: 'stream', args: ['stream', 'node=node-C'], before: overlays },
  { name: 'stream-base', args: ['stream', 'node=node-C', 'base=node-A'], before: overlays },
  { name: 'incremental-start', args: ['incremental', 'action=start', 'node=node-A', 'file=e.qcow2'] },
  {
    name: 'incremental-next',
    args: ['incremental', 'action=next', 'node=node-A', 'file=e.qcow2', 'previous=full.qcow2'],
    before: series,
  },
  {
    name: 'incremental-third',
    args: ['incremental', 'action=next', 'node=node-A', 'file=e.qcow2'],
    before: longer,
  },
  {
    name: 'incremental-copy',
    args: ['incremental', 'action=copy', 'format=raw', 'node=node-A', 'file=e.raw'],
    before: series,
  },
  { name: 'restore', args: ['restore', 'point=mon.qcow2', 'to=e.qcow2'], before: longer },
  {
    name: 'restore-node',
    args: ['restore', 'point=mon.qcow2', 'to=e.qcow2', 'node=node-A'],
    before: longer,
    switches: true,
  },
  {
    name: 'moment-start',
    args: ['moment', 'nodes=node-A,node-B', 'name=e'],
    disks: ['4M'],
  },
  {
    name: 'moment-next',
    args: ['moment', 'nodes=node-A,node-B', 'name=e'],
    before: moments,
    disks: ['4M'],
  },
  { name: 'pull', args: ['pull', 'node=node-A', 'socket=pull.sock', 'to=copy.qcow2'] },
  {
    name: 'pull-job',
    args: ['pull', 'node=node-A', 'socket=pull.sock', 'to=copy.qcow2', 'through=job', 'series=s'],
  },
  { name: 'pull-serve', args: ['pull', 'node=node-A', 'socket=pull.sock', 'series=s'] },
  { name: 'pull-next', args: ['pull', 'node=node-A', 'socket=pull.sock', 'series=s'], before: pulled },
  {
    name: 'migrate-storage',
    args: ['migrate-storage', 'node=node-A', 'to_node=node-b', 'socket=d.sock', 'uri=unix:s.sock'],
    second: true,
  },
];
