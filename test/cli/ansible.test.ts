// The Ansible role of docs/ansible, run by ansible-playbook on this host, on real VMs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN } from '../command.ts';
import { openSession, type Qemu, startQemu } from '../qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa-'));
const vms: Qemu[] = [];

const PAGE = `---
params:
  node: { help: a node }
---
\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=$node
(QEMU) blockdev-add driver=null-co node-name=taken
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=$node
\`\`\`
`;

test.before(async () => {
  if (spawnSync('ansible-playbook', ['--version']).status !== 0)
    throw new Error('Ansible is missing: run "npm test", which installs it, or install ansible-core');
  const taken = { args: ['-blockdev', 'driver=null-co,node-name=taken'] };
  vms.push(await startQemu(), await startQemu(taken));
  const program = join(folder, 'qmpsh');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'p.md'), PAGE);
  const hosts = vms.map(({ address }, i) => [
    `vm${i}`,
    { ansible_connection: 'local', qmpsh_address: address, qmpsh_values: { node: `n${i}` } },
  ]);
  const vars = { qmpsh_page: join(folder, 'p.md'), qmpsh_program: program, qmpsh_folder: folder };
  // (JSON is YAML.)
  writeFileSync(
    join(folder, 'hosts.yml'),
    JSON.stringify({ all: { hosts: Object.fromEntries(hosts), vars } }),
  );
});
test.after(async () => {
  await Promise.all(vms.map(vm => vm.close()));
  rmSync(folder, { recursive: true, force: true });
});

function play(...args: readonly string[]): Promise<{ readonly status: number | null; readonly out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ansible-playbook', ['-i', join(folder, 'hosts.yml'), 'play.yml', '-v', ...args], {
      cwd: 'docs/ansible',
      env: {
        ...process.env,
        HOME: folder,
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_LOCAL_TEMP: folder,
        LC_ALL: 'C.UTF-8',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        out += text;
      });
    child.once('error', reject);
    child.once('close', status => resolve({ status, out }));
  });
}

async function nodes({ address }: Qemu): Promise<readonly string[]> {
  const session = await openSession(address);
  const reply = await session.execute('query-named-block-nodes', { flat: true });
  await session.close();
  return (JSON.stringify(reply.raw).match(/(?<="node-name":")[^"]+/g) ?? []).sort();
}

test('check mode says what would be sent on each host, and sends nothing', async () => {
  const done = await play('--check');
  assert.is(done.status, 0, done.out);
  assert.match(done.out, /blockdev-add driver=null-co node-name=n0/);
  assert.match(done.out, /blockdev-add driver=null-co node-name=n1/);
  assert.equal(await Promise.all(vms.map(nodes)), [[], ['taken']]);
});

test('the page is played on each host; where it fails it is undone, and the others are not touched', async () => {
  const done = await play();
  assert.is(done.status, 2, done.out);
  assert.match(done.out, /vm0 .*ok=2 +changed=1 +unreachable=0 +failed=0/);
  assert.match(done.out, /vm1 .*failed=1/);
  assert.match(done.out, /Duplicate nodes with node-name='taken'/);
  assert.equal(await Promise.all(vms.map(nodes)), [['n0', 'taken'], ['taken']]);
});

test('a page and an address must be there', async () => {
  const done = await play('--limit', 'vm0', '-e', 'qmpsh_page=');
  assert.is(done.status, 2, done.out);
  assert.match(done.out, /qmpsh_page names the page/);
});

test.run();
