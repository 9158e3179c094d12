// What comes back, on a real screen: tables, events, the status row, the views that are redrawn in place.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, type Desk, withDesk, withPrompt } from '../desk.ts';
import { startFakeServer } from '../fake-server.ts';

async function mirror({ screen, vm }: Desk, options = 'speed=256k'): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', 'e.qcow2', '39M'], { cwd: vm.folder });
  screen.type('blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2\r');
  await screen.waitFor(/e\.qcow2\n\{\}/);
  screen.type(`blockdev-mirror device=node-A target=node-E sync=full job-id=job0 ${options}\r`);
  await screen.waitFor(/^job0 +mirror/m);
}

test('alike objects are a table; .format json has the bytes; a host program gets JSON', () =>
  withDesk(
    async desk => {
      await desk.run('query-named-block-nodes');
      await desk.sees(/^node-name +drv +file/m);
      await desk.sees(/^node-A +qcow2 +a\.qcow2 +39 MiB/m);
      await desk.run('.format json');
      await desk.run('.set paging off');
      await desk.run('query-block');
      await desk.sees(/"virtual-size": 40894464/);
      await desk.run('query-status | tr a-z A-Z');
      await desk.sees(/"STATUS": "PRELAUNCH"/);
    },
    { rows: 60 },
  ));

test('what is longer than the screen comes a screenful at a time, and the next line can be typed into it', () =>
  withDesk(async desk => {
    const { screen } = desk;
    screen.type('query-commands\r');
    await desk.sees(/row \d+ of \d+ {3}Space goes on/);
    const first = screen.text()[0];
    screen.key('Space');
    await desk.sees(shown => shown.text()[0] !== first && /Space goes on/.test(shown.text().join('\n')));
    screen.type('q');
    await desk.sees(/more rows are not shown/);
    await desk.sees(atPrompt);
    screen.type('query-commands\r');
    await desk.sees(/Space goes on/);
    screen.type('stop');
    await desk.sees(/^\(QEMU\) stop/m);
  }));

test('events are one line each, can be filtered, and are looked back at', () =>
  withDesk(async desk => {
    await desk.run('cont');
    await desk.sees(/^\d\d:\d\d:\d\d\.\d{3} {2}RESUME +the guest runs/m);
    await desk.run('.events BLOCK_JOB_*');
    await desk.sees(/shown: BLOCK_JOB_\* and alarms/);
    await desk.run('.events BLOCK_JOB_* -STOP');
    await desk.run('stop');
    await desk.sees(/stop\n\{\}/);
    assert.not(desk.screen.text().some(row => /^\d.*STOP/.test(row)));
    await desk.run('.events log');
    await desk.sees(/STOP +the guest is paused/);
  }));

test('a job has a row with bar, pace and state, and .jobs acts on it', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await mirror(desk);
    await desk.sees(/^job0 {2}mirror {2}node-A -> node-E {2}[█░]+ +\d+%/m);
    screen.type('.jobs\r');
    await desk.sees(/^> job0[\s\S]*of (?:39|8) MiB[\s\S]*p pause {3}s speed {3}x cancel/m);
    screen.type('p');
    await desk.sees(/job-pause id=job0[\s\S]*paused[\s\S]*r resume/);
    screen.type('r');
    await desk.sees(/job-resume id=job0/);
    screen.type('s');
    await desk.sees(/bytes a second/);
    screen.type('0\r');
    await desk.sees(/block-job-set-speed device=job0 speed=0/);
    await desk.sees(/ready[\s\S]*c complete/);
    screen.type('x');
    await desk.sees(/Run job-cancel id=job0 \(give it up[\s\S]*\[y\/N\]/);
    screen.type('n');
    await desk.sees(/c complete/);
    screen.type('c');
    await desk.sees(/switch over to the target\)\? \[y\/N\]/);
    screen.type('y');
    await desk.sees(/job-complete id=job0[\s\S]*job0 mirror done/);
    screen.type('q');
    await desk.sees(atPrompt);
  }));

test('.jobs without a job takes no key of the next line', () =>
  withDesk(async desk => {
    desk.screen.type('.jobs\rquery-jobs\r');
    await desk.sees(/no job runs\s+\[\]/);
  }));

