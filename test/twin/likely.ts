// A VM as people have them, and its twin, for tests.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AskVm, askBlockGraph } from '../../src/line/blockgraph.ts';
import type { BlockGraph } from '../../src/render/graph.ts';
import type { Session } from '../../src/session/client.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { askTold } from '../../src/twin/told.ts';
import { Twin, versionIn } from '../../src/twin/twin.ts';
import { openSession, type Qemu, type QemuOptions, startQemu } from '../qemu.ts';

/** Two disks: a chain of four behind a throttle filter, with a bitmap and an iothread; and one that is exported and mirrored. */
export const RICH: QemuOptions = {
  prepare: folder => {
    const make = (...args: readonly string[]) => {
      const done = spawnSync('qemu-img', ['create', '-q', ...args], { cwd: folder });
      if (done.status !== 0) throw new Error(String(done.stderr));
    };
    make('-f', 'qcow2', 'a.qcow2', '39M');
    for (const [name, below] of ['ba', 'cb', 'dc'])
      make('-f', 'qcow2', '-b', `${below}.qcow2`, '-F', 'qcow2', `${name}.qcow2`);
    make('-f', 'raw', 'e.raw', '10M');
    make('-f', 'qcow2', 't.qcow2', '10M');
  },
  args: [
    ...['-object', 'iothread,id=io0', '-object', 'throttle-group,id=tg0'],
    ...['-blockdev', 'driver=qcow2,node-name=node-A,read-only=on,file.driver=file,file.filename=a.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=node-B,backing=node-A,file.driver=file,file.filename=b.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=node-C,backing=node-B,file.driver=file,file.filename=c.qcow2'],
    ...['-blockdev', 'driver=file,node-name=file-D,filename=d.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=node-D,backing=node-C,file=file-D'],
    ...['-blockdev', 'driver=throttle,node-name=slow,throttle-group=tg0,file=node-D'],
    ...['-device', 'virtio-blk-pci,id=virtio0,drive=slow,iothread=io0'],
    ...['-blockdev', 'driver=raw,node-name=node-E,file.driver=file,file.filename=e.raw'],
    ...['-device', 'virtio-blk,id=virtio1,drive=node-E,share-rw=on'],
    ...['-blockdev', 'driver=qcow2,node-name=node-T,file.driver=file,file.filename=t.qcow2'],
  ],
};

export interface Pair {
  readonly vm: Qemu;
  readonly session: Session;
  /** What the VM was asked for the twin. */
  readonly asked: string[];
  readonly twin: Twin;
}

export function asker(session: Session, asked: string[] = []): AskVm {
  return async (command, args = {}) => {
    asked.push(command);
    const reply = await session.execute(command, args);
    return reply.kind === 'success' ? reply.value : undefined;
  };
}

export function graphOf(session: Session): Promise<BlockGraph | undefined> {
  return askBlockGraph(asker(session), false);
}

export async function sent(
  session: Session,
  lines: readonly (readonly [string, JsonObject])[],
): Promise<void> {
  for (const [command, args] of lines) {
    const reply = await session.execute(command, args);
    if (reply.kind === 'refusal') throw new Error(`${command}: ${reply.desc}`);
  }
}

export async function twinOf(
  vm: Pick<Qemu, 'folder'>,
  session: Session,
  asked: string[] = [],
  unstable = false,
): Promise<Twin> {
  const told = await askTold(asker(session, asked), [], unstable);
  if (!told) throw new Error('nothing is told');
  return Twin.build({
    told,
    qemu: 'qemu-system-x86_64',
    version: versionIn(session.greeting?.QMP.version as Json | undefined),
    inside: vm.folder,
    isHere: true,
  });
}

export async function withPair(
  options: QemuOptions,
  before: (session: Session) => Promise<void>,
  run: (pair: Pair) => Promise<void>,
  unstable = false,
): Promise<void> {
  const vm = await startQemu(options);
  try {
    const session = await openSession(vm.address);
    await before(session);
    const asked: string[] = [];
    const twin = await twinOf(vm, session, asked, unstable);
    try {
      await run({ vm, session, asked, twin });
    } finally {
      await twin.close();
      await session.close();
    }
  } finally {
    await vm.close();
  }
}

/** Names, sizes and times of all files of a folder: what must stay as it is. */
export function listing(folder: string): string {
  return readdirSync(folder)
    .sort()
    .map(name => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
