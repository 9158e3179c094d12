// `qmpsh list` beside real QEMUs, and beside processes that are laid out as a manager's, and its table. Nobody is connected to.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listJson, listTable } from '../../src/cli/monitortable.ts';
import { startPractice } from '../../src/io/practice.ts';
import { plain } from '../../src/text/line.ts';
import { qmpsh } from '../command.ts';
import { inFolder } from '../folder.ts';
import { openSession, startQemu } from '../qemu.ts';

interface Row {
  readonly address: string;
  readonly [name: string]: unknown;
}

const rows = async (): Promise<readonly Row[]> => {
  const { out, err, status } = await qmpsh(['list', '--json']);
  assert.is(status, 0, err);
  return out
    .split('\n')
    .filter(Boolean)
    .map(row => JSON.parse(row));
};

const rowAt = async (address: string): Promise<Row> => {
  const all = await rows();
  return all.find(row => row.address === address) ?? { address: `none of ${JSON.stringify(all)}` };
};

const lineOf = async (address: string) => {
  const table = await qmpsh(['list']);
  assert.is(table.status, 0, table.err);
  return table.out.split('\n').find(text => text.startsWith(`${address} `)) ?? table.out;
};

/** The version that the QEMU of the tests says it has. */
const VERSION = /version (\d+\.\d+\.\d+)/.exec(
  spawnSync(process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64', ['--version'], { encoding: 'utf8' }).stdout,
)?.[1];

test('a free QEMU is listed with its disk and its version, and its address connects', async () => {
  const vm = await startPractice({ args: ['-name', 'guest=garden'] });
  try {
    const row = await lineOf(vm.address);
    assert.match(row, new RegExp(`^\\S+ +garden +nobody +QEMU ${VERSION} +root +a\\.qcow2 +${vm.pid}$`));
    const { address, pid } = vm;
    const facts = { address, what: 'monitor', name: 'garden', pid, disk: 'a.qcow2', version: VERSION };
    assert.equal(await rowAt(address), { ...facts, open_to: [], held: false });
    assert.is((await qmpsh(['-c', 'query-status', row.split(' ')[0] ?? ''])).status, 0);
  } finally {
    await vm.close();
  }
});

test('a QEMU that somebody holds is listed with who it is', async () => {
  const vm = await startPractice();
  const holder = createConnection(vm.address);
  try {
    await once(holder, 'data');
    const { held, holder: who } = await rowAt(vm.address);
    assert.is(held, true);
    assert.equal(who, { pid: process.pid, name: 'node' });
    assert.match(await lineOf(vm.address), new RegExp(` node ${process.pid} `));
    holder.destroy();
    await once(holder, 'close');
    assert.is((await rowAt(vm.address))['held'], false);
  } finally {
    holder.destroy();
    await vm.close();
  }
});

test('two sockets of one name in two folders are two: who holds one does not hold the other', async () => {
  const [one, other] = [await startQemu(RELATIVE), await startQemu(RELATIVE)];
  const holder = createConnection(join(one.folder, 'q.sock'));
  try {
    await once(holder, 'data');
    assert.is((await rowAt(join(one.folder, 'q.sock')))['held'], true);
    assert.is((await rowAt(join(other.folder, 'q.sock')))['held'], false);
  } finally {
    holder.destroy();
    await one.close();
    await other.close();
  }
});
const RELATIVE = { args: ['-qmp', 'unix:q.sock,server=on,wait=off'] };

test("a storage daemon, and a guest agent's socket", () =>
  inFolder(async folder => {
    const daemon = spawn(
      'qemu-storage-daemon',
      [...['--chardev', `socket,id=m,path=${folder}/sd,server=on,wait=off`], '--monitor', 'chardev=m'],
      { stdio: 'ignore' },
    );
    const qemu = await startQemu({
      args: [
        ...['-name', 'garden', '-chardev', `socket,id=ga,path=${folder}/ga,server=on,wait=off`],
        ...['-device', 'virtio-serial', '-device', 'virtserialport,chardev=ga,name=org.qemu.guest_agent.0'],
      ],
    });
    try {
      const storage = await rowAt(join(folder, 'sd'));
      assert.is(storage['what'], 'storage daemon');
      assert.is(storage['version'], VERSION);
      assert.is(storage['pid'], daemon.pid);
      assert.is((await qmpsh(['-c', 'query-version', storage.address])).status, 0);
      const agent = await rowAt(join(folder, 'ga'));
      assert.is(agent['what'], 'guest agent');
      assert.is(agent['name'], 'garden');
      assert.is(agent['held'], false);
    } finally {
      daemon.kill();
      await qemu.close();
    }
  }));

test('a monitor by TCP, and who can reach it', async () => {
  const { freePort } = await import('../port.ts');
  const port = await freePort();
  const qemu = await startQemu({ args: ['-qmp', `tcp:127.0.0.1:${port},server=on,wait=off`] });
  const holder = createConnection({ host: '127.0.0.1', port });
  try {
    await once(holder, 'data');
    const row = await rowAt(`127.0.0.1:${port}`);
    assert.equal(row['open_to'], ['this host']);
    assert.is(row['held'], true);
    assert.equal(row['holder'], { pid: process.pid, name: 'node' });
  } finally {
    holder.destroy();
    await qemu.close();
  }
});

test('who may open a socket: as its mode and the folders above it say', async () => {
  const root = process.getuid?.() === 0;
  const qemu = await startQemu({ user: 65_534 });
  try {
    const own = root ? 'nobody' : process.env['USER'];
    chmodSync(qemu.folder, 0o755);
    chmodSync(qemu.address, 0o700);
    assert.equal((await rowAt(qemu.address))['open_to'], [own]);
    chmodSync(qemu.address, 0o770);
    if (root) assert.equal((await rowAt(qemu.address))['open_to'], ['nobody', 'group nogroup']);
    chmodSync(qemu.address, 0o777);
    assert.equal((await rowAt(qemu.address))['open_to'], ['all']);
    chmodSync(qemu.folder, 0o700);
    assert.equal((await rowAt(qemu.address))['open_to'], [own]);
  } finally {
    await qemu.close();
  }
});

test('a QEMU in a container of its own: its path is another one here, and connects', () =>
  inFolder(async folder => {
    const inside = join(folder, 'run');
    mkdirSync(inside);
    const command = `mount -t tmpfs none ${inside} && echo on && exec qemu-system-x86_64 -S -display none -nodefaults -M q35 -m 64 -name boxed -qmp unix:${inside}/q,server=on,wait=off`;
    const options = process.getuid?.() === 0 ? ['-m', '-n'] : ['-U', '-r', '-m', '-n'];
    const box = spawn('unshare', [...options, 'sh', '-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(box.stdout, 'data');
      const address = `/proc/${box.pid}/root${inside}/q`;
      let found = await rowAt(address);
      for (let tries = 0; found['name'] !== 'boxed' && tries < 20; tries++) found = await rowAt(address);
      assert.is(found['name'], 'boxed', found.address);
      assert.is(found['held'], false);
      const done = await qmpsh(['-c', 'query-name', address]);
      assert.is(done.status, 0, done.err);
    } finally {
      box.kill('SIGKILL');
    }
  }));

test('a monitor that is an object, where this QEMU has them', async () => {
  const program = process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64';
  const has = /monitor-qmp/.test(spawnSync(program, ['-object', 'help'], { encoding: 'utf8' }).stdout);
  await inFolder(async folder => {
    const chardev = ['-chardev', `socket,id=o,path=${folder}/o,server=on,wait=off`];
    const args = [...chardev, '-object', 'monitor-qmp,id=m1,chardev=o'];
    // (Before 11.1 it is a process with that command line.)
    const served = has ? await startQemu({ args }) : await standIn(args, join(folder, 'o'));
    try {
      const row = await rowAt(join(folder, 'o'));
      assert.is(row['what'], 'monitor');
      assert.is(row['pid'], served.pid);
    } finally {
      await served.close();
    }
  });
});

interface StandIn {
  readonly pid: number;
  /** How often somebody has connected. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** A process with the command line of a QEMU, which listens at a socket and counts who connects. */
async function standIn(
  args: readonly string[],
  path: string,
  program = 'qemu-system-x86_64',
): Promise<StandIn> {
  const script = `let n = 0; require('net').createServer(s => { n++; s.on('error', () => {}) })
    .listen(${JSON.stringify(path)}, () => console.log('on')); process.stdin.on('data', () => console.log('n=' + n));`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script, '--', ...args], { argv0: program });
  const { stdout } = child;
  if (!stdout) throw new Error('no output');
  stdout.setEncoding('utf8');
  await once(stdout, 'data');
  return {
    pid: child.pid ?? 0,
    connections: async () => {
      const told = once(stdout, 'data');
      child.stdin?.write('?');
      return Number(/n=(\d+)/.exec(String((await told)[0]))?.[1]);
    },
    close: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'ql-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

// Laid out as the managers do; none of them can be installed beside the tests.
const LAID_OUT: readonly (readonly [
  string,
  string,
  (path: string) => readonly string[],
  Readonly<Record<string, unknown>>,
])[] = [
  [
    'Proxmox',
    'p/100.qmp',
    path => [
      ...['-id', '100', '-name', 'web,debug-threads=on', '-no-shutdown'],
      ...['-chardev', `socket,id=qmp,path=${path},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
      ...['-chardev', 'socket,id=qmp-event,path=/var/run/qmeventd.sock,reconnect=5'],
      ...['-mon', 'chardev=qmp-event,mode=control', '-pidfile', '/var/run/qemu-server/100.pid'],
    ],
    { name: 'web', what: 'monitor', held: false },
  ],
  [
    'Incus',
    'incus/v1/qemu.monitor',
    path => {
      const config = join(folder, 'qemu.conf');
      writeFileSync(
        config,
        `# Qemu control\n[chardev "monitor"]\nbackend = "socket"\npath = "${path}"\nserver = "on"\nwait = "off"\n\n[mon]\nchardev = "monitor"\nmode = "control"\n`,
      );
      return ['-S', '-name', 'v1', '-nodefaults', '-readconfig', config];
    },
    { name: 'v1', what: 'monitor', manager: 'Incus', held: false },
  ],
];
for (const [manager, name, args, facts] of LAID_OUT)
  test(`laid out as ${manager} does: found, and nobody connects to it`, async () => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    const program = manager === 'Proxmox' ? '/usr/bin/kvm' : '/usr/bin/qemu-system-x86_64';
    const vm = await standIn(args(path), path, program);
    try {
      const row = await rowAt(path);
      for (const [key, value] of Object.entries(facts)) assert.is(row[key], value, key);
      assert.match(await lineOf(path), row['name'] as string);
      assert.not.ok((await rows()).some(({ address }) => address.includes('qmeventd')));
      assert.is(await vm.connections(), 0);
      const client = createConnection(path, () => client.destroy());
      for (let n = 0; n === 0; ) n = await vm.connections();
    } finally {
      await vm.close();
    }
  });

test('a monitor that is listed serves whoever comes then: nothing was left connected', async () => {
  const qemu = await startQemu();
  try {
    await rows();
    const session = await openSession(qemu.address);
    assert.is(session.state, 'open');
    await session.close();
  } finally {
    await qemu.close();
  }
});

test('a name that drives a terminal is JSON with nothing raw in it', () => {
  const name = 'a\u009b31m\u007f\u202eb';
  const facts = { address: '/s', what: 'monitor', name, pid: 1 } as const;
  const [row = ''] = listJson([facts]);
  assert.match(row, /^[\x20-\x7e]+$/);
  assert.equal(JSON.parse(row), facts);
});

test('an argument is refused', async () => {
  const { status, err, out } = await qmpsh(['list', './qmp.sock']);
  assert.is(status, 2);
  assert.match(err, 'list takes no argument: ./qmp.sock');
  assert.is(out, '');
});

test('an address is whole however narrow the terminal, and what there is to say of it stays', () => {
  const monitors = [
    {
      address: '/run/a/very/long/path/of/a/monitor.sock',
      what: 'monitor',
      name: 'web',
      pid: 12,
      version: '7.2.22',
    },
    {
      address: 'libvirt:qemu:///system#garden',
      what: 'monitor',
      name: 'garden',
      pid: 13,
      manager: 'libvirt',
      held: true,
    },
  ] as const;
  for (const width of [20, 40, 60]) {
    const text = listTable(monitors, width).map(plain).join('\n');
    assert.match(text, '\n/run/a/very/long/path/of/a/monitor.sock\n    web');
    assert.match(text, '\nlibvirt:qemu:///system#garden\n    garden');
  }
  const wide = listTable(monitors, 80).map(plain).join('\n');
  assert.match(wide, /monitor\.sock +web +\? +QEMU 7\.2\.22$/m);
  assert.match(wide, /#garden +garden +somebody +QEMU, libvirt$/m);
  const all = listTable(monitors, 200).map(plain).join('\n');
  assert.match(all, /monitor\.sock +web +\? +QEMU 7\.2\.22 +\? +12$/m);
});

test.run();
