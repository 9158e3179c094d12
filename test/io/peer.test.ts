// Tab behind `device_add driver=X ` runs a program to learn what it knows. It is the VM's own, or the installed one, and
// never a file that somebody else could have put there.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Devices, programOf } from '../../src/io/devices.ts';
import { folderPath } from '../../src/io/folders.ts';
import { servingProgram } from '../../src/io/peer.ts';
import { findQemu } from '../../src/io/qemu.ts';
import { onlyOurs } from '../../src/io/rights.ts';
import { openSession, startQemu, withQemu } from '../qemu.ts';

/** A QEMU of another release is started by a script: then no path leads to the program that runs, and none is run. */
const VMS_OWN = isScript(findQemu()) ? undefined : findQemu();

function isScript(path: string | undefined): boolean {
  return path !== undefined && readFileSync(path).subarray(0, 2).toString() === '#!';
}

const scratch = mkdtempSync(join(tmpdir(), 'qt-'));
const began: ChildProcess[] = [];
test.after(() => {
  for (const child of began) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true });
});
const isRoot = process.getuid?.() === 0;
const STRANGER = 65_534;

/** A program called qemu-system-x86_64 in a folder of its own, a stranger's where we may make it so. */
function lookAlike(program: string): string {
  const folder = mkdtempSync(join(scratch, 'bin-'));
  const path = join(folder, 'qemu-system-x86_64');
  copyFileSync(program, path);
  chmodSync(path, 0o755);
  if (isRoot) for (const one of [path, folder]) chownSync(one, STRANGER, STRANGER);
  else chmodSync(folder, 0o777); // others could put another program there
  chmodSync(scratch, 0o755);
  return path;
}

async function begin(path: string, args: readonly string[]): Promise<void> {
  const who = isRoot ? { uid: STRANGER, gid: STRANGER } : {};
  const child = spawn(path, args, { ...who, cwd: dirname(path), stdio: ['pipe', 'pipe', 'inherit'] });
  began.push(child);
  await new Promise(done => child.stdout.once('data', done));
}

const GREETING = {
  QMP: { version: { qemu: { major: 0, minor: 0, micro: 1 }, package: '' }, capabilities: [] },
};

test("a process whose command line names the monitor is not asked for the monitor's program", async () => {
  await withQemu({}, async ({ address }) => {
    const path = lookAlike('/bin/sh');
    await begin(path, ['-c', 'echo up; read line', 'x', '-qmp', `unix:${address},server=on`]);
    assert.is(servingProgram(address), VMS_OWN);
  });
  assert.is(await programOf(join(scratch, 'nobody'), GREETING), undefined, 'no QEMU of that version');
});

test("a stranger's program is not run, whatever it serves", async () => {
  const path = lookAlike(process.execPath);
  const folder = dirname(path);
  const script =
    'require("net").createServer().listen("m", function () { console.log(1) }); require("net").createServer().listen(0, "127.0.0.1", function () { require("fs").writeFileSync("port", String(this.address().port)); console.log(2) })';
  await begin(path, ['-e', script]);
  for (let tries = 0; tries < 500 && !readable(join(folder, 'port')); tries++)
    await new Promise(done => setTimeout(done, 10));
  assert.is(servingProgram(join(folder, 'm')), undefined);
  assert.is(servingProgram(`localhost:${readFileSync(join(folder, 'port'), 'utf8')}`), undefined);
});

function readable(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') !== '';
  } catch {
    return false;
  }
}

test('a program that serves a socket and is no QEMU is not run', async () => {
  const server = createServer().listen(join(scratch, 'own'));
  await new Promise(done => server.once('listening', done));
  assert.is(servingProgram(join(scratch, 'own')), undefined);
  server.close();
});

test("the VM's own program is found by each way to write its address, while it has a client too", async () => {
  const listening = createServer().listen(0, '127.0.0.1');
  await new Promise(done => listening.once('listening', done));
  const to = listening.address();
  const port = typeof to === 'object' && to !== null ? to.port : 0;
  await new Promise(done => listening.close(done));
  const qemu = await startQemu({
    args: ['-qmp', `tcp:127.0.0.1:${port},server=on,wait=off`, '-qmp', 'unix:near,server=on,wait=off'],
  });
  try {
    const near = join(qemu.folder, 'near');
    for (const address of [
      qemu.address,
      `unix:${qemu.address}`,
      relative(process.cwd(), qemu.address),
      near,
      relative(process.cwd(), near),
      `localhost:${port}`,
      `tcp:127.0.0.1:${port}`,
      `:${port}`,
    ])
      assert.is(servingProgram(address), VMS_OWN, address);
    const client = connect(qemu.address);
    await new Promise(done => client.once('data', done));
    assert.is(servingProgram(qemu.address), VMS_OWN);
    client.destroy();
    for (const address of [
      join(qemu.folder, 'none'),
      `example.org:${port}`,
      'ssh:host:/run/vm.sock',
      '',
      ':0',
    ])
      assert.is(servingProgram(address), undefined, address);
  } finally {
    await qemu.close();
  }
});

