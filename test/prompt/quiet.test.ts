// The screen says a thing once: one row a job, one message a cause.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, type Desk, withDesk, withPrompt } from '../desk.ts';

const text = (desk: Desk) => desk.screen.text().join('\n');

for (const [cols, rows] of [
  [80, 24],
  [40, 12],
  [200, 50],
] as const)
  test(`a backup is one row, below its reply; the log has every event (${cols}x${rows})`, () =>
    withDesk(
      async desk => {
        execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: desk.vm.folder });
        await desk.run('blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2');
        await desk.sees(/^\{\}/m);
        await desk.run('blockdev-backup device=node-A target=node-E sync=full job-id=job0');
        await desk.sees(/^\{\}\njob0 backup done: 39 MiB in \d+(\.\d)? m?s\n\(QEMU\) ?$/m);
        assert.not.match(text(desk), /JOB_/);
        await desk.run('.events log BLOCK_JOB_*');
        await desk.sees(/BLOCK_JOB_COMPLETED +job0\s+backup/);
      },
      { cols, rows },
    ));

test('each line that .jobs runs is shown once, and so is the end of a job', () =>
  withDesk(async desk => {
    await desk.run('blockdev-add driver=null-co node-name=n size=100M read-zeroes=true');
    await desk.run('blockdev-add driver=null-co node-name=m size=100M read-zeroes=true');
    await desk.run('blockdev-backup device=n target=m sync=full job-id=j speed=64k');
    await desk.sees(/^j +backup .*max 64 KiB\/s +\d+ min left/m);
    await desk.type('.jobs');
    desk.screen.key('Enter');
    await desk.sees(/^> j .*max 64 KiB\/s(.|\n)*Esc leaves/m);
    assert.is(text(desk).match(/64 KiB\/s/g)?.length, 1, text(desk));
    desk.screen.type('p');
    await desk.sees(/^> j .*paused/m);
    desk.screen.type('r');
    await desk.sees(/^> j .*max 64 KiB\/s/m);
    desk.screen.type('s0');
    desk.screen.key('Enter');
    await desk.sees(/^j backup done: /m);
    desk.screen.key('Esc');
    await desk.sees(atPrompt);
    await desk.run('query-status');
    const rows = desk.screen.text();
    for (const line of ['job-pause id=j', 'job-resume id=j', 'block-job-set-speed device=j speed=0'])
      assert.is(rows.filter(row => row === `(QEMU) ${line}`).length, 1, text(desk));
    assert.is(rows.filter(row => /^j +backup/.test(row)).length, 1, text(desk));
  }));

test('on request the events are there, and then no row says the same', () =>
  withDesk(async desk => {
    await desk.run('.events on -JOB_*');
    await desk.sees(/^shown: every event; not JOB_\*$/m);
    await desk.run('blockdev-add driver=null-co node-name=n size=1M read-zeroes=true');
    await desk.run('blockdev-add driver=null-co node-name=m size=1M read-zeroes=true');
    await desk.run('blockdev-backup device=n target=m sync=full job-id=j');
    await desk.sees(/BLOCK_JOB_COMPLETED +j +backup/);
    await desk.run('query-status');
    assert.not.match(text(desk), /^j backup|JOB_STATUS/m);
  }));

test('an alarm is shown beside the events that were asked for; .wait shows its event', () =>
  withDesk(async desk => {
    await desk.run('.events RTC_CHANGE');
    await desk.run('cont');
    await desk.run('.wait RESUME');
    await desk.sees(/RESUME +the guest runs/);
    await desk.run('stop');
    await desk.sees(/STOP +the guest is paused/);
    await desk.run('.events -STOP');
    await desk.run('cont');
    await desk.sees(/RESUME[\s\S]*RESUME/);
    await desk.run('stop');
    await desk.run('.wait STOP');
    await desk.run('query-status');
    await desk.sees(/"status": "paused"/);
    assert.is(text(desk).match(/the guest is paused/g)?.length, 2);
  }));

test('.wait for a job that ends says it once', () =>
  withDesk(async desk => {
    await desk.run('blockdev-add driver=null-co node-name=n size=1M read-zeroes=true');
    await desk.run('blockdev-add driver=null-co node-name=m size=1M read-zeroes=true');
    await desk.run('blockdev-mirror device=n target=m sync=full job-id=j');
    await desk.sees(/^j .*ready/m);
    await desk.type('.wait job j');
    desk.screen.key('Enter');
    await desk.sees(/waiting for job j/);
    await desk.type('job-cancel id=j');
    desk.screen.key('Enter');
    await desk.sees(/^j mirror cancelled: /m);
    await desk.run('query-jobs');
    await desk.sees(/^\[\]$/m);
    assert.not.match(text(desk), /^job j cancelled/m);
    await desk.run('.wait job j');
    await desk.sees(/^job j cancelled/m);
  }));

