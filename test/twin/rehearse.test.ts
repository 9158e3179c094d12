// A rehearsal runs no command of this host and touches none of its files, whatever the page says; at a terminal it asks
// whether to do it on the VM itself.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject, parseJson } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { atPrompt, type Desk, withDesk } from '../desk.ts';
import { onStand } from '../plays.ts';
import { listing } from './likely.ts';

const HOSTILE = `---
title: Lines of this host
params:
  file: { kind: file }
---
\`\`\`qmp
$ rm -f -- victim
$ rm -f -- $file
$ qemu-img create -q -f qcow2 fresh.qcow2 1M
(QEMU) blockdev-add driver=qcow2 node-name=fresh file.driver=file file.filename=fresh.qcow2
(QEMU) blockdev-add driver=file node-name=theirs filename=$file
(QEMU) blockdev-snapshot-sync node-name=node-A snapshot-file=over.qcow2 snapshot-node-name=over
\`\`\`

\`\`\`qmp on-failure
$ rm -f -- $file victim
$ touch undone
\`\`\`

\`\`\`qmp
$ touch ran
(QEMU) query-block | tee piped
(QEMU) quit
(QEMU) blockdev-del node-name=nobody
\`\`\`
`;

test('commands of this host and files of the VM stay alone', () =>
  onStand(async ({ vm, play, state }) => {
    const { folder } = vm;
    const file = join(folder, 'elsewhere');
    writeFileSync(file, 'data');
    writeFileSync(join(folder, 'victim'), 'data');
    writeFileSync(join(folder, 'hostile.md'), HOSTILE);
    const before = [listing(folder), await state()];
    const done = await play([
      'hostile.md',
      vm.address,
      `file=${file}`,
      '--rehearse',
      '--allow-shell',
      '--json',
    ]);
    assert.equal([listing(folder), await state()], before);
    assert.is(done.status, 1, done.out + done.err);
    const rows = done.out.trim().split('\n').map(parseJson).filter(isObject);
    const unrun = rows.filter(row => row['status'] === 'not rehearsed').map(row => row['line']);
    assert.equal(unrun, ['$ touch ran', '| tee piped', 'quit']);
    const verdict = rows.at(-1) ?? {};
    assert.is(verdict['verdict'], 'cannot be told');
    assert.match(String(verdict['why']), /touch ran was not run, .*step 10|\$ touch ran/);
    const remarks = rows.find(row => row['twin'] === true)?.['remarks'];
    assert.ok(isArray(remarks));
    assert.is(readFileSync(file, 'utf8'), 'data');
  }));

test('no folder of a twin is left', () =>
  onStand(async ({ vm, play }) => {
    const temporary = join(vm.folder, 'tmp');
    mkdirSync(temporary);
    const args = ['chain', vm.address, 'node=node-A', 'names=node-B', '--rehearse', '--faults'];
    const done = await play(args, { env: { TMPDIR: temporary } });
    assert.is(done.status, 0, done.out + done.err);
    assert.match(
      done.out,
      /^faults: each of the \d+ steps was refused once; the twin was as before each time$/m,
    );
    assert.match(done.out, /^verdict: goes through$/m);
    assert.equal(readdirSync(temporary), []);
    assert.not.ok(existsSync(join(vm.folder, 'node-B.qcow2')));
  }));

async function answered(desk: Desk, line: string, key: string): Promise<void> {
  await desk.type(line);
  desk.screen.key('Enter');
  await desk.sees(/verdict: goes through\n+Run it on the real VM now\? \[y\/N\]/);
  desk.screen.type(key);
  await desk.screen.waitFor(atPrompt);
}

test('at a terminal it ends with a question', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.sees(/a\.qcow2/);
    await answered(desk, '.rehearse block-dirty-bitmap-add node=node-A name=twice', 'n');
    screen.key('C-l');
    await answered(desk, '.rehearse block-dirty-bitmap-add node=node-A name=twice', 'y');
    screen.key('C-l');
    await desk.type('.rehearse block-dirty-bitmap-add node=node-A name=twice');
    screen.key('Enter');
    await desk.sees(/verdict: is refused with: Bitmap already exists: twice/);
  }));

test('what cannot be rehearsed is told as such', () =>
  onStand(async ({ vm }) => {
    const wrong: readonly (readonly [args: readonly string[], status: number, says: RegExp])[] = [
      [['-c', '.rehearse', vm.address], 2, /what is to be rehearsed\?/],
      [['-c', '.rehearse .graph', vm.address], 2, /\.graph is no page/],
      [['-c', '.rehearse blokdev-del node-name=x', vm.address], 2, /did you mean blockdev-del\?/],
      [['-c', '.rehearse migrate uri=exec:cat', vm.address], 1, /cannot be told: migrate/],
      [
        ['-c', '.rehearse nbd-server-start addr={"type":"unix","data":{"path":"x"}}', vm.address],
        1,
        /cannot be told: QEMU does not tell whether an NBD server/,
      ],
      [['-c', '.graph --against', vm.address], 2, /--against wants twin, or a page/],
      [['-c', '.graph node-A --against twin', vm.address], 2, /leave node-A out/],
      [['play', 'backup', vm.address, '--faults'], 2, /--faults belongs to --rehearse/],
      [['play', 'backup', vm.address, '--rehearse', '--step'], 2, /--step and --rehearse exclude/],
    ];
    const server = 'nbd-server-start addr={"type":"unix","data":{"path":"left"}}';
    assert.is((await qmpsh(['-c', `.rehearse ${server}`, vm.address])).status, 0, 'nobody serves here');
    await qmpsh(['-c', server, vm.address], { cwd: vm.folder });
    for (const [args, status, says] of wrong) {
      const done = await qmpsh(args);
      assert.match(done.err, says, args.join(' '));
      assert.is(done.status, status, args.join(' '));
    }
  }));

test.run();
