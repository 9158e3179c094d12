// What is said of a monitor that takes the connection and sends no greeting: only what is known.
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { startFakeServer } from '../fake-server.ts';
import { openSession, type Qemu, withQemu } from '../qemu.ts';

const OTHER = /and another one is connected\. End that one/;
const STOPPED = /\(process \d+\) is stopped, by SIGSTOP or a debugger, and answers nobody: kill -CONT \d+/;

interface Case {
  readonly name: string;
  readonly prepare: (qemu: Qemu) => Promise<() => unknown> | (() => unknown);
  readonly says: RegExp;
  readonly not: RegExp;
}

const stop = ({ pid }: Qemu) => {
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
};
const occupy = async ({ address }: Qemu) => {
  const session = await openSession(address);
  return () => session.close();
};

const CASES: readonly Case[] = [
  { name: 'another client is connected', prepare: occupy, says: OTHER, not: /stopped|likely/ },
  { name: 'QEMU is stopped', prepare: stop, says: STOPPED, not: /another|likely/ },
  {
    name: 'QEMU is stopped, and somebody is connected',
    prepare: async qemu => {
      const leave = await occupy(qemu);
      const go = stop(qemu);
      return async () => {
        go();
        await leave();
      };
    },
    says: STOPPED,
    not: /another|likely/,
  },
  {
    name: 'more than one waits before us',
    prepare: async qemu => {
      const leave = await occupy(qemu);
      const next = connect(qemu.address);
      await new Promise(resolve => next.once('connect', resolve));
      return async () => {
        next.destroy();
        await leave();
      };
    },
    says: OTHER,
    not: /stopped|likely/,
  },
];

for (const { name, prepare, says, not } of CASES)
  test(`no greeting: ${name}`, () =>
    withQemu({}, async qemu => {
      const undo = await prepare(qemu);
      try {
        const done = await qmpsh(['--timeout', '300ms', '-c', 'query-name', qemu.address]);
        assert.is(done.status, 3, done.err);
        assert.match(done.err, /takes connections, but sent no greeting|is busy: it has not taken/);
        assert.match(done.err, says);
        assert.not.match(done.err, not);
      } finally {
        await undo();
      }
    }));

test('no greeting: a server that takes the connection and is no monitor', async () => {
  const silent = await startFakeServer({ greeting: undefined });
  const done = await qmpsh(['--timeout', '300ms', '-c', 'query-name', silent.address]);
  await silent.close();
  assert.is(done.status, 3);
  assert.match(
    done.err,
    /not busy with another client, and may be no QMP monitor\. .*(?:use --agent|Nor is it a guest agent)/,
  );
});

test('no reply: QEMU was stopped meanwhile', () =>
  withQemu({}, async qemu => {
    // The first reply stops QEMU; the pipe behind it holds the second line back until that has happened.
    const line = `query-name | cat && kill -STOP ${qemu.pid}`;
    const done = await qmpsh(['--timeout', '500ms', qemu.address], { input: `${line}\ncont\n` });
    process.kill(qemu.pid, 'SIGCONT');
    assert.is(done.status, 4, done.err);
    assert.match(done.err, /It was sent and may still happen\. Its QEMU \(process/);
  }));

test.run();
