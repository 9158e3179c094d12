// The points of a folder: from the command line without a VM, and at the prompt; what is lost or broken is said.
import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isObject, parseJson } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { onStand } from '../plays.ts';

test('points are listed in their order, and what is broken with its reason', () =>
  onStand(async ({ play, vm, quit }) => {
    const cwd = vm.folder;
    const steps = [
      ['start', 'z-full.qcow2'],
      ['next', 'mon.qcow2'],
      ['next', 'tue.qcow2'],
    ] as const;
    for (const [action, file] of steps) {
      const done = await play(['incremental', vm.address, `action=${action}`, 'node=node-A', `file=${file}`]);
      assert.is(done.status, 0, done.out + done.err);
    }
    const typed = await qmpsh(['-c', '.points', vm.address], { cwd });
    assert.is(typed.status, 0, typed.out + typed.err);
    await quit();
    writeFileSync(join(cwd, 'text.qcow2'), 'no image');
    const good = await qmpsh(['points'], { cwd });
    assert.is(good.status, 0, good.err);
    const rows = good.out.trimEnd().split('\n');
    assert.is(rows.length, 5, good.out);
    assert.match(rows[2] ?? '', /increments .* UTC +z-full\.qcow2 +full +crash-consistent +39 MiB .* good$/);
    assert.match(rows[3] ?? '', /mon\.qcow2 +since z-full\.qcow2 .* good$/);
    assert.match(rows[4] ?? '', /tue\.qcow2 +since mon\.qcow2 .* good$/);
    assert.match(good.err, /^without the name of a point.*: a\.qcow2\n$/);

    // A lost one takes those above it along; a renamed copy is known still.
    renameSync(join(cwd, 'mon.qcow2'), join(cwd, 'moved.qcow2'));
    const lost = await qmpsh(['points', '--json', cwd]);
    assert.is(lost.status, 1);
    const found = lost.out
      .trimEnd()
      .split('\n')
      .map(row => parseJson(row))
      .filter(isObject);
    assert.equal(
      found.map(row => [row['file'], row['parent-file'] ?? null, row['problem'] ?? null]).slice(0, 2),
      [
        ['z-full.qcow2', null, null],
        ['moved.qcow2', 'z-full.qcow2', null],
      ],
    );
    assert.match(
      String(found[2]?.['problem']),
      /^tue\.qcow2 cannot be opened.*mon\.qcow2.*; its parent is the point made as mon\.qcow2/,
    );
    assert.is(found[2]?.['parent-file'], 'moved.qcow2');

    // A file with the right name that is another point.
    copyFileSync(join(cwd, 'z-full.qcow2'), join(cwd, 'mon.qcow2'));
    const other = await qmpsh(['points', cwd]);
    assert.match(
      other.err,
      /tue\.qcow2 stands on .*mon\.qcow2, which is the point made as z-full\.qcow2 .*; its parent is the point made as mon\.qcow2/,
    );
    rmSync(join(cwd, 'mon.qcow2'));
    truncateSync(join(cwd, 'moved.qcow2'), 100_000);
    const cut = await qmpsh(['points', cwd]);
    assert.not.match(cut.out, /moved\.qcow2 .* good/);
  }));

test('a folder without points, and none at all', async () => {
  const none = await qmpsh(['points', 'none-such']);
  assert.is(none.status, 2);
  assert.match(none.err, /the folder .*none-such cannot be read/);
  const two = await qmpsh(['points', 'a', 'b']);
  assert.is(two.status, 2);
  assert.match(two.err, /points takes one folder/);
});

test.run();
