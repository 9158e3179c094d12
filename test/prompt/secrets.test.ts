// Nothing that the shell shows, keeps or logs has a secret in it. The word that must not be seen is in every line.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { withQemu } from '../qemu.ts';

const WORD = 'hunter2';

/** One VM for all the lines of a test: each is a start of the shell. */
const LINES: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['-v', ['-v', '-c', `object-add qom-type=secret id=s0 data=${WORD}`]],
  [
    '-v, raw',
    [
      '-v',
      '-c',
      `{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "s1", "data": "${WORD}"}}`,
    ],
  ],
  ['-v, .hmp', ['-v', '-c', `.hmp object_add secret,id=s2,data=${WORD}`]],
  ['-v, arguments of a program', ['-v', '-c', `guest-exec path=/bin/x arg=["--password","${WORD}"]`]],
  ['a refusal', ['-v', '-c', `set_password protocol=vnc password=${WORD}`]],
  ['a caret under another place', ['-c', `object-add qom-type=secert id=s3 data=${WORD}`]],
  ['a caret under the secret', ['-c', `change-vnc-password password=["${WORD}"]`]],
  ['a caret before it', ['-c', `set_passwrd protocol=vnc password=${WORD}`]],
  ['the same as JSON', ['--json', '-c', `set_passwrd protocol=vnc password=["${WORD}"]`]],
  ['an open quote', ['-c', `change-vnc-password password="${WORD}`]],
  ['an escape', ['-c', `set_password protocol=vnc pssword="\\x61" p\\x61ssword="${WORD}"`]],
  ['a word', ['-c', `.let password = '${WORD}' x`]],
  ['a page that is not there', ['-c', `.play nothing secret=${WORD}`]],
  ['.send', ['-v', '-c', `.send {"execute": "change-vnc-password", "arguments": {"password": "${WORD}"}}`]],
];

test('lines', () =>
  withQemu({}, async ({ address, folder }) => {
    const log = join(folder, 'log');
    for (const [what, args] of LINES) {
      const done = await qmpsh([...args, '-l', log, address], { cwd: folder });
      assert.not.match(done.out + done.err, WORD, `${what}: ${done.out}${done.err}`);
      assert.match(done.out + done.err, /\S/, what);
    }
    const logged = readFileSync(log, 'utf8');
    assert.not.match(logged, WORD);
    assert.match(logged, /-> \{"execute":"object-add".*"data":"\*{8}"/);
    assert.is(statSync(log).mode & 0o777, 0o600);
  }));

const RECORDED: readonly (readonly [line: string, wanted: RegExp])[] = [
  [`object-add qom-type=secret id=t0 data=${WORD} file=x`, /^# failed: object-add .*data=\*{8} file=x$/m],
  [`object-add qom-type=secret id=t1 data=${WORD}`, /^\(QEMU\) object-add .*data=.*\$\{?secret\b/m],
  [`object-add qom-type=secret id=t2 data=${WORD}`, /\$\{?secret2\b/m],
  [
    `object-add qom-type=secert id=t3 data=${WORD}`,
    /^# failed: object-add qom-type=secert id=t3 data=\*{8}$/m,
  ],
  [`set_password protocol=vnc password=${WORD}`, /^# failed: set_password .*password=\*{8}$/m],
  [`query-status | grep "password=${WORD}" || true`, /^# left out: a line with a secret$/m],
  [`.hmp object_add secret,id=t4,data=${WORD}`, /command-line=.*\$\{?secret3\b/m],
  [`.play none secret=${WORD}`, /^# failed: \.play none secret=\*{8}$/m],
];

for (const file of ['r.qmp', 'r.md'])
  test(`a recording has none, and refused lines use up no name: ${file} --replies`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qt-'));
    try {
      const input = [`.record ${file} --replies`, ...RECORDED.map(([line]) => line), '.record stop', ''];
      const done = await qmpsh(['practice'], { cwd: folder, input: input.join('\n') });
      const text = readFileSync(join(folder, file), 'utf8');
      assert.not.match(text, WORD);
      for (const [line, wanted] of RECORDED) assert.match(text, wanted, `${line}\n${text}`);
      assert.not.match(text, 'secret4');
      assert.not.match(done.err, WORD);
      const checked = await qmpsh(['check', join(folder, file), `secret=${WORD}`, 'secret2=x', 'secret3=x']);
      assert.is(checked.status, 0, checked.out + checked.err);
      assert.not.match(checked.out + checked.err, WORD);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

const PAGE = `---
params: { secret: { help: none } }
---
(QEMU) object-add qom-type=secret id=s data=$secret
(QEMU) qom-set path=/machine property=x value="$secret"
`;
const SHELL = `---
params: { token: { help: none } }
---
$ echo token is $token
token is nothing
`;
const PLAIN = `
(QEMU) query-status
(QEMU) .let password = 'x${WORD}y'
(QEMU) device_add driver=none-such serial=$password
`;

const PLAYS: readonly (readonly [what: string, page: string, args: readonly string[]])[] = [
  ['play', PAGE, [`secret=${WORD}`]],
  ['play -v', PAGE, ['-v', `secret=${WORD}`]],
  ['play --json', PAGE, ['--json', `secret=${WORD}`]],
  ['a value that JSON writes otherwise', PAGE, ['--json', '-v', `secret=a"${WORD}`]],
  ['a dry run', PAGE, ['--dry-run', `secret=${WORD}`]],
  ['a dry run as JSON', PAGE, ['--dry-run', '--json', `secret=${WORD}`]],
  ['host commands', SHELL, ['--allow-shell', `token=${WORD}`]],
  ['host commands as JSON', SHELL, ['--json', '--allow-shell', `token=${WORD}`]],
  ['the question about host commands', SHELL, [`token=${WORD}`]],
  ['.let', PLAIN, ['-v']],
  ['.let as JSON', PLAIN, ['-v', '--json']],
  ['a fault before the first step', PAGE.replace('qom-type', 'qom-typ'), [`secret=${WORD}`]],
];

test('pages', () =>
  onStand(async ({ play, vm }: Stand) => {
    for (const [what, page, args] of PLAYS) {
      const path = join(vm.folder, 'p.qmp');
      writeFileSync(path, page);
      const done = await play([path, vm.address, ...args]);
      assert.not.match(done.out + done.err, WORD, `${what}: ${done.out}${done.err}`);
      assert.match(done.out + done.err, /\*{8}|needs|\$password/, `${what}: ${done.out}${done.err}`);
    }
  }));

test.run();
