// What bin/setup.mjs does on a machine without QEMU (one whose $PATH has none), and which arguments name an address.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OPTIONS } from '../src/cli/options.ts';
import { findProgram } from '../src/io/program.ts';

// (The bundle of this file lies in .build/test/.)
const root = fileURLToPath(new URL('../../', import.meta.url));
const setup = join(root, 'bin/setup.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'qt-'));
test.after(() => rmSync(scratch, { recursive: true, force: true }));

function program(path: string): string {
  const found = findProgram(path);
  if (!found) throw new Error(`this test needs ${path}`);
  return found;
}

interface Machine {
  readonly path: string;
  /** Each call of the package manager, its arguments on one line. */
  calls(): readonly string[];
}

/** A $PATH without QEMU, with a package manager that is a shell script; `$bin` is the folder, `$1` and on its arguments. */
function machine(manager: string | undefined, script = ''): Machine {
  const path = mkdtempSync(join(scratch, 'bin-'));
  const log = join(path, 'log');
  writeFileSync(log, '');
  for (const tool of ['sh', 'env', 'true', 'rm', 'sleep', 'ln', 'cat'])
    symlinkSync(program(tool), join(path, tool));
  // For a user who is not root: a sudo that asks for nothing.
  writeFileSync(join(path, 'sudo'), '#!/bin/sh\nshift; exec "$@"\n', { mode: 0o755 });
  const text = `#!/bin/sh\nbin=${path}\necho "$DEBIAN_FRONTEND $*" >> ${log}\n${script}\n`;
  if (manager) writeFileSync(join(path, manager), text, { mode: 0o755 });
  return {
    path,
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
  };
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(on: Machine, input: string, ...args: readonly string[]): Promise<Outcome> {
  return new Promise(resolve => {
    const { npm_lifecycle_event: _event, QMPSH_QEMU: _qemu, ...env } = process.env;
    const child = spawn(process.execPath, [setup, 'start', ...args], {
      env: { ...env, PATH: on.path },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    child.on('close', status => resolve({ status, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const INSTALLS = `case "$*" in *qemu*)
  ln -s ${findProgram('qemu-system-x86_64')} ${findProgram('qemu-img')} "$bin/";; esac`;

const managers: readonly [string, readonly string[]][] = [
  ['apt-get', ['update', 'install -y --no-install-recommends qemu-system-x86 qemu-utils']],
  ['dnf', ['install -y --setopt=install_weak_deps=False qemu-system-x86-core qemu-img']],
  ['pacman', ['-Sy --needed --noconfirm qemu-system-x86 qemu-img']],
  ['apk', ['add --update-cache qemu-system-x86_64 qemu-img']],
  ['zypper', ['--non-interactive install --no-recommends qemu-x86 /usr/bin/qemu-img']],
  ['brew', ['install qemu']],
];
for (const [manager, calls] of managers) {
  test(`without QEMU: ${manager} gets it, and the shell opens on a practice VM`, async () => {
    const on = machine(manager, INSTALLS);
    const { status, stdout, stderr } = await start(on, 'query-status\n');
    assert.is(status, 0, stderr);
    assert.match(stdout, /^\{"return": \{.*"prelaunch".*\}\}\n$/);
    assert.match(stderr, /^installing QEMU \.\.\. done \(\d+\.\d s\)$/m);
    assert.equal(
      on.calls(),
      calls.map(call => `noninteractive ${call}`),
    );
    const again = await start(on, 'query-status\n');
    assert.is(again.stderr, '', 'a second start has nothing to set up');
    assert.is(on.calls().length, calls.length);
  });
}

test('without QEMU and a package manager: one sentence, status 1, nothing on standard output', async () => {
  const { status, stdout, stderr } = await start(machine(undefined), '');
  assert.is(status, 1);
  assert.is(stdout, '');
  assert.match(stderr, /^QEMU is missing, .* install it, then run this again\n$/);
});

test('an installation that fails: what it printed, and the command to type', async () => {
  const { status, stdout, stderr } = await start(machine('apk', 'echo "no space left" >&2; exit 9'), '');
  assert.is(status, 1);
  assert.is(stdout, '');
  assert.match(stderr, /Try it with: (sudo )?apk add --update-cache qemu-system-x86_64 qemu-img/);
  assert.match(stderr, 'no space left');
});

test('an address needs no QEMU on this machine', async () => {
  const { status, stderr } = await start(machine('apk', 'exit 9'), '', '-c', 'query-status', './nosuch.sock');
  assert.is(status, 3);
  assert.match(stderr, './nosuch.sock');
});

const { namesAddress, VALUED } = await import(pathToFileURL(setup).href);
const addresses: readonly [string, boolean][] = [
  ['', false],
  ['-v', false],
  ['-c query-status', false],
  ['--command query-status --timeout 3s', false],
  ['--keep dir', false],
  ['./qmp.sock', true],
  ['-c query-status --on ./qmp.sock', true],
  ['-c query-status --hosts=vms', true],
  ['-c query-status ./qmp.sock', true],
  ['./qmp.sock -c query-status', true],
  ['json query-status', true],
  ['practice', true],
  ['-- qemu-system-x86_64 -S', true],
  ['--help', true],
  ['-V', true],
];
for (const [args, expected] of addresses) {
  test(`npm start -- ${args}: ${expected ? 'as it stands' : 'on a practice VM'}`, () => {
    assert.is(namesAddress(args === '' ? [] : args.split(' ')), expected);
  });
}

test('set-up knows every option that has a value', () => {
  const table = OPTIONS.filter(option => option.value !== undefined);
  const expected = table.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
  assert.equal([...VALUED].sort(), expected.sort());
});

test.run();
