// `.console` on the consoles of real QEMUs: keys go there, output comes from there, Ctrl-] comes back.
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VmConsole } from '../../src/io/console.ts';
import { qmpsh } from '../command.ts';
import { atPrompt, typedLine, withDesk, withPrompt } from '../desk.ts';
import { inFolder } from '../folder.ts';
import { withQemu } from '../qemu.ts';
import type { Screen } from '../screen.ts';

const QEMU = process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64';
const BARE = [QEMU, '-nodefaults', '-display', 'none', '-M', 'q35,graphics=off', '-m', '32', '-S'];
const DETACH = '\x1d';

/** A prompt on a QEMU that is its child. */
function onChild(
  name: string,
  more: readonly string[],
  run: (screen: Screen) => Promise<void>,
  env: Readonly<Record<string, string | undefined>> = {},
): void {
  const [last = '', ...first] = [...more].reverse();
  test(name, () => withPrompt(last, run, { args: ['--', ...BARE, ...first.reverse()], env }));
}

async function enter(screen: Screen, line: string): Promise<void> {
  screen.type(line);
  await screen.waitFor(shown => typedLine(shown).includes(line));
  screen.key('Enter');
}

const isThere = /\[\w+: Ctrl-\] goes back to the prompt/;

onChild(
  'the human monitor on a terminal: keys go there, Ctrl-] comes back',
  ['-monitor', 'pty'],
  async screen => {
    await screen.waitFor(/\.console attaches to its console: compat_monitor0/);
    await enter(screen, '.console');
    await screen.waitFor(isThere);
    await screen.waitFor(/^\(qemu\)/m);
    screen.type('info version\r');
    await screen.waitFor(/^\d+\.\d+\.\d+.*\n\(qemu\)/m);
    // Its bytes come as they are: what goes on below in the same column does so.
    assert.not.match(screen.raw().slice(screen.raw().indexOf('goes back')), /\r\r\n/);
    // Ctrl-C is the console's, and ends neither the shell nor the VM.
    screen.type('\x03');
    screen.type('info status\r');
    await screen.waitFor(/VM status: paused/);
    screen.type(DETACH);
    await screen.waitFor(/left compat_monitor0: what it writes is kept/);
    await screen.waitFor(atPrompt);
    await enter(screen, 'query-status');
    await screen.waitFor(/prelaunch/);
  },
);

onChild('Ctrl-] itself stays here', ['-qmp', 'pty'], async screen => {
  await screen.waitFor(/compat_monitor0/);
  await enter(screen, '.console');
  await screen.waitFor(/"QMP"/);
  screen.type('{"execute": "qmp_capabilities", "id": 1}\r');
  await screen.waitFor(/"id": 1/);
  screen.type(DETACH);
  await screen.waitFor(/left compat_monitor0/);
  await enter(screen, '.console');
  await screen.waitFor(
    shown =>
      [
        ...shown
          .text()
          .join('\n')
          .matchAll(/\[compat_monitor0: Ctrl-\]/g),
      ].length === 2,
  );
  screen.type('{"execute": "query-name", "id": 2}\r');
  await screen.waitFor(/"id": 2/);
  // (Whatever is no JSON is answered by an error.)
  assert.not.match(screen.text().join('\n'), /"error"/);
  screen.type(DETACH);
  await screen.waitFor(atPrompt);
});

onChild('what comes while nobody looks is kept, and shown once', ['-serial', 'pty'], async screen => {
  await screen.waitFor(/\.console attaches to its console: serial0/);
  await enter(screen, 'cont');
  await screen.waitFor(/\{\}/);
  // (The firmware says in the end that it found nothing to start from.)
  await new Promise(resume => setTimeout(resume, 1500));
  await enter(screen, '.console');
  await screen.waitFor(/SeaBIOS[\s\S]*No bootable device/, 30_000);
  // The firmware has wiped the screen: what leads back is said again.
  await screen.waitFor(isThere);
  screen.type(DETACH);
  await screen.waitFor(/left serial0/);
  await enter(screen, '.console serial0');
  await screen.waitFor(
    shown =>
      [
        ...shown
          .text()
          .join('\n')
          .matchAll(/\[serial0: Ctrl-\]/g),
      ].length >= 2,
  );
  screen.type(DETACH);
  await screen.waitFor(
    shown =>
      [
        ...shown
          .text()
          .join('\n')
          .matchAll(/left serial0/g),
      ].length >= 2,
  );
});

