// A twin has the block layer of its VM: the same graph, jobs, bitmaps and exports. The VM is asked and nothing else, and
// no file outside of the twin's folder is touched.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toDot } from '../../src/render/dot.ts';
import type { JsonObject } from '../../src/text/json.ts';
import type { QemuOptions } from '../qemu.ts';
import { graphOf, listing, RICH, sent, withPair } from './likely.ts';

const FURNITURE: readonly (readonly [string, JsonObject])[] = [
  ['block-dirty-bitmap-add', { node: 'node-D', name: 'bm0', persistent: true }],
  ['block-dirty-bitmap-add', { node: 'node-E', name: 'bm1', granularity: 32768, disabled: true }],
  ['nbd-server-start', { addr: { type: 'unix', data: { path: 'nbd.sock' } } }],
  ['block-export-add', { type: 'nbd', id: 'exp0', 'node-name': 'node-E' }],
  ['blockdev-mirror', { device: 'node-E', target: 'node-T', sync: 'full', 'job-id': 'copy0' }],
];

test('two disks, a chain of four, a filter, bitmaps, an iothread, an export and a mirror', async () => {
  let files = '';
  await withPair(
    {
      ...RICH,
      prepare: folder => {
        RICH.prepare?.(folder);
      },
    },
    async session => {
      await sent(session, FURNITURE);
      await session.waitFor(({ name }) => name === 'BLOCK_JOB_READY', { since: 0, timeout: 20_000 });
    },
    async ({ vm, session, asked, twin }) => {
      files = listing(vm.folder);
      const real = await graphOf(session);
      const likeness = await twin.graph();
      assert.ok(real && likeness);
      assert.is(lines(toDot(likeness)), lines(toDot(real)));
      assert.equal(twin.said, [
        'QEMU does not tell whether an export may be written: those of the twin may not',
      ]);
      for (const query of ['query-jobs', 'query-block-exports', 'query-iothreads'])
        assert.equal(await names(twin.session, query), await names(session, query), query);
      for (const command of asked) assert.match(command, /^(query-|qom-list$|qom-get$)/);
      const { folder } = twin.vm;
      assert.is(listing(vm.folder), files);
      await twin.close();
      assert.not.ok(existsSync(folder), 'the folder of the twin is gone');
      assert.ok(existsSync(join(vm.folder, 'a.qcow2')));
    },
  );
});

/** Several jobs of a kind: only by what QEMU calls unstable is it told which node is whose. */
const BUSY: QemuOptions = {
  disks: ['a', 'b', 'c', 'd', 'e', 'f'].map(name => [`${name}.qcow2`, '8M'] as const),
  prepare: folder => {
    const make = (...args: readonly string[]) =>
      spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...args], { cwd: folder });
    make('base.qcow2', '8M');
    make('-b', 'base.qcow2', '-F', 'qcow2', 'top.qcow2');
    for (const name of ['a', 'top'])
      spawnSync('qemu-io', ['-f', 'qcow2', '-c', 'write -q 0 8M', `${name}.qcow2`], { cwd: folder });
  },
  args: [
    ...['a', 'b', 'c', 'd', 'e', 'f', 'base'].flatMap(name => [
      '-blockdev',
      `driver=qcow2,node-name=${name},file.driver=file,file.filename=${name}.qcow2`,
    ]),
    ...['-blockdev', 'driver=qcow2,node-name=top,backing=base,file.driver=file,file.filename=top.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio0,drive=a', '-device', 'virtio-blk-pci,id=virtio1,drive=top'],
  ],
};

test('jobs that run, wait, and are paused', () =>
  withPair(
    BUSY,
    async session => {
      await sent(session, [
        ['blockdev-mirror', { device: 'a', target: 'b', sync: 'full', 'job-id': 'runs', speed: 1 }],
        ['blockdev-mirror', { device: 'c', target: 'd', sync: 'full', 'job-id': 'waits' }],
        [
          'blockdev-backup',
          { device: 'e', target: 'f', sync: 'full', 'job-id': 'over', 'auto-dismiss': false },
        ],
        ['block-commit', { device: 'top', 'base-node': 'base', 'job-id': 'merges', speed: 1 }],
      ]);
      await session.waitFor(({ name, data }) => name === 'BLOCK_JOB_READY' && data['device'] === 'waits', {
        since: 0,
        timeout: 20_000,
      });
      await session.waitFor(({ data }) => data['id'] === 'over' && data['status'] === 'concluded', {
        since: 0,
        timeout: 20_000,
      });
      await sent(session, [['job-pause', { id: 'merges' }]]);
      await session.waitFor(({ data }) => data['id'] === 'merges' && data['status'] === 'paused', {
        since: 0,
        timeout: 20_000,
      });
    },
    async ({ session, twin }) => {
      assert.equal(twin.said, []);
      assert.equal(await names(twin.session, 'query-jobs'), await names(session, 'query-jobs'));
      const [real, likeness] = [await graphOf(session), await twin.graph()];
      assert.ok(real && likeness);
      assert.is(lines(toDot(likeness)), lines(toDot(real)));
    },
    true,
  ));

/** QEMU lists its nodes in no order that means anything. */
function lines(dot: string): string {
  return dot.split('\n').sort().join('\n');
}

async function names(session: { execute: (command: string) => Promise<unknown> }, query: string) {
  const reply = JSON.stringify(await session.execute(query));
  return [...reply.matchAll(/"(?:id|node-name|status)":"([^"]*)"/g)].map(([, name]) => name).sort();
}

test.run();
