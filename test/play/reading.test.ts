// A play reads each thing once: the page folders, and each line with its values, whoever looks at it. Counted, not timed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BatchHost } from '../../src/batch/host.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { findPages } from '../../src/io/pages.ts';
import { readLine } from '../../src/language/tokens.ts';
import { defaultSettings } from '../../src/line/settings.ts';
import { checkOffline } from '../../src/play/checking.ts';
import { loadPage, toPage } from '../../src/play/load.ts';
import { playPage, showDry } from '../../src/play/playing.ts';
import { Reading } from '../../src/play/reading.ts';
import { plain } from '../../src/text/line.ts';
import type { StyledLine } from '../../src/text/style.ts';
import { onStand, type Stand } from '../plays.ts';
import { schemaOf } from '../schemas.ts';

interface Counts {
  readonly reading: Reading;
  /** How often each line was read. */
  readonly lines: ReadonlyMap<string, number>;
  readonly folders: () => number;
}

function counting(): Counts {
  const lines = new Map<string, number>();
  let folders = 0;
  const reading = new Reading({
    pages: () => {
      folders += 1;
      return findPages();
    },
    line: text => {
      lines.set(text, (lines.get(text) ?? 0) + 1);
      return readLine(text);
    },
  });
  return { reading, lines, folders: () => folders };
}

function assertOnce({ lines, folders }: Counts): void {
  assert.ok(lines.size > 0);
  assert.equal(
    [...lines].filter(([, times]) => times > 1),
    [],
  );
  assert.ok(folders() <= 1);
}

function hostOn({ session, vm }: Stand, shown: string[]): BatchHost {
  const take = (text: string) => shown.push(text) > 0;
  return new BatchHost({
    ...{ session, address: vm.address, practice: undefined, settings: defaultSettings(), clock: CLOCK },
    ...{ schema: undefined, folder: vm.folder, out: take, err: take, paint: plain, allowShell: true },
    ...{ verbose: false, pretty: false, json: false, events: false, hmp: false, exitOnError: true },
    signal: new AbortController().signal,
    connect: () => Promise.reject(new Error('no other monitor')),
    pipe: () => Promise.resolve(0),
  });
}

const ALL = { choice: {}, step: false, verbose: false };
const VALUES = new Map([
  ['node', 'node-A'],
  ['file', 'copy.qcow2'],
]);

test('a recipe: checked, planned, shown and played', () =>
  onStand(async stand => {
    const counts = counting();
    const { reading } = counts;
    const page = await loadPage('backup', '/', reading);
    const shown: string[] = [];
    const host = hostOn(stand, shown);
    const output = { show: (lines: readonly StyledLine[]) => shown.push(...lines.map(plain)) };
    const given = VALUES;
    await checkOffline(
      { page, reading, given, choice: {}, update: false, allowEmpty: false, keepGoing: false },
      [{ name: '7.2', schema: schemaOf('7.2') }],
    );
    await showDry({ page, reading, given, choice: {} }, schemaOf('7.2'), host, output);
    assert.is(await playPage({ ...ALL, page, reading, given }, host, output), 0, shown.join('\n'));
    assertOnce(counts);
  }));

const INNER = '---\nparams: { a: { help: a } }\n---\n```qmp\n(QEMU) query-name\n```\n';

// what is played, page by page
const PAGES: readonly (readonly [what: string, text: string])[] = [
  ['the same line twice', '(QEMU) query-status\n(QEMU) query-status\n'],
  ['the same in a page in it', '(QEMU) query-name\n(QEMU) .play inner.md a=1\n(QEMU) .play inner.md a=1\n'],
  ['a request as JSON', '(QEMU) .send {"execute": "query-name"}\n(QEMU) {"execute": "query-name"}\n'],
];
for (const [what, text] of PAGES)
  test(`each line once: ${what}`, () =>
    onStand(async stand => {
      const counts = counting();
      const { reading } = counts;
      writeFileSync(join(stand.vm.folder, 'inner.md'), INNER);
      const shown: string[] = [];
      const host = hostOn(stand, shown);
      const output = { show: (lines: readonly StyledLine[]) => shown.push(...lines.map(plain)) };
      const request = { page: await toPage(text, 'outer.qmp'), reading, given: new Map<string, string>() };
      await showDry({ ...request, choice: {} }, schemaOf('7.2'), host, output);
      assert.is(await playPage({ ...ALL, ...request }, host, output), 0, shown.join('\n'));
      assertOnce(counts);
    }));

test('nothing in play/ reads a line or looks for pages past the reading', () => {
  const past = /import \{[^}]*\b(?:parse|readLine|findPages|lookForPages)\b[^}]*\}/;
  const all = readdirSync('src/play', { recursive: true, encoding: 'utf8' });
  const files = all.filter(file => file.endsWith('.ts') && file !== 'reading.ts');
  assert.equal(
    files.filter(file => past.test(readFileSync(join('src/play', file), 'utf8'))),
    [],
  );
});

test.run();
