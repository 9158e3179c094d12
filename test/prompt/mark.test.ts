// What the prompt says: which VM, that a recording runs, the vi mode; and the fresh practice VM after quit.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPractice } from '../../src/io/practice.ts';
import { BIN } from '../command.ts';
import { atPrompt, withDesk } from '../desk.ts';
import { type Screen, withScreen } from '../screen.ts';

const row = (screen: Screen) => screen.text()[screen.cursor.row] ?? '';
const prompted = (wanted: string) => (screen: Screen) => row(screen).trimEnd() === wanted;

test('the prompt names the VM once there is more than one in play, and the lines that ran stay as they were', () =>
  withDesk(async desk => {
    const other = await startPractice({ beside: desk.vm, name: 'b', args: ['-name', 'guest=garden'] });
    try {
      assert.ok(prompted('(QEMU)')(desk.screen));
      desk.screen.type('.connect b.sock\r');
      await desk.sees(prompted('(QEMU garden)'));
      desk.screen.type('query-status\r');
      await desk.sees(/^\(QEMU\) query-status\n\{/m);
      await desk.sees(prompted('(QEMU garden)'));
      desk.screen.type(`.connect ${desk.vm.address}\r`);
      await desk.sees(prompted('(QEMU qmp.sock)'));
    } finally {
      await other.close();
    }
  }));

for (const [format, prompt] of [
  ['%n', '(qmp.sock)'],
  ['vm:%n', '(vm:qmp.sock)'],
  ['100%%', '(100%)'],
  ['QEMU', '(QEMU)'],
] as const)
  test(`.set prompt ${format} makes ${prompt}`, () =>
    withDesk(async desk => {
      desk.screen.type(`.set prompt ${format}\r`);
      await desk.sees(prompted(prompt));
      desk.screen.type('.set prompt auto\r');
      await desk.sees(prompted('(QEMU)'));
    }));

test('a format that would end the prompt early is refused', () =>
  withDesk(async desk => {
    await desk.run('.set prompt a)b');
    await desk.sees('prompt is at most 40 characters without brackets');
  }));

test('the prompt says that a recording runs', () =>
  withDesk(async desk => {
    desk.screen.type('.record r.md\r');
    await desk.sees(prompted('rec (QEMU)'));
    desk.screen.type('query-status\r');
    await desk.sees(/^\(QEMU\) query-status$/m);
    desk.screen.type('.record stop\r');
    await desk.sees(prompted('(QEMU)'));
  }));

test('vi keys: a mark behind the prompt and the shape of the cursor tell the mode, and leaving puts it back', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.run('.set keys vi');
    await desk.sees(shown => shown.raw().includes('\x1b[6 q'));
    await desk.type('query-status');
    screen.key('Esc');
    await desk.sees(/^\(QEMU\):query-status/m);
    assert.ok(screen.raw().includes('\x1b[2 q'));
    screen.type('i');
    await desk.sees(/^\(QEMU\) query-status/m);
    await desk.drop();
    screen.key('C-d');
    await screen.waitForExit();
    assert.is(
      screen
        .raw()
        .match(/\x1b\[\d q/g)
        ?.at(-1),
      '\x1b[0 q',
    );
  }));

test('after quit in a practice VM one word brings a fresh one, which is gone with the prompt', () =>
  withScreen({ command: process.execPath, args: [BIN, 'practice'] }, async screen => {
    const folder = () =>
      screen
        .lines()
        .join('\n')
        .match(/\/\S*qmpsh-\w+/g)
        ?.at(-1) ?? '';
    await screen.waitFor('.learn begins the lessons');
    await screen.waitFor(atPrompt);
    const first = folder();
    screen.type('quit\r');
    await screen.waitFor('[y/N]');
    screen.type('y');
    await screen.waitFor(/QEMU has ended\. \.practice begins a fresh one/);
    screen.type('.practice\r');
    await screen.waitFor(() => folder() !== first);
    await screen.waitFor(atPrompt);
    const fresh = folder();
    screen.type('query-status\r');
    await screen.waitFor('prelaunch"');
    assert.ok(existsSync(join(fresh, 'a.qcow2')));
    screen.key('C-d');
    await screen.waitForExit();
    assert.not(existsSync(fresh));
  }));

test.run();
