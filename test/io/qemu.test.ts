import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programOf } from '../../src/io/devices.ts';
import { installHint } from '../../src/io/install.ts';
import { findQemu, findQemuImg, qemuVersion } from '../../src/io/qemu.ts';
import { QmpshError } from '../../src/qmp/errors.ts';
import { openSession, withQemu } from '../qemu.ts';

const scratch = mkdtempSync(join(tmpdir(), 'qt-'));
test.after(() => rmSync(scratch, { recursive: true }));

/** A folder with programs of these names in it, as a $PATH. */
function programs(...names: readonly string[]): string {
  const folder = mkdtempSync(join(scratch, 'bin-'));
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\necho "QEMU emulator version 9.1.2 (some build)"\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
const hints: readonly [string, string][] = [
  ['apt-get', `${sudo}apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils`],
  ['dnf', `${sudo}dnf install -y --setopt=install_weak_deps=False qemu-system-x86-core qemu-img`],
  ['pacman', `${sudo}pacman -Sy --needed --noconfirm qemu-system-x86 qemu-img`],
  ['apk', `${sudo}apk add --update-cache qemu-system-x86_64 qemu-img`],
  ['zypper', `${sudo}zypper --non-interactive install --no-recommends qemu-x86 /usr/bin/qemu-img`],
  ['brew', 'brew install qemu'],
  ['nothing-known', 'or set QMPSH_QEMU'],
];
for (const [manager, hint] of hints) {
  test(`without QEMU, where there is ${manager}, the error says: ${hint}`, () => {
    const env = { PATH: programs(manager) };
    assert.match(installHint(env), hint);
    try {
      findQemuImg(env);
      assert.unreachable('there is no qemu-img');
    } catch (error) {
      assert.instance(error, QmpshError);
      if (error instanceof QmpshError) assert.is(error.advice, installHint(env));
    }
  });
}

test('QEMU is found on $PATH, and QMPSH_QEMU goes before it', async () => {
  const path = programs('qemu-system-x86_64', 'qemu-img');
  const own = programs('my-qemu', 'qemu-img');
  assert.is(findQemu({ PATH: path }), join(path, 'qemu-system-x86_64'));
  assert.is(findQemu({ PATH: path, QMPSH_QEMU: join(own, 'my-qemu') }), join(own, 'my-qemu'));
  assert.is(findQemuImg({ PATH: path, QMPSH_QEMU: join(own, 'my-qemu') }), join(own, 'qemu-img'));
  assert.is(findQemuImg({ PATH: path, QMPSH_QEMU: join(programs('x'), 'x') }), join(path, 'qemu-img'));
  assert.is(await qemuVersion(join(path, 'qemu-system-x86_64')), '9.1.2');
  assert.is(await qemuVersion(join(path, 'nosuch')), undefined);
});

test('a QMPSH_QEMU that is no program is named', () => {
  assert.throws(() => findQemu({ PATH: '', QMPSH_QEMU: '/nosuch' }), /QMPSH_QEMU is \/nosuch/);
});

test('the program of a running VM is one of its own version', () =>
  withQemu({}, async ({ address }) => {
    const session = await openSession(address);
    const { greeting } = session;
    await session.close();
    assert.ok(greeting);
    const program = (await programOf(address, greeting)) ?? '';
    const { major, minor, micro } = greeting.QMP.version.qemu;
    assert.is(await qemuVersion(program), `${major}.${minor}.${micro}`, program);
  }));

test.run();