test('.set events keeps what is shown for the next time', () =>
  withDesk(async desk => {
    await desk.run('.set events -RTC_CHANGE -nosuch');
    await desk.sees(/no event of this QEMU is called NOSUCH/);
    await desk.run('.set events -RTC_CHANGE -STOP');
    await desk.run('.events');
    await desk.sees(/^shown: .*; not RTC_CHANGE,\s+STOP$/m);
    const env = { XDG_CONFIG_HOME: desk.home };
    desk.screen.key('C-d');
    desk.screen.type('y');
    await withPrompt(
      desk.vm.address,
      async screen => {
        screen.type('.events\r');
        await screen.waitFor(/^shown: .*; not RTC_CHANGE,\s+STOP$/m);
      },
      { env },
    );
  }));

const ONCE: readonly (readonly [line: string, rows: readonly string[]])[] = [
  [
    'blockdev-del node-name = node-A',
    [
      '(QEMU) blockdev-del node-name = node-A',
      '                    ^~~~~~~~~~~~~~~~~~',
      'error: blanks stand beside "="; a name, "=" and its value are one word',
      'Write blockdev-del node-name=node-A',
      '(QEMU)',
    ],
  ],
  [
    'blockdev-del node_name=node-A',
    [
      '(QEMU) blockdev-del node_name=node-A',
      '                    ^~~~~~~~~',
      'error: blockdev-del has no argument "node_name"; did you mean node-name?',
      '(QEMU)',
    ],
  ],
  [
    'blockdev-mirror devise=a sync=ful',
    [
      '(QEMU) blockdev-mirror devise=a sync=ful',
      '                       ^~~~~~',
      'error: blockdev-mirror has no argument "devise"; did you mean device?',
      'and 2 more',
      '(QEMU)',
    ],
  ],
  [
    'ls -l',
    [
      '(QEMU) ls -l',
      '       ^~~~~',
      "error: ls is a command of the host's shell, not of QMP",
      'Put "$ " before it to run it on this host: $ ls -l',
      '(QEMU)',
    ],
  ],
];
test('one cause is one message, below the line that stands there', () =>
  withDesk(async desk => {
    for (const [line, rows] of ONCE) {
      await desk.run(line);
      await desk.sees(screen => {
        const shown = screen.text().map(row => row.trimEnd());
        return shown.join('\n').includes(rows.join('\n'));
      });
    }
    const { screen } = desk;
    screen.key('C-l');
    await desk.sees(shown => shown.cursor.row === 0);
    const long = `blockdev-add driver=qcow2 node-name=a file.driver=file file.filename=a.qcow2 ${'x'}yz=1`;
    await desk.run(long);
    await desk.sees(/^…?.*xyz=1\n +\^~~\n/m);
  }));

test('a line for this host is never red, and several rows are judged as several lines', () =>
  withDesk(async desk => {
    const { screen } = desk;
    const red = () =>
      screen.text().flatMap((row, y) => [...row].filter((_, x) => screen.cell(y, x).underline));
    await desk.type('$ qemu-img info -U a.qcow2 | head -3 ');
    await desk.sees(/^a command of this host: /m);
    assert.equal(red(), []);
    await desk.drop();
    screen.paste('query-status\nblockdev-del node-name=node-A\n$ ls -l');
    await desk.sees(/^3 lines: Enter shows them first/m);
    assert.equal(red(), []);
    await desk.drop();
    screen.paste('query-status\nblockdev-del node-nam=node-A\nquery-jobs');
    await desk.sees(/did you mean node-name/);
    assert.is(red().join(''), 'node-nam');
  }));

for (const key of ['y', 'n'])
  test(`.record stop asks whether to leave out what failed: ${key}`, () =>
    withDesk(async desk => {
      await desk.run('.record rec.md');
      await desk.run('blockdev-del node-name=nobody');
      await desk.sees(/^error/m);
      await desk.run('query-status');
      await desk.sees(/"status": /);
      await desk.type('.record stop');
      desk.screen.key('Enter');
      await desk.sees(/^Leave out the line that failed\? \[y\/N\]/m);
      desk.screen.type(key);
      await desk.sees(/\.play .*\s*plays it/);
      const text = readFileSync(join(desk.vm.folder, 'rec.md'), 'utf8');
      assert.is(/failed: blockdev-del/.test(text), key === 'n');
      assert.match(text, /query-status/);
    }));

test('a terminal that cannot move its cursor has the row of the end, and an event where a job waits for the user', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      screen.type('blockdev-add driver=null-co node-name=n size=1M read-zeroes=true\r');
      await desk.sees(/\{\}/);
      screen.type('blockdev-add driver=null-co node-name=m size=1M read-zeroes=true\r');
      await desk.sees(/\{\}[\s\S]*\{\}/);
      screen.type('blockdev-mirror device=n target=m sync=full job-id=j\r');
      await desk.sees(/BLOCK_JOB_READY +j/);
      screen.type('job-complete id=j\r');
      await desk.sees(/^j mirror done/m);
      assert.not.match(text(desk), /JOB_STATUS|JOB_COMPLETED/);
    },
    { env: { TERM: 'dumb' } },
  ));

test.run();
