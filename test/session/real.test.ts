// The session on a real QEMU.
import { createConnection, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../src/session/client.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { openSession, withQemu } from '../qemu.ts';

async function value(session: Session, command: string, args: JsonObject = {}): Promise<Json> {
  const reply = await session.execute(command, args);
  if (reply.kind === 'refusal') throw new Error(`${command}: ${reply.desc}`);
  return reply.value;
}

test('greeting, a query, a refusal, the schema, quit', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    assert.type(session.greeting?.QMP.version.qemu.major, 'number');
    const status = await session.execute('query-status');
    assert.is(status.kind === 'success' && JSON.stringify(status.value).includes('prelaunch'), true);
    const refused = await session.execute('no-such-command');
    assert.is(refused.kind === 'refusal' && refused.class, 'CommandNotFound');
    const schema = await session.schema();
    assert.ok(schema.commands.has('blockdev-backup') && schema.events.has('SHUTDOWN'));
    const seen: string[] = [];
    session.onEvent(event => seen.push(event.name));
    assert.is((await session.execute('quit')).kind, 'success');
    assert.equal(await session.ended, { expected: true });
    assert.equal(seen, ['SHUTDOWN']);
    assert.is(await qemu.exited, 0);
  }));

test('quit ends normally each time, and with the reply behind it or not', async () => {
  for (let round = 0; round < 6; round++) {
    await withQemu({}, async qemu => {
      const session = await openSession(qemu.address);
      if (round % 2) for (let i = 0; i < 3; i++) session.execute('query-status').catch(() => {});
      assert.is((await session.execute('quit')).kind, 'success');
      assert.equal(await session.ended, { expected: true });
    });
  }
});

test('a monitor started with pretty=on', () =>
  withQemu({ pretty: true }, async qemu => {
    const texts: string[] = [];
    const session = await openSession(qemu.address, { log: (_, text) => texts.push(text) });
    assert.ok(texts[0]?.includes('\n'), 'the greeting is on many lines');
    assert.ok((await session.schema()).commands.size > 100);
    assert.is((await session.execute('quit')).kind, 'success');
    assert.equal(await session.ended, { expected: true });
  }));

test('a busy monitor: no greeting, its own sentence; the waiting client is served when the first leaves', () =>
  withQemu({}, async qemu => {
    const first = await openSession(qemu.address);
    const error = await failure(openSession(qemu.address, { greetingTimeout: 300 }));
    assert.is(error.code, 'busy');
    assert.is(error.exit, 3);
    const second = openSession(qemu.address, { greetingTimeout: 10_000 });
    await first.close();
    assert.is((await (await second).execute('query-status')).kind, 'success');
    await (await second).close();
  }));

test('the queue before a busy monitor is full', () =>
  withQemu({}, async qemu => {
    const first = await openSession(qemu.address);
    const waiting: Socket[] = [];
    try {
      for (let i = 0; i < 4; i++) {
        const socket = createConnection(qemu.address).on('error', () => {});
        waiting.push(socket);
        await new Promise(resolve => socket.once('connect', resolve).once('close', resolve));
      }
      const error = await failure(openSession(qemu.address, { greetingTimeout: 300 }));
      assert.is(error.code, 'busy');
      assert.match(error.message, /is busy: it has not taken the last connections either/);
    } finally {
      for (const socket of waiting) socket.destroy();
      await first.close();
    }
  }));

test('a QEMU that vanishes: what was sent may have happened', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    // A job that cannot be finished, so that its wait is open; and a command whose reply will not come.
    const wait = session.waitFor(event => event.name === 'NEVER', { since: 0, what: 'NEVER' });
    process.kill(qemu.pid, 'SIGSTOP');
    const reply = session.execute('query-status');
    await new Promise(resolve => setTimeout(resolve, 50));
    await qemu.kill();
    const lost = await failure(reply);
    assert.is(lost.kind, 'lost');
    assert.match(lost.message, /query-status was sent/);
    assert.is((await failure(wait)).kind, 'lost');
    const ending = await session.ended;
    assert.is(ending.expected, false);
    assert.is((await failure(openSession(qemu.address))).code, 'ECONNREFUSED');
  }));

