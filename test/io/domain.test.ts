// Domains of a real libvirt while they live: how they end, how they are listed, what goes behind libvirt's back, the prompt.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOCK } from '../../src/io/clock.ts';
import { connect } from '../../src/io/connect.ts';
import { QmpshError } from '../../src/qmp/errors.ts';
import { Session } from '../../src/session/client.ts';
import { qmpsh } from '../command.ts';
import { withPrompt } from '../desk.ts';
import { startManaged, waysIn } from '../libvirt.ts';
import type { Wanted } from '../screen.ts';

const managed = await startManaged();
test.after(() => managed.close());
const { uri, address } = managed;
const WAYS = waysIn(managed.folder);
const PATIENCE = 30_000;

// --- how it ends ---

async function open(to = address): Promise<Session> {
  return Session.open(await connect(to), { clock: CLOCK, address: to });
}

for (const [name, PATH] of WAYS.slice(0, 2)) {
  const withPath = async <T>(run: () => Promise<T>): Promise<T> => {
    const before = process.env['PATH'];
    process.env['PATH'] = PATH;
    try {
      return await run();
    } finally {
      process.env['PATH'] = before;
    }
  };

  test(`${name}: a domain that is ended by libvirt ends the connection, and says why`, async () => {
    const domain = `ended${name.length}`;
    managed.create(domain);
    const session = await withPath(() => open(`libvirt:${uri}#${domain}`));
    managed.virsh('destroy', domain);
    const { expected, error } = await session.ended;
    assert.not.ok(expected);
    assert.match(error?.message ?? '', /was lost: the domain \S+ has stopped \(Destroyed\)/);
    assert.match(error?.advice ?? '', /QEMU has ended/);
  });

  test(`${name}: quit ends it, as expected`, async () => {
    const domain = `quit${name.length}`;
    managed.create(domain);
    const session = await withPath(() => open(`libvirt:${uri}#${domain}`));
    const sent = session.send({ execute: 'quit', arguments: {} });
    const outcome = await sent.answer().then(
      () => 'answered',
      (error: unknown) => (error instanceof QmpshError ? error.kind : error),
    );
    assert.is((await session.ended).expected, true, String(outcome));
    // (SHUTDOWN need not come: libvirt loses it where QEMU has ended before it has read it, and then says `Stopped Failed`.)
  });
}

test('a libvirt that ends leaves the VM alone, and says that only the way is lost', async () => {
  const other = await startManaged();
  try {
    const session = await open(other.address);
    const pid = Number(readFileSync(join(other.folder, 'run/libvirt/qemu/run/garden.pid'), 'utf8'));
    process.kill(other.pid, 'SIGKILL');
    const { error } = await session.ended;
    assert.match(error?.message ?? '', /virsh has ended|virt-qemu-qmp-proxy has closed/);
    assert.match(error?.advice ?? '', /the VM itself may go on/);
    process.kill(pid, 0);
  } finally {
    await other.close();
  }
});

// --- how it is listed ---

test('the domain, and the socket of its agent, are listed with who holds them; the address connects', async () => {
  const { out, status } = await qmpsh(['list', '--json']);
  assert.is(status, 0);
  const rows = out
    .split('\n')
    .filter(Boolean)
    .map(row => JSON.parse(row));
  const domain = rows.find(row => row.address === address);
  assert.ok(domain, out);
  const { what, name, manager, held, holder, open_to } = domain;
  assert.equal(
    { what, name, manager, held },
    { what: 'monitor', name: 'garden', manager: 'libvirt', held: true },
  );
  assert.is(holder.pid, managed.pid);
  assert.is(open_to, undefined);
  assert.is(rows.filter(row => row.name === 'garden' && row.pid === domain.pid).length, 2);
  const agent = rows.find(row => row.what === 'guest agent' && row.pid === domain.pid);
  assert.match(agent.address, /org\.qemu\.guest_agent\.0$/);
  assert.ok(existsSync(agent.address));
  // The doctor knows its process, too, and looks at it from outside.
  const doctor = await qmpsh(['doctor', address]);
  assert.match(doctor.out, new RegExp(`process ${domain.pid}`), doctor.err);
});

