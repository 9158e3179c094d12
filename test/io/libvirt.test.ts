// Domains of a real libvirt, with QEMU on TCG: through virsh, and through libvirt's own proxy.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandOf } from '../../src/io/address.ts';
import { connect } from '../../src/io/connect.ts';
import { BIN, type Done, qmpsh, type RunOptions } from '../command.ts';
import { failure } from '../failure.ts';
import { pathIn, startManaged, waysIn } from '../libvirt.ts';

const managed = await startManaged();
test.after(() => managed.close());
const { uri, address } = managed;

const WAYS = waysIn(managed.folder);

for (const [name, PATH] of WAYS) {
  const run = (args: readonly string[], options: RunOptions = {}): Promise<Done> =>
    qmpsh([...args, address], { ...options, env: { PATH } });

  test(`${name}: lines, events with their data, a refusal, integers beyond 2^53`, async () => {
    const lines = [
      'query-version',
      'blockdev-add driver=null-co node-name=a size=1M',
      'blockdev-add driver=null-co node-name=b size=1M',
      'blockdev-backup device=a target=b sync=full job-id=j speed=9223372036854775807',
      '.wait job j',
      'blockdev-del node-name=a',
      'blockdev-del node-name=b',
      'blockdev-del node-name=b',
    ];
    const { status, out, err } = await run(['--events', ...lines.flatMap(line => ['-c', line])]);
    assert.is(status, 1, err);
    assert.match(out, /"package": "/);
    assert.match(out, /Failed to find node with node-name='b'/);
    assert.match(err, /"event": "JOB_STATUS_CHANGE".*"status": "concluded"/);
    assert.match(err, /BLOCK_JOB_COMPLETED.*9223372036854775807|9223372036854775807.*BLOCK_JOB_COMPLETED/);
    assert.match(err, /^job j: /m);
  });

  test(`${name}: nothing is sent while a reply is awaited, and all is answered`, async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `query-status | grep -c ${i}x`);
    const input = `${lines.map(() => 'query-name').join('\n')}\n`;
    const { status, out, err } = await run([], { input });
    assert.is(status, 0, err);
    assert.is(out, '{"return": {"name": "garden"}}\n'.repeat(lines.length));
  });

  test(`${name}: that libvirt marks the domain is told once`, async () => {
    const { err } = await run(['-c', 'query-status', '-c', 'query-status']);
    assert.is(err.match(/libvirt (?:has marked|marks) garden as tainted/g)?.length, 1, err);
    const silent = await run(['-N', '-c', 'query-status']);
    assert.is(silent.err.match(/as tainted/g)?.length, 1, silent.err);
    const json = await run(['--json', '-c', 'query-status']);
    const notes = json.err.trim().split('\n');
    assert.match(JSON.parse(notes[1] ?? '').note, /support may want a fault shown without it/);
    assert.match(managed.virsh('dominfo', 'garden'), /tainted: custom monitor/);
  });

  test(`${name}: the proxy and virsh end with qmpsh, killed or not`, async () => {
    const input = 'query-status\n';
    let went: (() => void) | undefined;
    const killed = run([], {
      input,
      open: true,
      onOutput: (_, pid) => {
        if (went) return;
        assert.is(
          left().some(line => line.includes('virt-qemu-qmp-proxy')),
          name === 'the proxy',
        );
        went = () => process.kill(pid, 'SIGKILL');
        went();
      },
    });
    assert.is((await killed).status, null);
    await run(['-c', 'query-status']);
    for (let tries = 0; left().length > 0; tries++) {
      if (tries > 100) assert.unreachable(left().join('\n'));
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  });
}

/** The command lines of what qmpsh has started for the domain. */
function left(): readonly string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter(line => line.includes(uri) && !line.includes(BIN) && !line.includes('libvirtd'));
}

test('the schema comes through both, and out of band is told to be missing', async () => {
  for (const [, PATH] of WAYS.slice(0, 2)) {
    const options = { env: { PATH } };
    const wrong = await qmpsh(['-c', 'blockdev-add driver=nosuch node-name=x', address], options);
    assert.is(wrong.status, 2, wrong.err);
    assert.match(wrong.err, /nosuch/);
    const oob = await qmpsh(['-c', '.oob query-yank', address], options);
    assert.match(oob.err, /no out-of-band execution/);
    const raw = await qmpsh(['-c', '.send [1]', '-c', 'query-name', address], options);
    assert.match(raw.out + raw.err, /garden/);
  }
});

// --- what does not work ---