for (const host of ['127.0.0.1', '[::1]']) {
  test(`TCP on ${host}`, async () => {
    const bare = host.replace(/[[\]]/g, '');
    const port = await freePort(bare);
    const chardev = `socket,id=tcp,host=${bare},port=${port},server=on,wait=off`;
    await withQemu({ args: ['-chardev', chardev, '-mon', 'chardev=tcp,mode=control'] }, async qemu => {
      const own = await openSession(qemu.address);
      const session = await openSession(`${host}:${port}`);
      assert.is((await session.execute('query-status')).kind, 'success');
      await session.close();
      await own.close();
    });
  });
}

async function freePort(host: string): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

test('integers of any size are exact', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    for (const id of [
      18446744073709551615n,
      9223372036854775807n,
      -9223372036854775808n,
      9007199254740993n,
    ]) {
      const sent = session.sendRaw({ execute: 'query-status', id });
      const { raw } = await sent.reply;
      assert.is(raw['id'], id);
    }
    // Two that a double cannot tell apart are two.
    const pair = [18446744073709551614n, 18446744073709551615n].map(id =>
      session.sendRaw({ execute: 'query-name', id }),
    );
    for (const { reply } of pair) assert.is((await reply).kind, 'success');
    const properties = await value(session, 'device-list-properties', { typename: 'pcie-root-port' });
    const big = Array.isArray(properties)
      ? properties.map((one: JsonObject) => one['default-value']).filter(one => typeof one === 'bigint')
      : [];
    assert.ok(big.includes(18446744073709551615n), 'a default above 2^53');
    await session.close();
  }));

test('what QEMU cannot read is answered without id; the session goes on', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    const list = await session.sendRaw([1]).reply;
    assert.is(list.kind === 'refusal' && list.desc, 'QMP input must be a JSON object');
    assert.is((await failure(session.execute('query-status', { x: '\ud800' }))).exit, 2);
    assert.is((await session.execute('query-status')).kind, 'success');
    await session.close();
  }));

test('40 commands at once, each with its own reply', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    const replies = Array.from({ length: 40 }, (_, i) =>
      session.execute(i % 2 ? 'query-status' : 'query-version'),
    );
    for (const [i, reply] of (await Promise.all(replies)).entries()) {
      assert.is(JSON.stringify(reply.raw).includes(i % 2 ? 'prelaunch' : 'package'), true);
    }
    await session.close();
  }));

test('a backup: every event before its reply is seen, and the wait for the job is right', () =>
  withQemu(
    {
      disks: [
        ['a.qcow2', '4M'],
        ['e.qcow2', '4M'],
      ],
    },
    async qemu => {
      const session = await openSession(qemu.address);
      const add = (name: string) => ({
        driver: 'qcow2',
        'node-name': name,
        file: { driver: 'file', filename: `${name}.qcow2` },
      });
      await value(session, 'blockdev-add', add('a'));
      await value(session, 'blockdev-add', add('e'));
      for (const round of [1, 2]) {
        const sent = session.send({
          execute: 'blockdev-backup',
          arguments: { device: 'a', target: 'e', sync: 'full', 'job-id': 'job0' },
        });
        const event = session.waitFor(({ name }) => name === 'BLOCK_JOB_COMPLETED', {
          since: sent.mark,
          timeout: 60_000,
        });
        const outcome = await session.waitForJob('job0', 'concluded', { since: sent.mark, timeout: 60_000 });
        assert.is(outcome.kind, 'success', `round ${round}`);
        assert.is((await event).data['device'], 'job0');
        assert.is((await sent.reply).kind, 'success');
        assert.equal(await value(session, 'query-block-jobs'), []);
        assert.equal(session.jobs.list(), []);
      }
      await session.close();
    },
  ));

test('blockdev-create, which has no events of its own: success and error', () =>
  withQemu({}, async qemu => {
    const session = await openSession(qemu.address);
    const create = async (id: string, filename: string) => {
      const options = { driver: 'file', filename, size: 1_048_576 };
      const sent = session.send({ execute: 'blockdev-create', arguments: { 'job-id': id, options } });
      assert.is((await sent.reply).kind, 'success');
      const outcome = await session.waitForJob(id, 'concluded', { since: sent.mark, timeout: 60_000 });
      await value(session, 'job-dismiss', { id });
      return outcome;
    };
    assert.is((await create('good', 'new.img')).kind, 'success');
    const bad = await create('bad', 'no/such/folder/new.img');
    assert.is(bad.kind, 'failed');
    assert.match(bad.error ?? '', /No such file or directory/);
    await session.close();
  }));

test.run();
