// What a page is warned of: lines that QEMU calls deprecated, with what to use instead, wherever pages are looked at or played.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isObject, type Json, parseJson } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { startFakeServer } from '../fake-server.ts';
import { onStand } from '../plays.ts';
import { withQemu } from '../qemu.ts';

const SCHEMA = 'test/data/schema-11.1.json';
const PAGE = '(QEMU) query-status\n(QEMU) block-job-pause device=job0\n';
// The advice stands behind the message, in a row of its own, or as a member of its own.
const WARNING =
  /block-job-pause.* is deprecated: a later QEMU may not have it(\. |\n +|", "advice": ")Use job-pause id=\.\.\. instead\./;

const folder = mkdtempSync(join(tmpdir(), 'qt-'));
const page = join(folder, 'p.qmp');
writeFileSync(page, PAGE);
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A QEMU of version 11.1, as far as its schema goes. */
async function with11(run: (address: string) => Promise<void>): Promise<void> {
  const schema = parseJson(readFileSync(SCHEMA, 'utf8'));
  const server = await startFakeServer({
    answer: ({ execute }): Json => (execute === 'query-qmp-schema' ? schema : {}),
  });
  try {
    await run(server.address);
  } finally {
    await server.close();
  }
}

const OFFLINE: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['check', ['check', page, '--schema', SCHEMA]],
  ['check --json', ['check', '--json', page, '--schema', SCHEMA]],
  ['a dry run', ['play', '--dry-run', page, '--schema', SCHEMA]],
  ['a dry run as JSON', ['play', '--dry-run', '--json', page, '--schema', SCHEMA]],
];
for (const [what, args] of OFFLINE)
  test(`${what} warns, and is well`, async () => {
    const done = await qmpsh(args);
    assert.is(done.status, 0, done.out + done.err);
    assert.match(done.out, WARNING);
    assert.is(done.out.match(/is deprecated/g)?.length, 1);
    if (what.startsWith('check'))
      assert.match(done.out, /2 steps, 0 faults, 1 warning$|"faults": 0, "warnings": 1/m);
  });

const ONLINE: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['play', ['play', page]],
  ['play --json', ['play', '--json', page]],
  ['check', ['check', page]],
];
for (const [what, args] of ONLINE)
  test(`${what} on a VM warns, and is well`, () =>
    with11(async address => {
      const done = await qmpsh([...args, address]);
      assert.is(done.status, 0, done.out + done.err);
      assert.match(done.out, WARNING);
    }));

test('without a schema that says so there is no warning', async () => {
  const done = await qmpsh(['check', page, '--schema', 'test/data/schema-7.2.json']);
  assert.is(done.out, `${page}: 2 steps, 0 faults\n`);
});

const HIDING = String.raw`\u009b31m\u007f\u202ex`;
const RAW: readonly (readonly [verb: string, page: string])[] = [
  ['play', `(QEMU) blockdev-del node-name="${HIDING}"\n{"error": {"class": "GenericError", "desc": "x"}}\n`],
  ['check', `(QEMU) {"execute": "query-status", "id": "${HIDING}"}\n{"return": {}, "id": "x"}\n`],
];
for (const [verb, text] of RAW)
  test(`${verb} --json prints nothing raw of what QEMU quotes`, () =>
    onStand(async ({ vm }) => {
      const raw = join(vm.folder, 'raw.qmp');
      writeFileSync(raw, text);
      const done = await qmpsh([verb, '--json', raw, vm.address]);
      assert.match(done.out, /^[\x20-\x7e\n]+$/);
      assert.match(done.out, HIDING);
      for (const row of done.out.trim().split('\n')) assert.ok(isObject(parseJson(row)));
    }));

test('a pipe gets JSON with nothing raw in it', () =>
  withQemu({ args: ['-name', 'a\u009b31m\u007f\u202eb'] }, async ({ address }) => {
    const done = await qmpsh(['-c', 'query-name | cat', address]);
    assert.is(done.out, '{\n    "name": "a\\u009b31m\\u007f\\u202eb"\n}\n');
  }));

test.run();
