// The verdict of a rehearsal is what then happens on the VM itself: situations that go well and that go wrong, each
// rehearsed and then played. Nothing that is rehearsed touches a file of the VM's folder, or asks it for more than queries.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BatchHost } from '../../src/batch/host.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { defaultSettings } from '../../src/line/settings.ts';
import { loadPage, toPage } from '../../src/play/load.ts';
import { playPage } from '../../src/play/playing.ts';
import { Reading } from '../../src/play/reading.ts';
import type { Session } from '../../src/session/client.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { openSession, type QemuOptions, withQemu } from '../qemu.ts';
import { listing, sent } from './likely.ts';

const DISKS: QemuOptions = {
  prepare: folder => {
    const make = (...args: readonly string[]) => {
      const done = spawnSync('qemu-img', ['create', '-q', ...args], { cwd: folder });
      if (done.status !== 0) throw new Error(String(done.stderr));
    };
    make('-f', 'qcow2', 'base.qcow2', '8M');
    make('-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', 'mid.qcow2');
    make('-f', 'qcow2', '-b', 'mid.qcow2', '-F', 'qcow2', 'top.qcow2');
    make('-f', 'qcow2', 'busy.qcow2', '4M');
    make('-f', 'qcow2', 'twin.qcow2', '4M');
    make('-f', 'qcow2', 'small.qcow2', '1M');
    make('-f', 'qcow2', 'free.qcow2', '8M');
    make('-f', 'raw', 'plain.raw', '2M');
    const io = spawnSync('qemu-io', ['-f', 'qcow2', '-c', 'write -q 0 1M', 'base.qcow2'], { cwd: folder });
    if (io.status !== 0) throw new Error(String(io.stderr));
  },
  args: [
    ...['-object', 'throttle-group,id=tg0', '-object', 'iothread,id=io0'],
    ...['-blockdev', 'driver=qcow2,node-name=base,file.driver=file,file.filename=base.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=mid,backing=base,file.driver=file,file.filename=mid.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=top,backing=mid,file.driver=file,file.filename=top.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio0,drive=top'],
    ...['-blockdev', 'driver=qcow2,node-name=busy,file.driver=file,file.filename=busy.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio1,drive=busy,iothread=io0'],
    ...['-blockdev', 'driver=qcow2,node-name=copy,file.driver=file,file.filename=twin.qcow2'],
    ...['-blockdev', 'driver=raw,node-name=plain,file.driver=file,file.filename=plain.raw'],
    ...['-blockdev', 'driver=throttle,node-name=slow,throttle-group=tg0,file=plain'],
    ...['-device', 'virtio-blk-pci,id=virtio2,drive=slow'],
    ...['-blockdev', 'driver=qcow2,node-name=small,read-only=on,file.driver=file,file.filename=small.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio3,drive=small'],
    ...['-blockdev', 'driver=qcow2,node-name=free,file.driver=file,file.filename=free.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio4,drive=free'],
  ],
};

const FURNITURE: readonly (readonly [string, JsonObject])[] = [
  ['block-dirty-bitmap-add', { node: 'top', name: 'bm0' }],
  ['nbd-server-start', { addr: { type: 'unix', data: { path: 'nbd.sock' } } }],
  ['block-export-add', { type: 'nbd', id: 'exp0', 'node-name': 'plain' }],
  ['blockdev-create', { 'job-id': 'old0', options: { driver: 'file', filename: 'old', size: 0 } }],
  ['blockdev-mirror', { device: 'busy', target: 'copy', sync: 'full', 'job-id': 'copy0' }],
];

/** Lines, and recipes by their names; in an order in which those that go well leave the next ones a VM to go on with. */
const SITUATIONS: readonly string[] = [
  '.backup node=nope file=b0.qcow2',
  '.backup node=top file=b1.qcow2',
  '.backup node=top file=b1.qcow2',
  '.backup node=top file=/nowhere/b2.qcow2',
  '.backup node=top file=b3.qcow2 target=mid',
  '.mirror node=mid file=m0.qcow2',
  '.mirror node=busy file=m1.qcow2',
  '.mirror node=free file=m3.qcow2',
  '.incremental action=start node=top file=i0.qcow2 series=bm0',
  '.commit node=top base=small',
  '.stream node=mid base=top',
  '.moment nodes=top,free name=mon series=points',
  'blockdev-backup device=top target=small sync=full job-id=j0',
  'blockdev-del node-name=top',
  'block-dirty-bitmap-add node=top name=bm0',
  'block-dirty-bitmap-add node=small name=bm1 persistent=true',
  'block-export-add type=nbd id=exp1 node-name=top writable=true',
  'nbd-server-start addr={"type":"unix","data":{"path":"again.sock"}}',
  'blockdev-add driver=qcow2 node-name=again file.driver=file file.filename=top.qcow2',
  'blockdev-add driver=throttle node-name=slower throttle-group=none file=free',
  'block_resize node-name=small size=2M',
  'blockdev-snapshot-sync node-name=top snapshot-file=/nowhere/s.qcow2 snapshot-node-name=s0',
  'transaction actions=[{"type":"block-dirty-bitmap-add","data":{"node":"top","name":"t0"}},{"type":"block-dirty-bitmap-clear","data":{"node":"top","name":"missing"}}]',
  'object-del id=tg0',
  'job-dismiss id=old0',
  'job-dismiss id=old0',
  'block-job-cancel device=copy0',
  'block-export-del id=exp0',
  '.stream node=top base=base',
  '.commit node=top base=base',
  'blockdev-snapshot-sync node-name=free snapshot-file=s2.qcow2 snapshot-node-name=s2',
  'block-dirty-bitmap-remove node=top name=bm0',
];

