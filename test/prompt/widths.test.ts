// The same things at other widths and on other terminals: nothing wider than the screen, nothing torn by a resize.
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, below, type Desk, typedLine, withDesk } from '../desk.ts';
import type { Screen } from '../screen.ts';

async function job({ screen, vm }: Desk): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: vm.folder });
  screen.type('blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2\r');
  await screen.waitFor(/\{\}/);
  screen.type('blockdev-mirror device=node-A target=node-E sync=full job-id=job0 speed=256k\r');
  await screen.waitFor(/^job0 +(mirror|█)/m);
}

// Columns, and what must be seen there of the menu, of a table, and of the status row.
const WIDTHS: readonly (readonly [number, RegExp, RegExp, RegExp])[] = [
  [20, /^ blockdev-\S+$/m, /"node-name":\n +"#block/, /^job0 [█░ ]+\d+%/m],
  [40, /^ blockdev-snapshot-sync$|^ blockdev-snapshot-sync {2,}\S/m, /node-A/, /^job0 .*[█░]+ +\d+%/m],
  [80, /^ blockdev-snapshot-sync +\S+ \S+/m, /^node-A +qcow2 +a\.qcow2/m, /^job0 {2}mirror .*[█░]+ +\d+%/m],
  [
    200,
    /^ blockdev-snapshot-sync +\S+( \S+){4,}/m,
    /^node-A +qcow2 +a\.qcow2/m,
    /^job0 {2}mirror {2}node-A -> node-E .*of (?:39|8) MiB/m,
  ],
];

for (const [cols, menu, table, status] of WIDTHS) {
  test(`menu, table and status row at ${cols} columns`, () =>
    withDesk(
      async desk => {
        const { screen } = desk;
        screen.type('.set paging off\r');
        await job(desk);
        await desk.sees(status);
        screen.type('query-named-block-nodes\r');
        await desk.sees(table);
        await desk.sees(atPrompt);
        screen.type('blockdev-sn');
        await desk.sees(menu);
        await desk.sees(status);
        whole(screen);
      },
      { cols, rows: 40 },
    ));
}

/** The live region is below the cursor and fits: no row of it was broken by the terminal. */
function whole(screen: Screen): void {
  const { cols } = screen.size;
  for (const row of below(screen)) assert.ok(row.length <= cols, row);
  assert.is(screen.text().filter(row => row.startsWith('job0')).length, 1, screen.picture());
}

// What is typed, and what must be seen of it on the screen that most people have.
const USUAL: readonly (readonly [string, RegExp])[] = [
  ['blockdev-del node-name=\t', /^ node-A +qcow2, a\.qcow2, 39 MiB/m],
  ['.help blockdev-del\r', /^blockdev-del {2}\S/m],
  ['.graph\r', /\[a\.qcow2\] +<-- +virtio0/],
  ['query-jobs\r', /query-jobs\n\[\]/],
];

for (const [keys, seen] of USUAL) {
  test(`at 80x24: ${JSON.stringify(keys)}`, () =>
    withDesk(async desk => {
      desk.screen.type(keys);
      await desk.sees(seen);
    }));
}

test('a table with wide characters keeps its columns', () =>
  withDesk(async desk => {
    const { screen, vm } = desk;
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '磁盘.qcow2', '8M'], { cwd: vm.folder });
    screen.type('blockdev-add driver=qcow2 node-name=node-W file.driver=file file.filename=磁盘.qcow2\r');
    await screen.waitFor(/^\{\}/m);
    screen.type('query-named-block-nodes\r');
    await desk.sees(/node-W +qcow2 +磁盘\.qcow2/);
    await desk.sees(atPrompt);
    const ends = (name: string, text: string) => {
      const row = screen.text().findIndex(line => line.startsWith(name));
      for (let col = 0; col < screen.size.cols; col++)
        if (text.startsWith(screen.cell(row, col).text) && cells(screen, row, col, text))
          return col + text.length;
      return -1;
    };
    assert.is(ends('node-W', '8 MiB'), ends('node-A', '39 MiB'), screen.picture());
  }));

/** Whether a text of narrow characters stands in these cells. */
function cells(screen: Screen, row: number, col: number, text: string): boolean {
  return [...text].every((char, i) => screen.cell(row, col + i).text === char);
}

