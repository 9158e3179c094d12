// Views at the prompt on a real VM: counts of drives, `.top`, `.watch` and the pager.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, type Desk, typedLine, withDesk } from '../desk.ts';

const text = (desk: Desk) => desk.screen.text().join('\n');

/** A drive that works without a guest. */
async function work(desk: Desk): Promise<void> {
  await desk.run('.hmp drive_add 0 if=none,id=d1,driver=null-co,size=64M');
  await desk.sees('OK');
  await desk.run('.hmp qemu-io d1 "aio_write 0 2M"');
  await desk.sees('(no output)');
}

test('query-blockstats is one row a drive, and those that did nothing are one dim row', () =>
  withDesk(async desk => {
    await work(desk);
    await desk.run('query-blockstats');
    await desk.sees(/^drive .* reads .* errors\n.*\nd1 +\S+ +0 +0 B +1 +2 MiB +\S+ .s +0 +0\n/m);
    assert.match(text(desk), /^nothing read or written yet: virtio0; \.format json shows all$/m);
  }));

for (const [cols, rows] of [
  [80, 24],
  [40, 12],
  [200, 50],
] as const)
  test(`.top at ${cols}x${rows} shows paces, sorts by keys, and leaves its last rows behind`, () =>
    withDesk(
      async desk => {
        await work(desk);
        desk.screen.type('.top 200ms\r');
        await desk.sees(/^drive .*errors/m);
        await desk.sees(/Esc leaves/);
        desk.screen.type('d');
        await desk.sees(/^d1 [\s\S]*^virtio0 /m);
        if (cols >= 80) await desk.sees(/^d1 .*\.\.\.\./m);
        desk.key('q');
        await desk.sees(atPrompt);
        assert.match(text(desk), /^d1 /m);
        assert.not.match(text(desk), /Esc leaves/);
      },
      { cols, rows },
    ));

test('.top moves in a list that is longer than the screen', () =>
  withDesk(
    async desk => {
      for (let i = 1; i < 9; i++) await desk.run(`.hmp drive_add 0 if=none,id=e${i},driver=null-co`);
      desk.screen.type('.top 200ms\r');
      await desk.sees(/Esc leaves/);
      desk.screen.type('d');
      await desk.sees(/^e1 [\s\S]*rows 1 to \d of \d+; Up, Down/m);
      assert.not.match(text(desk), /^virtio0 /m);
      desk.key('End');
      await desk.sees(/^virtio0 [\s\S]*rows \d+ to/m);
      desk.key('Home');
      await desk.sees(/^e1 [\s\S]*rows 1 to/m);
      desk.key('Esc');
      await desk.sees(atPrompt);
    },
    { rows: 12 },
  ));

test('.top says what is wrong', () =>
  withDesk(async desk => {
    await desk.run('.top soon');
    await desk.sees(/soon is no time; write 500ms, 2s or 1m/);
    await desk.run('.top 1s 2s');
    await desk.sees(/2s is one word too many/);
  }));

test('.top without a screen that can be redrawn shows what came in between', () =>
  withDesk(
    async desk => {
      await desk.run('.top 200ms');
      await desk.sees(/^virtio0 +0 +0 B\/s/m);
    },
    { env: { TERM: 'dumb' } },
  ));

test('.watch moves in what is longer than the screen', () =>
  withDesk(async desk => {
    desk.screen.type('.watch 200ms query-commands\r');
    await desk.sees(/query-commands {2}every 0\.2 s[\s\S]*rows 1 to \d+ of \d+/);
    const first = desk.screen.text()[2];
    desk.key('PageDown');
    await desk.sees(shown => shown.text()[2] !== first && /rows \d\d to/.test(shown.text().join('\n')));
    desk.key('G');
    await desk.sees(/216 names, sorted|\d+ names, sorted/);
    desk.key('g');
    await desk.sees(/rows 1 to/);
    desk.key('q');
    await desk.sees(atPrompt);
  }));

test('the pager goes back and to both ends, searches, and leaves what was looked at', () =>
  withDesk(async desk => {
    const { screen } = desk;
    screen.type('query-commands\r');
    await desk.sees(/row \d+ of \d+ {3}Space goes on {3}b back {3}\/ search/);
    const first = screen.text()[0] ?? '';
    screen.key('Space');
    await desk.sees(shown => shown.text()[0] !== first);
    screen.type('bb');
    await desk.sees(shown => shown.text().includes(first));
    screen.type('G');
    await desk.sees(/names, sorted\n/);
    screen.type('g');
    await desk.sees(shown => shown.text().includes(first));
    screen.type('/netdev');
    await desk.sees(/^\/netdev/m);
    screen.key('Enter');
    await desk.sees(/^netdev_add/m);
    const at = screen.text().findIndex(row => row.startsWith('netdev_add'));
    assert.ok(screen.cell(at, 0).underline);
    screen.type('n');
    await desk.sees(shown => shown.text()[0]?.startsWith('netdev_del') === true);
    screen.type('N');
    await desk.sees(shown => shown.text()[0]?.startsWith('netdev_add') === true);
    screen.type('/nosuchthing');
    screen.key('Enter');
    await desk.sees(/nothing holds nosuchthing/);
    screen.type('q');
    await desk.sees(atPrompt);
    assert.match(text(desk), /^netdev_add/m);
    assert.not.match(text(desk), /Space goes on/);
  }));

test('the pager still takes the first letter of the next line, and a shows the rest', () =>
  withDesk(async desk => {
    desk.screen.type('query-commands\r');
    await desk.sees(/Space goes on/);
    desk.screen.type('ba');
    await desk.sees(/names, sorted/);
    await desk.sees(atPrompt);
    assert.match(desk.screen.lines().join('\n'), /^yank|yank$/m);
  }));

for (const line of [
  'query-status',
  'blockdev-del node-name=x',
  'job-cancel id=j',
  'nbd-server-stop',
  '.help keys',
])
  test(`who does not heed the pager types the next line, whole: ${line}`, () =>
    withDesk(async desk => {
      desk.screen.type('query-commands\r');
      await desk.sees(/Space goes on/);
      desk.screen.type(line);
      await desk.sees(shown => typedLine(shown) === line);
      assert.match(text(desk), /more rows are not shown/);
    }));

test.run();