interface Outcome {
  readonly said: string;
  readonly goesThrough: boolean;
  readonly step: string | undefined;
  readonly message: string;
}

/** Names that a run makes up are not the same in two of them. */
function steady(text: string): string {
  const ours = /\b(backup|mirror|create|increment|commit|stream|probe|moment|point)-[a-z][a-z0-9]{4}\b/g;
  return text.replaceAll(ours, '$1-RUN').replaceAll(/#block\d+/g, '#block');
}

function hostOn(session: Session, folder: string, address: string, said: string[]): BatchHost {
  return new BatchHost({
    ...{ session, address, folder, practice: undefined, clock: CLOCK, schema: undefined },
    ...{ verbose: false, pretty: false, json: false, events: false, hmp: false, exitOnError: false },
    settings: { ...defaultSettings(), timeout: 20_000 },
    out: () => true,
    err: text => {
      said.push(text);
      return true;
    },
    paint: plain,
    width: () => 100_000,
    signal: new AbortController().signal,
    connect: async () => {
      throw new Error('nobody connects');
    },
    pipe: async () => 0,
  });
}

async function rehearsal(host: BatchHost, said: string[], situation: string): Promise<Outcome> {
  said.length = 0;
  const exit = await host.run(`.rehearse ${situation}`);
  const all = said.join('');
  const [, kind = '', step, message = ''] =
    /^verdict: (goes through|is refused|cannot be told)(?: at step (\d+))?(?:(?: with)?: (.*))?$/m.exec(
      all,
    ) ?? [];
  assert.is(exit === 0, kind === 'goes through', all);
  return {
    said: kind === '' ? all : kind,
    goesThrough: kind === 'goes through',
    step,
    message: steady(message),
  };
}

async function reality(host: BatchHost, situation: string): Promise<Outcome> {
  const reading = new Reading();
  const [word = '', ...pairs] = situation.split(' ');
  const isPage = word.startsWith('.');
  const page = isPage
    ? await loadPage(word.slice(1), host.folder, reading)
    : await toPage(`(QEMU) ${situation}\n`, 'the line');
  const given = new Map(
    isPage
      ? pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
      : [],
  );
  const shown: string[] = [];
  const exit = await playPage({ page, reading, given, choice: {}, step: false, verbose: false }, host, {
    show: lines => shown.push(...lines.map(plain)),
  });
  const [, step, failed = ''] =
    /^failed {2}.*?:\d+: step (\d+): (?:\.(?:expect|let) .*?: (?=not as)|\.points .*?: )?(?:QEMU refused it: )?(.*)$/m.exec(
      shown.join('\n'),
    ) ?? [];
  return {
    said: shown.join('\n'),
    goesThrough: exit === 0,
    step: isPage ? step : undefined,
    message: steady(failed),
  };
}

test('what a rehearsal says is what happens', async () => {
  const different: string[] = [];
  const count = { through: 0, refused: 0 };
  await withQemu(DISKS, async qemu => {
    const session = await openSession(qemu.address);
    const said: string[] = [];
    const host = hostOn(session, qemu.folder, qemu.address, said);
    try {
      await sent(session, FURNITURE);
      await session.waitFor(({ name }) => name === 'BLOCK_JOB_READY', { since: 0, timeout: 20_000 });
      for (const situation of SITUATIONS) {
        const before = listing(qemu.folder);
        const verdict = await rehearsal(host, said, situation);
        assert.is(listing(qemu.folder), before, `${situation}: a file of the VM was touched`);
        const real = await reality(host, situation);
        count[real.goesThrough ? 'through' : 'refused'] += 1;
        const same =
          verdict.goesThrough === real.goesThrough &&
          verdict.step === real.step &&
          verdict.message === real.message;
        if (!same)
          different.push(
            `${situation}\n    verdict: ${verdict.said} ${verdict.step ?? ''} ${verdict.message}\n    real: ${real.step ?? ''} ${real.message || real.said}`,
          );
      }
    } finally {
      await session.close();
    }
  });
  assert.is(different.join('\n'), '');
  // (Whether a job is over by then decides some of them.)
  assert.ok(count.through >= 10 && count.refused >= 15, JSON.stringify(count));
});

test.run();