onChild(
  'the line being typed and another size of the window are as they were',
  ['-monitor', 'pty'],
  async screen => {
    await screen.waitFor(/compat_monitor0/);
    // It waits behind a line that waits, and another line is being typed then.
    await enter(screen, '.wait STOP timeout=2s');
    screen.type('.console\r');
    screen.type('query-st');
    await screen.waitFor(isThere);
    await screen.waitFor(/^\(qemu\)/m);
    screen.resize(100, 30);
    screen.type('info name\r');
    await screen.waitFor(/\(qemu\) info name[\s\S]*\(qemu\)/);
    screen.type(`${DETACH}atus`);
    await screen.waitFor(shown => typedLine(shown) === 'query-status');
    screen.key('Enter');
    await screen.waitFor(/prelaunch/);
  },
);

onChild('a VM that ends while somebody is there', ['-monitor', 'pty'], async screen => {
  await screen.waitFor(/compat_monitor0/);
  await enter(screen, '.console');
  await screen.waitFor(/^\(qemu\)/m);
  screen.type('quit\r');
  await screen.waitFor(/compat_monitor0 has ended/);
  await screen.waitFor(/^\(gone\)/m);
  // What is left of it can be looked at.
  screen.type('.console\r');
  await screen.waitFor(
    shown =>
      [
        ...shown
          .text()
          .join('\n')
          .matchAll(/has ended/g),
      ].length >= 2,
  );
});

onChild(
  'several: they are listed, Tab completes, one can be left to another program',
  ['-serial', 'pty', '-monitor', 'pty'],
  async screen => {
    await screen.waitFor(/one of its consoles: compat_monitor0, serial0/);
    await enter(screen, '.console');
    await screen.waitFor(/^compat_monitor0 +pty:\/dev\/pts\/\d+/m);
    await screen.waitFor(/^serial0 +pty:[\s\S]*\.console NAME attaches to one/m);
    screen.type('.console se');
    screen.key('Tab');
    await screen.waitFor(shown => typedLine(shown).startsWith('.console serial0'));
    screen.key('Enter');
    await screen.waitFor(/\[serial0: Ctrl-\]/);
    screen.type(DETACH);
    await screen.waitFor(/left serial0/);
    const path = /compat_monitor0 +pty:(\S+)/.exec(screen.text().join('\n'))?.[1] ?? '';
    await enter(screen, '.console free compat_monitor0');
    await screen.waitFor(/compat_monitor0 is left to other programs/);
    const other = await VmConsole.open(`pty:${path}`);
    let said = '';
    other.watch(chunk => {
      said += Buffer.from(chunk).toString();
    });
    other.write(new TextEncoder().encode('info version\r'));
    for (let tries = 0; !/\d\.\d+\.\d+/.test(said); tries++) {
      assert.ok(tries < 1000, said);
      await new Promise(resume => setTimeout(resume, 20));
    }
    other.close();
    await enter(screen, '.console nosuch');
    await screen.waitFor(/there is no console nosuch[\s\S]*There is: compat_monitor0, serial0/);
    await enter(screen, '.console free nosuch');
    await screen.waitFor(/nosuch is not read here/);
  },
);

onChild(
  'without colours nothing of ours is an escape',
  ['-monitor', 'pty'],
  async screen => {
    await screen.waitFor(/compat_monitor0/);
    await enter(screen, '.console');
    await screen.waitFor(/^\(qemu\)/m);
    const shown = screen.raw();
    assert.match(shown, /\[compat_monitor0: Ctrl-\] goes back to the prompt\]\r\n/);
    screen.type(DETACH);
    await screen.waitFor(/left compat_monitor0/);
    assert.not.match(screen.raw(), /\x1b\[[0-9;]*[1-9]m/);
  },
  { NO_COLOR: '1' },
);