const SYSTEM = `qemu+unix:///session?socket=${managed.folder}/none`;
const FAILS: readonly (readonly [string, string, number, RegExp, RegExp])[] = [
  [
    'no such domain',
    `libvirt:${uri}#nosuch`,
    3,
    /libvirt has no domain nosuch at qemu\+unix:.*socket=/,
    /There is: garden\./,
  ],
  ['an option for a name', `libvirt:${uri}#--help`, 3, /has no domain --help at/, /There is/],
  ['quotes for a name', `libvirt:${uri}#a'b"; id`, 3, /has no domain a'b"; id at/, /There is/],
  [
    'nobody there',
    `libvirt:${SYSTEM}#garden`,
    3,
    /no connection to libvirt at .*No such file or directory/,
    /libvirtd, or virtqemud/,
  ],
  [
    'no URI',
    'libvirt:bad uri#garden',
    2,
    /bad uri is no URI of a libvirt connection: .*Unable to parse URI/,
    /qemu:\/\/\/system/,
  ],
  [
    'an unknown driver',
    `libvirt:foo+unix:///session?socket=${managed.folder}/run/libvirt/libvirt-sock#garden`,
    2,
    /foo\+unix.* is no URI of a libvirt connection: no connection driver/,
    /qemu:\/\/\/system/,
  ],
  [
    'no QEMU',
    'libvirt:test:///default#test',
    3,
    /the machines at test:\/\/\/default are no QEMUs/,
    /qemu:\.\.\./,
  ],
];
for (const [name, to, status, message, advice] of FAILS)
  test(`it fails: ${name}`, async () => {
    const error = await failure(connect(to));
    assert.is(error.exit, status, error.message);
    assert.match(error.message, message);
    assert.match(error.advice ?? '', advice);
  });

test('it fails: virsh is not installed', async () => {
  const { status, err } = await qmpsh(['-c', 'query-status', address], {
    env: { PATH: pathIn(managed.folder, 'empty', []) },
  });
  assert.is(status, 3);
  assert.match(err, /the program virsh is not installed, by which libvirt is reached\n.*libvirt-clients/);
});

test('it fails: a domain that does not run', async () => {
  const xml = join(managed.folder, 'defined.xml');
  writeFileSync(
    xml,
    managed
      .virsh('dumpxml', 'garden')
      .replace('garden', 'winter')
      .replace(/<uuid>.*<\/uuid>/, ''),
  );
  managed.virsh('define', xml);
  const error = await failure(connect(`libvirt:${uri}#winter`));
  managed.virsh('undefine', 'winter');
  assert.is(error.exit, 3);
  assert.match(error.message, /the domain winter does not run \(shut off\)/);
  assert.match(error.advice ?? '', /virsh start winter/);
});

test('it fails: no permission', async () => {
  // (Only another user than root is refused.)
  const { uid = 0 } = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  if (uid === 0) return;
  const socket = join(managed.folder, 'root-only');
  const server = (await import('node:net')).createServer().listen(socket);
  await new Promise(resolve => server.once('listening', resolve));
  execFileSync('chmod', ['600', socket]);
  const { libvirtError, wordsOf } = await import('../../src/io/virsh.ts');
  let words = '';
  try {
    execFileSync('virsh', ['-q', '-c', `qemu+unix:///session?socket=${socket}`, 'list'], {
      ...{ uid, gid: uid, stdio: 'pipe', encoding: 'utf8' },
      env: { PATH: process.env['PATH'], HOME: managed.folder, XDG_CACHE_HOME: join(managed.folder, 'k') },
    });
  } catch (error) {
    words = wordsOf(String(error instanceof Error && 'stderr' in error ? error.stderr : ''));
  }
  server.close();
  const error = libvirtError(words, { uri: 'qemu:///system', domain: 'garden' });
  assert.is(error.code, 'EACCES', words);
  assert.match(error.message, /no permission to use libvirt at qemu:\/\/\/system: .*Permission denied/);
  assert.match(error.advice ?? '', /group libvirt/);
});

test('it fails: a libvirt that does not answer', async () => {
  process.kill(managed.pid, 'SIGSTOP');
  try {
    const error = await failure(connect(address, { timeout: 1000 }));
    assert.match(error.message, /did not answer within 1 s/);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    assert.is((await failure(connect(address, { signal: stop.signal }))).kind, 'interrupted');
  } finally {
    process.kill(managed.pid, 'SIGCONT');
  }
});

for (const name of ['-x', `it's "so"; $(id)`, '7'])
  test(`a domain may be called ${name}`, async () => {
    managed.create(name);
    const { status, out, err } = await qmpsh(['-c', 'query-name', `libvirt:${uri}#${name}`]);
    assert.is(status, 0, err);
    assert.is(JSON.parse(out).return.name, name);
  });

test('what libvirt runs a program for is known as such', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['libvirt:vm', false],
    ['libvirt:qemu:///system#command', false],
    ['libvirt:qemu+ssh://host/system#vm', false],
    ['libvirt:qemu+ext:///system?command=/tmp/x#vm', true],
    ['libvirt:qemu+ssh://host/system?COMMAND=/tmp/x#vm', true],
    ['libvirt:qemu+ssh://host/system?no_tty=1&%63ommand=/tmp/x#vm', true],
    ['exec:id', true],
    ['./x', false],
  ];
  for (const [text, runs] of cases) assert.is(commandOf(text) !== undefined, runs, text);
});

test('an address that runs a program needs leave in lines that nobody has typed', async () => {
  const marker = join(managed.folder, 'made');
  const to = `libvirt:qemu+ext:///system?command=${marker}.sh#vm`;
  const { status, err } = await qmpsh(['--hosts', hosts(to), '-c', 'query-status']);
  assert.is(status, 2, err);
  assert.match(err, /runs a command on this host/);
});

function hosts(row: string): string {
  const file = join(managed.folder, 'hosts');
  writeFileSync(file, `${row}\n`);
  return file;
}

test.run();