test('laid out as KubeVirt does, in a container: its address leads there, and connects', async () => {
  const other = await startManaged({ name: 'default_vm1', kubevirt: true });
  try {
    const { out } = await qmpsh(['list', '--json']);
    const row = out.split('\n').find(text => text.includes(`${other.address}"`));
    const { manager, held } = JSON.parse(row ?? '{}');
    assert.equal({ manager, held }, { manager: 'KubeVirt', held: true }, out);
    const done = await qmpsh(['-c', 'query-name', other.address]);
    assert.match(done.out, /default_vm1/, done.err);
  } finally {
    await other.close();
  }
});

// --- what goes behind its back ---

test('in batch, what libvirt does not learn of needs --yes', async () => {
  managed.create('back');
  const to = `libvirt:${uri}#back`;
  const line = 'blockdev-snapshot-sync node-name=libvirt-1-format snapshot-file=o.qcow2 snapshot-node-name=o';
  const refused = await qmpsh(['-c', line, '-c', 'blockdev-del node-name=own', to]);
  assert.match(refused.err, /blockdev-snapshot-sync goes behind libvirt's back: .*\n--yes lets it/);
  // One's own node is one's own business.
  assert.match(refused.out, /Failed to find node with node-name='own'/);
  assert.is(refused.status, 2);
  const hmp = await qmpsh(['-H', '-c', 'drive_del virtio-disk0', to]);
  assert.match(hmp.err, /drive_del goes behind libvirt's back/);
  const file = join(managed.folder, 'o.qcow2');
  const done = await qmpsh(['--yes', '-c', line.replace('o.qcow2', file), to]);
  assert.is(done.status, 0, done.err);
  // What was said is true: libvirt names the image before.
  assert.ok(existsSync(file));
  assert.match(managed.virsh('domblklist', 'back'), /d\d+\.qcow2/);
  assert.not.match(managed.virsh('domblklist', 'back'), /o\.qcow2/);
});

test('a page asks, or is refused, before its first step', async () => {
  const page = join(managed.folder, 'page.md');
  const text = '```qmp\n(QEMU) query-status\n(QEMU) blockdev-del node-name=libvirt-1-format\n```\n';
  writeFileSync(page, text);
  const { status, out, err } = await qmpsh(['play', page, address]);
  assert.is(status, 2, out + err);
  assert.match(err, /goes behind libvirt's back\n.*blockdev-del goes behind[\s\S]*--yes lets it/);
  assert.not.match(out, /query-status/);
  writeFileSync(page, text.replace(/.*blockdev-del.*\n/, ''));
  assert.is((await qmpsh(['play', page, address])).status, 0);
});

for (const [name, PATH] of WAYS.slice(0, 2))
  test(`${name}, at the prompt: it asks first, lines pasted together are all answered, a domain started anew is found`, async () => {
    const domain = `prompt${name.length}`;
    managed.create(domain);
    await withPrompt(
      `libvirt:${uri}#${domain}`,
      async screen => {
        // (A word of libvirt's takes several programs.)
        const sees = (wanted: Wanted) => screen.waitFor(wanted, PATIENCE);
        await sees(new RegExp(`libvirt marks ${domain} as tainted`));
        screen.type('device_del id=virtio-disk0\r');
        await sees(/device_del goes behind libvirt's back: libvirt has not asked[\s\S]*virsh detach-device/);
        await sees(/Run device_del\? \[y\/N\]/);
        screen.type('n');
        await sees(/not sent/);
        screen.type('query-name\rquery-kvm\rquery-uuid\r');
        await sees(/name +prompt|"name": "prompt/);
        await sees(/present/);
        await sees(/UUID/);
        managed.virsh('destroy', domain);
        await sees(/has stopped\s+\(Destroyed\)/);
        managed.create(domain);
        await sees(/connected again/);
        screen.type('query-kvm\r');
        await sees(shown => /present[\s\S]*present/.test(shown.text().join('\n')));
      },
      { env: { PATH }, rows: 60, patience: PATIENCE },
    );
  });

test.run();
