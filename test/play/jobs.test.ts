// Which jobs a page waits for, and until when.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onStand } from '../plays.ts';

const IMAGE = 'create -q -f luks --object secret,id=s,data=one -o key-secret=s,iter-time=10 a.luks 1M';
const AMEND = `\`\`\`qmp
(QEMU) object-add qom-type=secret id=s data=one
(QEMU) object-add qom-type=secret id=t data=two
(QEMU) blockdev-add driver=luks node-name=n key-secret=s file={"driver": "file", "filename": "a.luks"}
(QEMU) x-blockdev-amend job-id=change node-name=n options={"driver": "luks", "state": "active", "new-secret": "t", "iter-time": 10}
(QEMU) job-dismiss id=change
\`\`\`
`;

/** LUKS measures this CPU first, and gives up where others use it: then once more, on another VM. */
const BUSY = /accurate CPU usage/;
const TRIES = 20;

test('a job that QEMU keeps until it is dismissed is over when it has concluded', async () => {
  let told = '';
  for (let i = 0; i < TRIES; i++) {
    await onStand(async ({ vm, play }) => {
      const made = spawnSync('qemu-img', IMAGE.split(' '), { cwd: vm.folder, encoding: 'utf8' });
      told = made.stderr;
      if (made.status !== 0) return;
      writeFileSync(join(vm.folder, 'amend.md'), AMEND);
      const done = await play(['amend.md', vm.address, '--timeout', '20']);
      told = done.status === 0 ? '' : done.out + done.err;
    });
    if (!BUSY.test(told)) break;
  }
  assert.is(told, '');
});

test.run();
