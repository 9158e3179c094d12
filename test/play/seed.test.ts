// The recipes of QEMU's notes on blockdev-backup and blockdev-mirror, typed at the real prompt on a real screen, on a
// real QEMU, as a person would: Tab where it helps, and no key while waiting for an event.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Practice, startPractice } from '../../src/io/practice.ts';
import { BIN } from '../command.ts';
import { openScreen, type Screen } from '../screen.ts';

interface Desk {
  readonly screen: Screen;
  readonly vm: Practice;
}

async function desk(
  run: (desk: Desk) => Promise<void>,
  size: { cols?: number; rows?: number } = {},
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-seed-'));
  const vm = await startPractice({ keep: folder });
  const screen = openScreen({
    command: process.execPath,
    args: [BIN, vm.address],
    cwd: folder,
    env: { HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home },
    ...size,
  });
  try {
    await ready(screen);
    await run({ screen, vm });
  } finally {
    await screen.close();
    await vm.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** The prompt stands there, empty, and the schema has come (the first line tells the VM's state then). */
async function ready(screen: Screen): Promise<void> {
  await screen.waitFor(/QEMU \d+\.\d+\.\d+ .*a\.qcow2/);
  await screen.waitFor(atPrompt);
}

function atPrompt(screen: Screen): boolean {
  return screen.text()[screen.cursor.row]?.trimEnd() === '(QEMU)';
}

/** Types pieces, and Tab where a piece says what Tab brings; then Enter. */
async function enter(
  screen: Screen,
  ...pieces: readonly (string | { readonly tab: string })[]
): Promise<void> {
  let typed = '(QEMU) ';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      screen.type(piece);
      typed += piece;
    } else {
      screen.key('Tab');
      typed += piece.tab;
    }
    await screen.waitFor(shown => line(shown).startsWith(typed.trimEnd()));
  }
  screen.key('Enter');
  await screen.waitFor(atPrompt);
}

/** The row being typed, put together from the rows it takes. */
function line(screen: Screen): string {
  const rows = screen.text();
  const start = rows.findLastIndex(row => row.startsWith('(QEMU)'));
  return rows.slice(start, screen.cursor.row + 1).join('');
}

async function make(screen: Screen): Promise<void> {
  await enter(
    screen,
    'blockdev-snapshot-s',
    { tab: 'ync ' },
    'node-name=node-A snapshot-f',
    { tab: 'ile=' },
    'b.qcow2 snapshot-n',
    { tab: 'ode-name=' },
    'node-B form',
    { tab: 'at=' },
    'qcow2',
  );
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: folderOf(screen) });
  await enter(
    screen,
    'blockdev-add driver=qcow2 node-name=node-E file={"driver":"file","filename":"e.qcow2"}',
  );
}

const folders = new WeakMap<Screen, string>();
function folderOf(screen: Screen): string {
  return folders.get(screen) ?? '';
}

function compare(folder: string): string {
  return execFileSync('qemu-img', ['compare', 'b.qcow2', 'e.qcow2'], { cwd: folder, encoding: 'utf8' });
}

async function quit({ screen, vm }: Desk): Promise<void> {
  screen.type('quit');
  screen.key('Enter');
  await screen.waitFor(/Run quit\? \[y\/N\]/);
  screen.type('y');
  await screen.waitFor('QEMU has ended');
  await vm.exited;
}

test('backup, to "Images are identical."', () =>
  desk(async here => {
    const { screen, vm } = here;
    folders.set(screen, vm.folder);
    await make(screen);
    screen.type('blockdev-backup device=node-B target=node-E sync=full job-id=job0');
    screen.key('Enter');
    // Not a key is touched from here on.
    await screen.waitFor(/^job0 backup done/m);
    await screen.waitFor(atPrompt);
    await enter(screen, 'query-block-jobs');
    await screen.waitFor(/query-block-jobs\n\[\]\n/);
    await quit(here);
    assert.match(compare(vm.folder), /Images are identical\./);
  }));

test('mirror and block-job-complete: the guest then sits on node-E', () =>
  desk(
    async here => {
      const { screen, vm } = here;
      folders.set(screen, vm.folder);
      await make(screen);
      screen.type('blockdev-mirror device=node-B target=node-E sync=full job-id=job0');
      screen.key('Enter');
      await screen.waitFor(/^job0 .* ready/m);
      await enter(screen, 'query-block-jobs');
      await screen.waitFor(/query-block-jobs(.|\n)*job0 .*mirror/);
      screen.type('block-job-complete device=job0');
      screen.key('Enter');
      await screen.waitFor(/^job0 mirror done/m);
      await screen.waitFor(atPrompt);
      await enter(screen, '.set paging off');
      await enter(screen, '.format json');
      await enter(screen, 'query-block');
      await screen.waitFor(/"node-name": "node-E"/);
      await quit(here);
      assert.match(compare(vm.folder), /Images are identical\./);
    },
    { rows: 50 },
  ));

test('mirror and block-job-cancel: a copy of that moment', () =>
  desk(async here => {
    const { screen, vm } = here;
    folders.set(screen, vm.folder);
    await make(screen);
    screen.type('blockdev-mirror device=node-B target=node-E sync=full job-id=job0');
    screen.key('Enter');
    await screen.waitFor(/^job0 .* ready/m);
    screen.type('block-job-cancel device=');
    await screen.waitFor(shown => line(shown).endsWith('device='));
    screen.key('Tab');
    await screen.waitFor(shown => line(shown).includes('device=job0'));
    screen.key('Enter');
    await screen.waitFor(/^job0 mirror done/m);
    await quit(here);
    assert.match(compare(vm.folder), /Images are identical\./);
  }));

test.run();
