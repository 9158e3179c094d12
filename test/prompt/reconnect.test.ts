// A connection that is lost is made again by itself: with real QEMUs that are killed, restarted and shut down at one socket.
import { spawnSync } from 'node:child_process';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, typedLine, withPrompt } from '../desk.ts';
import { openSession, type Qemu, startQemu, withQemu } from '../qemu.ts';
import type { Screen } from '../screen.ts';

const all = (screen: Screen) => screen.lines().join('\n');
const gone = (screen: Screen) => /^\(gone\)$/.test(screen.text()[screen.cursor.row]?.trimEnd() ?? '');
const cutAtCursor = (shown: Screen) => (shown.text()[shown.cursor.row] ?? '').slice(0, shown.cursor.col);
const typed = (shown: Screen) => typedLine(shown).startsWith('query-named-block-nodes fl');
const CHASING = /connecting again (to \S+|in \d s|now)[\s\S]*Ctrl-C stops\s+that/;

/** A prompt at a QEMU, and a way to start another one at the same socket. */
async function withBoth(
  run: (screen: Screen, qemu: Qemu, restart: () => Promise<Qemu>) => Promise<void>,
  options: { readonly args?: readonly string[] } = {},
): Promise<void> {
  await withQemu(options, qemu =>
    withPrompt(qemu.address, async screen => {
      const more: Qemu[] = [];
      try {
        await screen.waitFor(/^QEMU \d/m);
        await run(screen, qemu, async () => {
          const again = await startQemu({ ...options, folder: qemu.folder });
          more.push(again);
          return again;
        });
      } finally {
        for (const one of more) await one.close();
      }
    }),
  );
}

test('a VM that is killed and started again is connected to again; the typed line stays, and the pending command is told', () =>
  withBoth(async (screen, qemu, restart) => {
    screen.type('query-status\r');
    await screen.waitFor(/prelaunch[\s\S]*prelaunch/);
    process.kill(qemu.pid, 'SIGSTOP');
    screen.type('blockdev-add driver=null-co node-name=n\r');
    await screen.waitFor(/blockdev-add: no reply for/);
    screen.type('query-named-block-nodes fl');
    await screen.waitFor(typed);
    await qemu.kill();
    await screen.waitFor(/blockdev-add was sent to .*no reply came[\s\S]*It may have happened/);
    await screen.waitFor(CHASING);
    assert.match(screen.text()[screen.cursor.row] ?? '', /^\(gone\) query-named-block-nodes fl/);
    await restart();
    await screen.waitFor(/connected again after .*; events in between were not seen\nQEMU 7/);
    await screen.waitFor(typed);
    await screen.waitFor(shown => !CHASING.test(shown.text().join('\n')));
    // The schema is there again: the typed line is explained and completed.
    screen.type('\t');
    await screen.waitFor(shown => /nodes flat=$/.test(cutAtCursor(shown)));
    screen.type('true\r');
    await screen.waitFor(/flat=true\n\[\]/);
  }));

test('what is entered meanwhile is not sent, Ctrl-C ends the trying, and .connect connects', () =>
  withBoth(async (screen, qemu, restart) => {
    await qemu.kill();
    await screen.waitFor(CHASING);
    screen.type('query-status\r');
    await screen.waitFor(/there is no connection\n *It is being made again, and nothing is sent before/);
    screen.key('C-c');
    await screen.waitFor(/not connecting again\n\.connect tries once more, Ctrl-D leaves/);
    await restart();
    assert.ok(gone(screen));
    screen.type('.connect\r');
    await screen.waitFor(atPrompt);
    assert.not.match(all(screen), /connected again/);
  }));

test('.set reconnect off: it is told how, and not done', () =>
  withBoth(async (screen, qemu) => {
    screen.type('.set reconnect off\r');
    await screen.waitFor(shown => atPrompt(shown) && /reconnect off/.test(all(shown)));
    await qemu.kill();
    await screen.waitFor(/\.connect connects again \(\.set reconnect on: by itself\)/);
    await screen.waitFor(gone);
    assert.not.match(all(screen), /connecting again/);
  }));

test('after quit nothing is tried; a VM that says that it ends is waited for, but not for ever', async () => {
  await withBoth(async screen => {
    screen.type('quit\r');
    await screen.waitFor('[y/N]');
    screen.type('y');
    await screen.waitFor(/QEMU has ended\. \.connect ADDRESS/);
    assert.not.match(all(screen), /connecting again/);
  });
  await withBoth(async (screen, qemu) => {
    process.kill(qemu.pid, 'SIGTERM');
    await screen.waitFor(/QEMU has told its end \(host-signal\): it is waited for, 1 min at most/);
    await screen.waitFor(CHASING);
  });
});

test('a page whose VM has gone ends with its undo, and nothing of it reaches the VM that comes', () =>
  withBoth(async (screen, qemu, restart) => {
    const page = [
      '(QEMU) blockdev-add driver=null-co node-name=mine',
      '(QEMU) .wait STOP timeout=60s',
      '(QEMU) blockdev-add driver=null-co node-name=never',
    ].join('\n');
    const undo = '```qmp on-failure\n(QEMU) blockdev-del node-name=mine\n```\n';
    const file = join(qemu.folder, 'p.md');
    spawnSync('tee', [file], { input: `${undo}\n\`\`\`qmp\n${page}\n\`\`\`\n` });
    screen.type(`.play ${file}\r`);
    await screen.waitFor(/wait STOP/);
    await qemu.kill();
    const again = await restart();
    await screen.waitFor(/left +blockdev-del node-name=mine +\(the connection is lost\)/);
    await screen.waitFor(/connected again after .*\nQEMU 7/);
    await screen.waitFor(atPrompt);
    screen.type('query-named-block-nodes flat=true\r');
    await screen.waitFor(/flat=true\n\[\]/);
    assert.ok(again.pid > 0);
  }));

test('a link that drops is made again, and the VM goes on', () =>
  withQemu({}, async qemu => {
    // The way of an ssh tunnel or a router: it may go while both ends stay.
    const ends = new Set<Socket>();
    const way = createServer(near => {
      const far = netConnect(qemu.address);
      for (const end of [near, far]) ends.add(end.on('error', () => {}));
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
    });
    const path = join(qemu.folder, 'way');
    await new Promise<void>(resolve => way.listen(path, resolve));
    try {
      await withPrompt(path, async screen => {
        screen.type('blockdev-add driver=null-co node-name=kept\r');
        await screen.waitFor(/kept\n\{\}/);
        for (const end of ends) end.destroy();
        await screen.waitFor(/connected again after .*\nQEMU 7/);
        await screen.waitFor(atPrompt);
        screen.type('query-named-block-nodes flat=true\r');
        await screen.waitFor(/kept +null-co|"node-name": "kept"/);
      });
    } finally {
      way.close();
    }
  }));

test('another client that has taken the monitor meanwhile is told, and waited for', () =>
  withBoth(async (screen, qemu, restart) => {
    await qemu.kill();
    await screen.waitFor(CHASING);
    const again = await restart();
    let other = await openSession(again.address).catch(() => undefined);
    if (!other) return; // the prompt was quicker: nothing to see
    await screen.waitFor(/connecting again in [\s\S]*(sent\s+no\s+greeting|is\s+busy)/);
    await other.close();
    other = undefined;
    await screen.waitFor(/connected again after/);
  }));

test.run();