test('.graph draws chains, devices and jobs, and writes SVG and DOT, never over another kind of file', () =>
  withDesk(
    async desk => {
      const { vm } = desk;
      await desk.run(
        'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
      );
      await desk.sees(/\{\}/);
      await desk.run('.graph');
      await desk.sees(/\[a\.qcow2\].*<-- \[b\.qcow2\].*<-- virtio0/);
      await desk.run('.graph nowhere');
      await desk.sees(/no node, device or export nowhere; there are/);
      await desk.run('.graph --svg chain.svg');
      await desk.sees(/chain\.svg is written/);
      assert.match(readFileSync(join(vm.folder, 'chain.svg'), 'utf8'), /^<svg[\s\S]*node-B/);
      await desk.run('.graph --dot a.qcow2');
      await desk.sees(/another kind of file; it is left alone/);
      await desk.run('.graph --dot');
      await desk.sees(/digraph blocks/);
    },
    { rows: 50 },
  ));

test('.watch redraws in place and marks what changed', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await mirror(desk, 'speed=4M');
    screen.type('.watch 200ms query-jobs\r');
    await desk.sees(/query-jobs {2}every 0\.2 s/);
    await desk.sees(shown =>
      shown
        .text()
        .some((row, y) => row.startsWith('job0') && [...row].some((_, x) => shown.cell(y, x).underline)),
    );
    assert.is(screen.text().filter(row => row.includes('every 0.2 s')).length, 1);
    screen.key('C-c');
    await desk.sees(atPrompt);
    screen.type('.watch quit\r');
    await desk.sees(/quit is not for doing again and again/);
  }));

test("QEMU's puzzling refusals are explained, with the line that would work", () =>
  withDesk(async desk => {
    await mirror(desk);
    await desk.run('blockdev-backup device=virtio0 target=node-E sync=full');
    await desk.sees(/error {2}GenericError: Cannot find device=.?virtio0[\s\S]*try {4}\S+/);
  }));

const STORM = 100_000;

test('100,000 events while a line is typed: the line is whole, the log has every event', async () => {
  const server = await startFakeServer({
    answer: message =>
      message['execute'] === 'query-qmp-schema' ? { error: { class: 'CommandNotFound', desc: 'no' } } : {},
  });
  try {
    await withPrompt(server.address, async screen => {
      const line = '.events log 3 RTC_CHANGE';
      const each = Math.floor(STORM / line.length);
      let sent = 0;
      for (const [i, letter] of [...line].entries()) {
        const events = [];
        const count = i === line.length - 1 ? STORM - sent : each;
        for (let n = 0; n < count; n++) {
          const offset = sent++;
          events.push({
            timestamp: { seconds: 1795375453, microseconds: offset },
            event: offset % 2 === 0 ? 'RTC_CHANGE' : 'BALLOON_CHANGE',
            data: offset % 2 === 0 ? { offset } : { actual: offset },
          });
        }
        server.tell(...events);
        screen.type(letter);
        // Behind the cursor grey text may stand.
        const wanted = `(QEMU) ${line.slice(0, i + 1)}`;
        await screen.waitFor(({ cursor }) => {
          const row = screen.text()[cursor.row] ?? '';
          return row.padEnd(cursor.col).slice(0, cursor.col) === wanted;
        });
      }
      screen.key('Enter');
      await screen.waitFor(/RTC_CHANGE.*\n[\s\S]*\(QEMU\)/);
      // On the screen every event is counted once.
      for (const name of ['RTC_CHANGE', 'BALLOON_CHANGE']) {
        const burst = new RegExp(`^\\S+ {2}${name} +(?:x (\\d+) )?`);
        const counted = () =>
          screen
            .lines()
            .reduce((sum, row) => sum + (burst.test(row) ? Number(burst.exec(row)?.[1] ?? 1) : 0), 0);
        // Three of them were looked back at.
        const extra = name === 'RTC_CHANGE' ? 3 : 0;
        await screen.waitFor(() => counted() === STORM / 2 + extra, 30_000);
      }
      const before = screen.raw().length;
      screen.type(`.events log ${STORM}\r`);
      await screen.waitFor(
        () =>
          (
            screen
              .raw()
              .slice(before)
              .match(/(RTC|BALLOON)_CHANGE/g) ?? []
          ).length === STORM,
        60_000,
      );
    });
  } finally {
    await server.close();
  }
});

test.run();