test('through resizes the line, the menu and the status row stay whole', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await job(desk);
    await desk.type('blockdev-snapshot-');
    for (const cols of [200, 40, 20, 33, 80, 120, 80]) {
      screen.resize(cols, 30);
      await desk.sees(shown => {
        const rows = shown.text().join('\n');
        return (
          typedLine(shown).startsWith('blockdev-snapshot-') &&
          /^ blockdev-snap/m.test(rows) &&
          /^job0 .*\d+%/m.test(rows)
        );
      });
      whole(screen);
    }
    screen.type('x');
    await desk.sees(shown => typedLine(shown).startsWith('blockdev-snapshot-x'));
  }));

test('wide characters keep the cursor in its place', () =>
  withDesk(async desk => {
    const { screen } = desk;
    screen.type('blockdev-add driver=null-co node-name=x 漢字é');
    await desk.sees(shown => typedLine(shown).includes('漢字é'));
    assert.is(screen.cursor.col, '(QEMU) blockdev-add driver=null-co node-name=x '.length + 5);
    screen.key('Left');
    screen.key('Left');
    await desk.sees(
      ({ cursor }) => cursor.col === '(QEMU) blockdev-add driver=null-co node-name=x '.length + 2,
    );
    await desk.drop();
    await desk.run('object-add qom-type=secret id=s data=漢字');
    assert.not(screen.text().join('\n').includes('\u001b'));
  }));

test('NO_COLOR: the same text, no colour', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      await desk.type('blockdev-mirror sync=full ');
      await desk.sees(/^ device +str · required/m);
      for (let row = 0; row < 6; row++)
        for (let col = 0; col < 60; col++) assert.is(screen.cell(row, col).colour, 'default');
    },
    { env: { NO_COLOR: '1' } },
  ));

test('16 colours: colours from the palette of 16 alone', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      await desk.type('blockdev-mirror sync=full ');
      await desk.sees(/^ device +str · required/m);
      const colours = new Set<unknown>();
      for (let row = 0; row < 6; row++)
        for (let col = 0; col < 60; col++) colours.add(screen.cell(row, col).colour);
      colours.delete('default');
      assert.ok(colours.size > 1);
      for (const colour of colours) assert.ok(typeof colour === 'number' && colour < 16, String(colour));
    },
    { env: { TERM: 'xterm' } },
  ));

test('TERM=dumb: lines, tables and events without any escape; what needs a screen says so or prints', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      const run = async (line: string, wanted: RegExp) => {
        screen.type(`${line}\r`);
        await screen.waitFor(wanted);
      };
      await run('query-named-block-nodes', /node-A +qcow2/);
      await run('cont', /RESUME +the guest runs/);
      await run('.jobs', /no job runs/);
      await run('.graph', /\[a\.qcow2\]/);
      await run('blockdev-add ?', /a form needs a screen/);
      await run('.watch 200ms query-status', /running/);
      screen.key('C-c');
      await screen.waitFor(/\^C[\s\S]*\(QEMU\)/);
      await run('stop', /STOP +the guest is paused/);
      assert.not(screen.raw().includes('\u001b'), JSON.stringify(screen.raw()));
    },
    { env: { TERM: 'dumb' } },
  ));

test('Ctrl-L leaves the line and what stands under it, and nothing else', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.run('query-status');
    await desk.type('blockdev-snapshot-');
    await desk.sees(/^ blockdev-snapshot-sync/m);
    const before = [typedLine(screen), ...below(screen)];
    screen.key('C-l');
    await desk.sees(shown => shown.cursor.row === 0 && typedLine(shown) === before[0]);
    assert.equal([typedLine(screen), ...below(screen)], before, screen.picture());
    screen.key('C-c');
    await desk.sees(atPrompt);
    screen.key('C-l');
    await desk.sees(shown => shown.cursor.row === 0);
    assert.equal(
      screen.text().filter(row => row !== ''),
      ['(QEMU)'],
      screen.picture(),
    );
  }));

for (const cols of [40, 80, 200])
  test(`.help of a word is wrapped once, at ${cols} columns`, () =>
    withDesk(
      async desk => {
        await desk.run('.set paging off');
        for (const word of ['.help', '.wait', '.events', '.play', '.record']) {
          await desk.run(`.help ${word}`);
          for (const row of desk.screen.text()) assert.ok(row.length <= cols, row);
          // No row was broken by the terminal: each line is a row.
          for (const line of desk.screen.lines()) assert.ok(line.length <= cols, line);
        }
      },
      { cols, rows: 50 },
    ));

test.run();