onChild(
  'on a terminal that takes no escapes',
  ['-serial', 'pty'],
  async screen => {
    await screen.waitFor(/serial0/);
    screen.type('.console\r');
    await screen.waitFor(isThere);
    screen.type(DETACH);
    await screen.waitFor(/left serial0/);
    assert.not.match(screen.raw(), /\x1b/);
  },
  { TERM: 'dumb' },
);

onChild('a QEMU without any', ['-name', 'none'], async screen => {
  await enter(screen, '.console');
  await screen.waitFor(/this VM has no console to attach to[\s\S]*-serial pty/);
});

test('one on a unix socket is attached to when somebody asks for it', () =>
  inFolder(async folder => {
    const socket = `unix:${join(folder, 's')},server=on,wait=off`;
    await withPrompt(
      socket,
      async screen => {
        await enter(screen, '.console');
        await screen.waitFor(/\[serial0: Ctrl-\]/);
        screen.type(DETACH);
        await screen.waitFor(/left serial0/);
      },
      { args: ['--', ...BARE, '-serial'] },
    );
  }));

test("a VM of somebody else's: where its console is", () =>
  withQemu({ args: ['-serial', 'pty'] }, qemu =>
    withPrompt(qemu.address, async screen => {
      await enter(screen, '.console');
      await screen.waitFor(/no VM of this shell[\s\S]*Its serial0 is at \/dev\/pts\/\d+ of its host/);
    }),
  ));

test('the practice VM has a serial console, on which its firmware speaks', () =>
  withDesk(async ({ screen }) => {
    await enter(screen, '.practice');
    await screen.waitFor(/\.console attaches to its console: serial0/, 60_000);
    await enter(screen, '.console');
    await screen.waitFor(isThere);
    screen.type(DETACH);
    await screen.waitFor(/left serial0/);
    await enter(screen, 'cont');
    await enter(screen, '.console');
    await screen.waitFor(/SeaBIOS/, 30_000);
    screen.type(DETACH);
    await screen.waitFor(atPrompt);
  }));

test('without a terminal it says why not', async () => {
  const done = await qmpsh(['-c', '.console', '--', ...BARE, '-serial', 'pty']);
  assert.is(done.status, 2, done.err);
  assert.match(
    done.err.replaceAll(/\s+/g, ' '),
    /\.console is for somebody at a prompt.* takes each key as it is pressed/,
  );
});

test('only so much is kept of what nobody looks at, and how much is gone is known', async () => {
  const { spawn: pty } = await import('node-pty');
  // It says where its terminal is, then writes on it for whoever opens that.
  const source = pty('sh', ['-c', 'stty raw -echo; tty; sleep 60'], {});
  const path = await new Promise<string>(resolve => {
    let text = '';
    source.onData(chunk => {
      text += chunk;
      const found = /\/dev\/\S+/.exec(text)?.[0];
      if (found) resolve(found);
    });
  });
  const console = await VmConsole.open(`pty:${path}`);
  for (let i = 0; i < 40; i++) source.write(`${'x'.repeat(9_999)}\n`);
  const until = performance.now() + 20_000;
  while (console.unseen.kept + console.unseen.dropped < 400_000 && performance.now() < until)
    await new Promise(resume => setTimeout(resume, 20));
  const { kept, dropped } = console.unseen;
  assert.is(kept + dropped, 400_000);
  assert.ok(kept >= 256 * 1024 && kept < 400_000, `${kept}`);
  let shown = 0;
  const stop = console.watch(chunk => {
    shown += chunk.length;
  });
  stop();
  assert.is(shown, kept);
  assert.equal(console.unseen, { kept: 0, dropped: 0 });
  source.kill();
  await console.ended;
  assert.is(console.write(new Uint8Array(1)), false);
});

test.run();
