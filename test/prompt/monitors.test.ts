// Several monitors at one prompt, by name: two practice VMs, one behind each name.
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPractice } from '../../src/io/practice.ts';
import { qmpsh } from '../command.ts';
import { atPrompt, type Desk, withDesk } from '../desk.ts';
import type { Screen } from '../screen.ts';

const prompted = (wanted: string) => (screen: Screen) =>
  screen.text()[screen.cursor.row]?.trimEnd() === wanted;

/** A prompt that has gone over to a second VM, called b. */
const withTwo = (run: (desk: Desk) => Promise<void>) =>
  withDesk(async desk => {
    const other = await startPractice({ beside: desk.vm, name: 'b' });
    try {
      desk.screen.type('.connect b=./b.sock\r');
      await desk.sees('the monitor before is called qmp.sock: .connect qmp.sock goes back');
      await desk.sees(prompted('(QEMU b)'));
      await run(desk);
    } finally {
      await other.close();
    }
  });

test('.on runs a line on the other one, .connect goes there and lists them, and both stay connected', () =>
  withTwo(async desk => {
    const { screen } = desk;
    const ask = async (line: string, wanted: RegExp) => {
      screen.type(`${line}\r`);
      await desk.sees(wanted);
      await desk.sees(atPrompt);
    };
    await ask('.connect', /^ {2}qmp\.sock +\/\S+\/qmp\.sock\n\* b +\S*b\.sock +here/m);
    await ask('.on qmp.sock blockdev-add driver=null-co node-name=far', /node-name=far\n\{\}/);
    await ask('.on qmp.sock query-named-block-nodes flat=true | grep -c \'"far"\'', /'"far"'\n1\n/);
    await ask('query-named-block-nodes flat=true | grep -c far', /c far\n0\n/);
    await ask('.connect qmp.sock', /QEMU 7[\s\S]*QEMU 7[\s\S]*QEMU 7/);
    assert.ok(prompted('(QEMU qmp.sock)')(screen));
    await ask('query-named-block-nodes flat=true | grep -c \'"far"\'', /flat=true \| grep -c '"far"'\n1\n/);
    // A name is completed, and a line that is not for one VM says where to go.
    screen.type('.on b.\t');
    await desk.drop();
    await ask('.on b .watch query-status', /\.watch is not for one line: \.connect b goes there/);
    await ask('.on nobody query-status', /no monitor is called nobody\n *There is qmp\.sock, b\./);
    await ask(`.connect b=${join(desk.vm.folder, 'qmp.sock')}`, /b is \S*b\.sock already/);
  }));

test('events of all are shown with their name, and the end of one is told without leaving the other', () =>
  withTwo(async desk => {
    const { screen } = desk;
    screen.type('.on qmp.sock cont\r');
    await desk.sees(/^qmp\.sock {2}\d\d:\d\d:\d\d\S* +RESUME/m);
    screen.type('stop\r');
    screen.type('cont\r');
    await desk.sees(/^b {2}\d\d:\d\d:\d\d\S* +RESUME/m);
    process.kill(desk.vm.pid, 'SIGKILL');
    await desk.sees(/^qmp\.sock: the connection to .* was lost/m);
    await desk.sees(prompted('(QEMU b)'));
    screen.type('.on qmp.sock query-status\r');
    await desk.sees(/there is no connection to qmp\.sock\n *\.connect qmp\.sock makes a new one/);
    screen.type('.connect\r');
    await desk.sees(/^ {2}qmp\.sock +\S+ +gone$/m);
  }));

test('Tab completes the names', () =>
  withTwo(async desk => {
    desk.screen.type('.on q\t');
    await desk.sees(/^\(QEMU b\) \.on qmp\.sock/m);
    await desk.drop();
    desk.screen.type('.connect q\t');
    await desk.sees(/^\(QEMU b\) \.connect qmp\.sock/m);
  }));

test('without a prompt there are no names, and it says what to use', async () => {
  const vm = await startPractice();
  try {
    for (const [line, says] of [
      ['.connect b=./b.sock', /monitors have names at a prompt only\n.*--on A --on B/],
      ['.on b query-status', /--on A --on B/],
    ] as const) {
      const done = await qmpsh(['-c', line, vm.address]);
      assert.is(done.status, 2);
      assert.match(done.err, says);
    }
  } finally {
    await vm.close();
  }
});

test('.connect offers the monitors of this host', () =>
  withDesk(async desk => {
    const { screen } = desk;
    const other = await startPractice({ args: ['-name', 'other'] });
    try {
      screen.type('.connect ');
      // (They are looked for behind the first key.)
      await new Promise(resolve => setTimeout(resolve, 1500));
      screen.type(`${other.address.slice(0, -4)}\t`);
      await desk.sees(screen => screen.text().some(row => row.includes(`.connect ${other.address}`)));
      screen.type('\r');
      await desk.sees(/QEMU 7|QEMU \d+\.\d+/);
    } finally {
      await other.close();
    }
  }));

test.run();
