// The rows that tell of a VM that does not answer: on a clock of the test's own, and with real ones.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Silence } from '../../src/line/silence.ts';
import { Session } from '../../src/session/client.ts';
import { plain } from '../../src/text/line.ts';
import { BIN } from '../command.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';
import { openSession, withQemu } from '../qemu.ts';
import { type Screen, withScreen } from '../screen.ts';

async function silent(stopped: () => number | undefined) {
  const clock = new FakeClock();
  const fake = fakeMonitor();
  const session = await Session.open(fake, { clock, address: 'x' });
  // What stands on a screen that is drawn when it is told to be.
  let drawn: readonly string[] = [];
  const silence: Silence = new Silence({
    clock,
    session,
    stopped: async () => stopped(),
    way: () => 'Ctrl-C stops waiting',
    changed: () => {
      drawn = silence.rows(80).map(plain);
    },
  });
  const pass = async (ms: number) => {
    for (let i = 0; i < ms; i += 100) {
      clock.advance(100);
      for (let n = 0; n < 5; n++) await Promise.resolve();
    }
    return drawn;
  };
  return { clock, fake, session, silence, pass };
}

test('nothing is said of a reply that takes two seconds, then what waits and how long, and no more with the reply', async () => {
  const { clock, fake, session, pass } = await silent(() => undefined);
  const first = session.execute('query-jobs');
  assert.equal(await pass(1900), []);
  assert.equal(await pass(100), ['query-jobs: no reply for 2 s; .oob LINE overtakes, Ctrl-C stops waiting']);
  const second = session.execute('stop');
  assert.equal(await pass(10_000), [
    'query-jobs: no reply for 12 s, stop: 10 s; .oob LINE overtakes, Ctrl-C stops',
    '  waiting',
  ]);
  fake.tell({ return: [], id: 1 });
  await first;
  assert.equal(await pass(0), ['stop: no reply for 10 s; .oob LINE overtakes, Ctrl-C stops waiting']);
  clock.set += 3_600_000;
  assert.equal(
    await pass(1000),
    ['stop: no reply for 11 s; .oob LINE overtakes, Ctrl-C stops waiting'],
    'the time was set',
  );
  fake.tell({ return: {}, id: 2 });
  await second;
  assert.equal(await pass(0), []);
  await pass(5000);
  assert.is(clock.timers, 0);
});

test('a VM that is stopped is told as such while it is', async () => {
  let pid: number | undefined = 42;
  const { session, silence, pass, clock } = await silent(() => pid);
  session.execute('query-jobs').catch(() => {});
  const row = 'QEMU (process 42) is stopped; kill -CONT 42 lets it go on';
  assert.equal((await pass(2000))[1], row);
  pid = undefined;
  assert.is((await pass(1000)).length, 1);
  silence.close();
  assert.equal(silence.rows(80), []);
  assert.is(clock.timers, 0);
});

/** Lines on a real terminal. */
const atTerminal = (args: readonly string[], run: (screen: Screen) => Promise<void>) =>
  withScreen({ command: process.execPath, args: [BIN, ...args] }, run);

test('lines without a prompt, at a terminal: the row says what is waited for, and is gone with the reply', () =>
  withQemu({ args: ['-blockdev', 'driver=null-co,node-name=n'] }, async ({ address }) => {
    const hangs = 'human-monitor-command command-line="qemu-io n \\"sleep 2600\\""';
    await atTerminal(['-c', hangs, '-c', 'query-name', address], async screen => {
      await screen.waitFor(/human-monitor-command: no reply for \d s; .oob LINE overtakes, Ctrl-C stops/);
      await screen.waitForExit();
      assert.equal(
        screen.lines().filter(row => row !== ''),
        ['{"return": ""}', '{"return": {}}'],
      );
    });
  }));

test('a monitor that was taken as it is (-N) and serves somebody else says so', () =>
  withQemu({}, async ({ address }) => {
    const other = await openSession(address);
    await atTerminal(['-N', '-c', 'query-name', address], async screen => {
      await screen.waitFor(
        /query-name: no reply for \d s; Ctrl-C stops waiting\nAnother client is connected/,
      );
      screen.key('C-c');
      await screen.waitForExit();
    });
    await other.close();
  }));

test.run();