const [ROOT, ME, OTHER] = [0, 1000, 1001];
type Stat = ReturnType<NonNullable<Parameters<typeof onlyOurs>[1]>>;
const folder = (uid: number, mode = 0o755, gid = uid): Stat => ({ uid, gid, mode: 0o040000 | mode });
const file = (uid: number, mode = 0o755, gid = uid): Stat => ({ uid, gid, mode: 0o100000 | mode });
const top = folder(ROOT);
const trust: readonly [string, boolean, Readonly<Record<string, Stat>>][] = [
  ["root's in root's folders", true, { '/': top, '/b': top, '/b/q': file(ROOT) }],
  ['mine in my folder', true, { '/': top, '/b': folder(ME), '/b/q': file(ME) }],
  ['mine in a sticky folder', true, { '/': top, '/b': folder(ROOT, 0o1777), '/b/q': file(ME) }],
  [
    "root's, writable by root's group",
    true,
    { '/': top, '/b': folder(ROOT, 0o775), '/b/q': file(ROOT, 0o775) },
  ],
  ["a stranger's", false, { '/': top, '/b': top, '/b/q': file(OTHER) }],
  ["a stranger's in a sticky folder", false, { '/': top, '/b': folder(ROOT, 0o1777), '/b/q': file(OTHER) }],
  ["mine in a stranger's folder", false, { '/': top, '/b': folder(OTHER), '/b/q': file(ME) }],
  ["mine in a stranger's sticky folder", false, { '/': top, '/b': folder(OTHER, 0o1755), '/b/q': file(ME) }],
  ['mine, writable by others', false, { '/': top, '/b': top, '/b/q': file(ME, 0o757) }],
  ['mine, writable by a group', false, { '/': top, '/b': top, '/b/q': file(ME, 0o775, 50) }],
  ['a sticky bit on the file does not help', false, { '/': top, '/b': top, '/b/q': file(ME, 0o1757) }],
  ['a folder all may write in', false, { '/': top, '/b': folder(ROOT, 0o777), '/b/q': file(ROOT) }],
  ['a folder a group may write in', false, { '/': top, '/b': folder(ME, 0o775, 50), '/b/q': file(ME) }],
];
for (const [what, expected, files] of trust) {
  test(`a program is run only where nobody else can change it: ${what}`, () => {
    const look = (path: string) => files[path] ?? folder(OTHER);
    assert.is(onlyOurs('/b/q', look, ME), expected);
  });
}

test('a look-up that failed is not kept on the disk, and an empty one that was is asked again', async () => {
  const home = mkdtempSync(join(scratch, 'home-'));
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = home;
  try {
    await withQemu({}, async qemu => {
      const session = await openSession(qemu.address);
      const { greeting } = session;
      if (!greeting) throw new Error('no greeting');
      const fails = new Devices(greeting, async () => '/bin/false');
      await fails.load('virtio-blk-pci');
      assert.equal(fails.of('virtio-blk-pci'), []);
      const refused = new Devices(greeting, async () => findQemu());
      await refused.load('no-such-device');
      assert.equal(refused.of('no-such-device'), []);
      assert.equal(cached(), {});
      await refused.load('virtio-blk-pci');
      const [name = '', rows] = Object.entries(cached())[0] ?? [];
      assert.is(name, 'virtio-blk-pci');
      assert.ok(Array.isArray(rows) && rows.length > 10);
      writeFileSync(cachePath(), '{"virtio-blk-pci": []}');
      const again = new Devices(greeting, async () => findQemu());
      await again.load('virtio-blk-pci');
      assert.ok((again.of('virtio-blk-pci') ?? []).length > 10);
      session.close();
    });
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});

function cachePath(): string {
  return join(
    folderPath('cache'),
    (existsSync(folderPath('cache')) ? readdirSync(folderPath('cache')) : [])[0] ?? 'none',
  );
}

function cached(): Readonly<Record<string, unknown>> {
  return readable(cachePath()) ? JSON.parse(readFileSync(cachePath(), 'utf8')) : {};
}

test.run();
