// `qmpsh share`: one monitor of a real QEMU, many clients.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, requestOf } from '../../src/language/parse.ts';
import { classOf } from '../../src/schema/notes/asking.ts';
import { EXAMPLES } from '../../src/schema/notes/commands.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { crowd, hurry, python, type Shared, share } from '../crowd.ts';
import { inFolder } from '../folder.ts';
import { openSession, type Qemu, type QemuOptions, withQemu } from '../qemu.ts';
import { qmpShell } from '../qmpshell.ts';
import { RawClient } from '../rawclient.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

/** Runs a test body with a shared monitor, ended afterwards. */
async function withShared(
  args: readonly string[],
  body: (shared: Shared, qemu: Qemu) => Promise<void>,
  options: QemuOptions = {},
): Promise<void> {
  await withQemu(options, async qemu => {
    const own = args.map(arg => arg.replace('HERE', qemu.folder));
    const shared = await share(qemu.address, join(qemu.folder, 's'), own);
    try {
      await body(shared, qemu);
    } finally {
      await shared.stop();
    }
  });
}

const errorOf = (reply: JsonObject) => (isObject(reply['error']) ? String(reply['error']['desc']) : '');

test('eight clients at once, one killed and Python among them: no reply is mixed up, none is lost', () =>
  withShared([], async ({ path, until }) => {
    assert.equal(await crowd(path, 8, 100), { mixed: 0, lost: 0, replies: 800 });
    await until('has left');
    // Others work with it meanwhile: qmpsh itself, which uses out-of-band execution.
    const done = await qmpsh(['-c', 'query-status', path]);
    assert.is(done.status, 0, done.err);
    assert.match(done.out, '"prelaunch"');
  }));

/** What is written at once, and all that comes back. */
async function conversation(path: string, text: string): Promise<readonly JsonObject[]> {
  const client = await RawClient.connect(path);
  await client.until(message => 'QMP' in message);
  client.write(`${text}\n{"execute": "qmp_capabilities", "arguments": {"nothing": 1}, "id": "the end"}\n`);
  const found: JsonObject[] = [];
  for (;;) {
    const message = await client.until(() => true);
    if (message['id'] === 'the end') break;
    found.push(message);
  }
  client.close();
  return found;
}

const OPEN = '{"execute": "qmp_capabilities"}';
const OOB = '{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}';
const texts: readonly string[] = [
  '{"execute": "query-status", "id": 1}',
  '{"execute": "qmp_capabilities", "arguments": {"enable": ["nothing"]}, "id": [1, null]}',
  '{"execute": "qmp_capabilities", "arguments": {"enable": "oob"}}',
  '{"exec-oob": "qmp_capabilities"}',
  `${OPEN}${OPEN}`,
  `${OPEN}{"execute": "query-name", "id": {"b": [1, 2.5, "x"], "a": null}}`,
  `${OPEN}{"execute": "query-name", "id": 9223372036854775807}{"execute": "query-name"}`,
  `${OPEN}{'execute': 'query-name', 'id': 'single'}`,
  `${OPEN}{"exec-oob": "query-yank", "id": 2}`,
  `${OOB}{"exec-oob": "query-yank", "id": 2}`,
  `${OOB}{"exec-oob": "query-name", "id": 2}`,
  `${OPEN}{"execute": 5, "id": 3}{"id": 4}{"execute": "query-name", "extra": 1, "id": 5}`,
  `${OPEN}{"execute": "query-name", "arguments": 5, "id": 6}{"execute": "query-name", "execute": "quit"}`,
  `${OPEN}[1] 5 "x" {"execute": "nothing", "id": 7}`,
  `${OPEN}{"execute": "query-name", "id": 1,}\n}\n{"execute": "query-name", "id": 2}`,
  `${OPEN}{"execute": bad}{"execute": "query-name", "id": 2}`,
  `${OPEN}{"execute": "object-add", "arguments": {"qom-type": "iothread"}, "id": 8}`,
];

test('each of them meets the monitor that it knows: greeting, negotiation, ids, errors', () =>
  withQemu({}, async qemu => {
    const direct: (readonly JsonObject[])[] = [];
    for (const text of texts) direct.push(await conversation(qemu.address, text));
    const client = await RawClient.connect(qemu.address);
    const greeting = await client.until(() => true);
    client.close();
    await client.ended;
    const shared = await share(qemu.address, join(qemu.folder, 's'));
    const other = await RawClient.connect(shared.path);
    assert.equal(await other.until(() => true), greeting);
    for (const [i, text] of texts.entries())
      assert.equal(await conversation(shared.path, text), direct[i], text);
    other.close();
    await shared.stop();
  }));

test('each client gets each event, once and in order, but none before it has negotiated', () =>
  withShared([], async ({ path }) => {
    const pairs = 300;
    const listeners = await Promise.all([1, 2, 3].map(() => RawClient.open(path)));
    const stranger = await RawClient.connect(path);
    const busy = hurry(path, 'busy', 100);
    const actor = await RawClient.open(path);
    for (let i = 0; i < pairs; i++)
      actor.write(`{"execute": "stop", "id": ${2 * i}}\n{"execute": "cont", "id": ${2 * i + 1}}\n`);
    await actor.until(({ id }) => id === 2 * pairs - 1);
    // They are there before the reply to a command of one's own behind them.
    for (const client of [...listeners, actor]) {
      await client.ask({ execute: 'query-name', id: 'last' });
      const names = client.messages.flatMap(({ event }) => (typeof event === 'string' ? [event] : []));
      assert.is(names.length, client === actor ? names.length : 2 * pairs - 1);
      names.forEach((name, i) => {
        assert.is(name, i % 2 === 0 ? 'RESUME' : 'STOP');
      });
      client.close();
    }
    assert.equal(await busy, { mixed: 0, lost: 0, replies: 100 });
    assert.equal(
      stranger.messages.map(message => Object.keys(message)),
      [['QMP']],
    );
    stranger.close();
  }));

test('one that never reads is cut off with a reason, and the others go on', () =>
  withShared(
    ['--audit', 'HERE/audit'],
    async ({ path, until }, qemu) => {
      const sleeper = await RawClient.open(path);
      sleeper.read(false);
      const actor = await RawClient.open(path);
      let cut = false;
      const told = until('is cut off').then(() => {
        cut = true;
      });
      for (let i = 0; !cut && i < 500; i++) {
        const execute = i % 2 === 0 ? 'blockdev-open-tray' : 'blockdev-close-tray';
        const reply = await actor.ask({ execute, arguments: { device: 'cd0' }, id: i });
        assert.equal(reply['return'], {});
        actor.messages.splice(0);
      }
      await told;
      await until('of events and replies were not read');
      sleeper.read(true);
      const last = await sleeper.until(({ error }) => error !== undefined);
      assert.match(
        errorOf(last),
        /^qmpsh share: cut off, 8(\.\d+)? MiB of events and replies were not read$/,
      );
      await sleeper.ended;
      assert.match(readFileSync(join(qemu.folder, 'audit'), 'utf8'), '"outcome":"cut off: 8');
      assert.equal((await actor.ask({ execute: 'query-name', id: 'still' }))['return'], {});
      actor.close();
    },
    // Each time the tray moves an event tells its device's long name.
    {
      args: [
        ...['-drive', 'if=none,id=cd0,media=cdrom'],
        ...['-device', `ide-cd,drive=cd0,id=${'x'.repeat(100_000)}`],
      ],
    },
  ));

test('one that asks for much and does not read waits by itself, and gets all of it later', () =>
  withShared([], async ({ path }) => {
    const greedy = await RawClient.open(path);
    greedy.read(false);
    for (let i = 0; i < 30; i++) greedy.send({ execute: 'query-qmp-schema', id: i });
    const other = await RawClient.open(path);
    for (let i = 0; i < 20; i++) await other.ask({ execute: 'query-name', id: i });
    greedy.read(true);
    for (let i = 0; i < 30; i++) assert.is((await greedy.until(() => true))['id'], i);
    for (const client of [greedy, other]) client.close();
  }));

test('out of band overtakes a command that keeps QEMU busy, for who has asked for it', () =>
  withShared(
    [],
    async ({ path }) => {
      const worker = await RawClient.open(path);
      const helper = await RawClient.open(path, ['oob']);
      const line = 'qemu-io disk "sleep 3000"';
      worker.send({ execute: 'human-monitor-command', arguments: { 'command-line': line }, id: 'long' });
      let slept = false;
      const long = worker
        .until(({ id }) => id === 'long')
        .then(() => {
          slept = true;
        });
      helper.send({ execute: 'query-name', id: 'behind' });
      const yank = await helper.ask({ 'exec-oob': 'query-yank', id: 'at once' } satisfies JsonObject);
      assert.equal([yank['return'] !== undefined, slept], [true, false]);
      await helper.until(({ id }) => id === 'behind');
      await long;
      for (const client of [worker, helper]) client.close();
    },
    { args: ['-blockdev', 'null-co,node-name=disk,size=1048576'] },
  ));

test('what a client has not sent yet when it is killed is never sent', () =>
  withShared(
    ['--audit', 'HERE/audit'],
    async ({ path }, qemu) => {
      const worker = await RawClient.open(path);
      const line = 'qemu-io disk "sleep 1000"';
      worker.send({ execute: 'human-monitor-command', arguments: { 'command-line': line }, id: 'long' });
      const doomed = await RawClient.open(path).catch(() => undefined);
      for (let i = 0; i < 100; i++)
        doomed?.send({ execute: 'blockdev-del', arguments: { 'node-name': `n${i}` } });
      doomed?.close();
      await worker.until(({ id }) => id === 'long');
      await worker.ask({ execute: 'query-name', id: 'behind' });
      const carried = readFileSync(join(qemu.folder, 'audit'), 'utf8').match(/"outcome":"refused"/g) ?? [];
      assert.ok(carried.length <= 16, `${carried.length}`);
      worker.close();
    },
    { args: ['-blockdev', 'null-co,node-name=disk,size=1048576'] },
  ));

/** All that a client could change, as a second monitor tells. */
async function stateOf(qemu: Qemu): Promise<Json> {
  const session = await openSession(join(qemu.folder, 'm2'));
  const facts: Json[] = [];
  for (const [command, args] of [
    ...[
      'query-status',
      'query-block',
      'query-jobs',
      'query-block-exports',
      'query-chardev',
      'query-fdsets',
    ].map(name => [name, {}] as const),
    ...[
      'query-migrate-parameters',
      'query-migrate-capabilities',
      'query-migrate',
      'query-pci',
      'query-iothreads',
    ].map(name => [name, {}] as const),
    ['query-named-block-nodes', { flat: true }] as const,
    ['trace-event-get-state', { name: '*' }] as const,
    ...['/objects', '/machine', '/machine/peripheral', '/chardevs'].map(
      path => ['qom-list', { path }] as const,
    ),
  ]) {
    const reply = await session.execute(command, args);
    facts.push(reply.kind === 'success' ? reply.value : reply.desc);
  }
  facts.push(session.events.size);
  await session.close();
  return facts;
}

/** Every command of the three schemas, with arguments that work. */
function everyCommand(): readonly { readonly execute: string; readonly arguments: JsonObject }[] {
  const names = new Set(VERSIONS.flatMap(version => [...schemaOf(version).commands.keys()]));
  const examples = parseTable(EXAMPLES);
  return [...names].map(name => {
    const request = requestOf(parse(examples.get(name) ?? name, schemaOf('11.1')));
    return { execute: name, arguments: request?.arguments ?? {} };
  });
}

test('a read-only client changes nothing by any command of the three schemas', () =>
  withShared(
    ['--read-only', '--audit', 'HERE/audit'],
    async ({ path }, qemu) => {
      const before = await stateOf(qemu);
      const watcher = await openSession(join(qemu.folder, 'm2'));
      const client = await RawClient.open(path, ['oob']);
      const passed: string[] = [];
      const wrong: string[] = [];
      for (const request of everyCommand()) {
        const ways: readonly JsonObject[] = [
          request,
          { 'exec-oob': request.execute, arguments: request.arguments },
          {
            execute: 'transaction',
            arguments: { actions: [{ type: request.execute, data: request.arguments }] },
          },
        ];
        for (const way of classOf(request.execute) === 'asks' ? ways.slice(0, 1) : ways) {
          const reply = await client.ask({ ...way, id: 1 });
          const held = errorOf(reply).startsWith(`qmpsh share: `);
          if (!held) passed.push(request.execute);
          if (held === (classOf(request.execute) === 'asks')) wrong.push(JSON.stringify(way));
        }
      }
      // Its own negotiation, which changes nothing.
      assert.equal(
        wrong.filter(text => !text.includes('"execute":"qmp_capabilities"')),
        [],
      );
      assert.ok(passed.includes('query-status') && passed.includes('qom-get') && passed.length > 90);
      // Spelt as QEMU would read it, and other readers would not.
      client.write(`{'execute': 'stop', "id": 2}{"execute":"qu\\u0069t","id": 3}`);
      for (const id of [2, 3]) assert.match(errorOf(await client.until(m => m['id'] === id)), 'read-only');
      client.write('{"execute": "query-name", "execute": "quit", "id": 4}\n');
      assert.match(errorOf(await client.until(m => 'error' in m)), 'duplicate key');
      assert.equal((await client.ask({ execute: 'query-name', id: 5 }))['return'], {});
      client.close();
      assert.is(watcher.events.size, 0);
      await watcher.close();
      assert.equal(await stateOf(qemu), before);
    },
    {
      disks: [['a.qcow2', '1M']],
      args: [
        ...['-blockdev', 'qcow2,node-name=node-A,file.driver=file,file.filename=a.qcow2'],
        ...['-qmp', 'unix:m2,server=on,wait=off'],
      ],
    },
  ));

test('a policy decides by command and arguments, and a slip in it is told', () =>
  withShared(
    ['--policy', 'HERE/rules'],
    async ({ path, said }) => {
      const client = await RawClient.open(path);
      const add = (name: string) =>
        client.ask({ execute: 'object-add', arguments: { 'qom-type': 'iothread', id: name }, id: name });
      assert.equal((await add('mine-1'))['return'], {});
      assert.is(
        errorOf(await add('other')),
        'qmpsh share: object-add is not allowed with these arguments by the policy',
      );
      const quit = await client.ask({ execute: 'quit', id: 1 });
      assert.is(errorOf(quit), 'qmpsh share: quit is not allowed by the policy');
      assert.match(said(), 'row 3 of the policy: this QEMU has no command block-resize; is it block_resize?');
      client.close();
    },
    {
      prepare: folder =>
        writeFileSync(
          join(folder, 'rules'),
          'allow asks\nallow object-add qom-type=iothread id=mine-*\nallow block-resize\n',
        ),
    },
  ));

test('the audit says when, who, what and the outcome, without secrets, and plays as a page', () =>
  withShared(['--audit', 'HERE/audit'], async (shared, qemu) => {
    const { path } = shared;
    const secret = { 'qom-type': 'secret', id: 's0', data: 'hunter2' };
    const lines = ['object-add qom-type=iothread id=io0', 'object-del id=nothing', 'query-status'];
    await qmpsh([...lines.flatMap(line => ['-c', line]), path]);
    const client = await RawClient.open(path);
    await client.ask({ execute: 'object-add', arguments: secret, id: 1 });
    await client.ask({ execute: 'object-add', arguments: secret, id: 2 });
    await shared.stop();
    client.close();
    const file = join(qemu.folder, 'audit');
    assert.is(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, 'utf8');
    assert.not.match(text, 'hunter2');
    const rows = text
      .trim()
      .split('\n')
      .map(row => parseJson(row))
      .filter(isObject);
    const done = rows.filter(({ execute }) => execute === 'object-add');
    assert.equal(
      done.map(({ outcome }) => outcome),
      ['done', 'done', 'refused'],
    );
    for (const { when, who } of done) {
      assert.match(String(when), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.ok(
        isObject(who) && who['uid'] === process.getuid?.() && Number(who['pid']) > 1,
        JSON.stringify(who),
      );
    }
    assert.equal(
      rows.filter(({ execute }) => execute === undefined).map(({ outcome }) => outcome),
      ['connected', 'left', 'connected', 'left'],
    );
    const page = await qmpsh(['record', file, '--no-queries']);
    assert.is(page.status, 0, page.err);
    assert.match(page.out, '(QEMU) object-add qom-type=iothread id=io0');
    assert.not.match(page.out, 'query-status');
    const [, secretName = ''] = /data="?\$\{?(\w+)/.exec(page.out) ?? [];
    const again = join(qemu.folder, 'again.md');
    writeFileSync(again, page.out);
    await qmpsh(['-c', 'object-del id=io0', '-c', 'object-del id=s0', qemu.address]);
    const played = await qmpsh(['play', again, qemu.address, `${secretName}=other`]);
    assert.is(played.status, 0, played.out + played.err);
    const made = await qmpsh(['-c', 'qom-list path=/objects', qemu.address]);
    for (const name of ['io0', 's0']) assert.match(made.out, `"name": "${name}"`);
  }));

test('where the audit cannot be written, nothing is let through', () =>
  withQemu({}, async qemu => {
    if (!existsSync('/dev/full')) return;
    const shared = await share(qemu.address, join(qemu.folder, 's'), ['--audit', '/dev/full']);
    const client = await RawClient.open(shared.path);
    await client.ask({ execute: 'query-name', id: 0 });
    const reply = await client.ask({ execute: 'query-name', id: 1 });
    assert.is(errorOf(reply), 'qmpsh share: query-name is not allowed: the audit cannot be written');
    assert.match(
      shared.said(),
      'cannot write the audit /dev/full: the disk is full; no further command is let through',
    );
    client.close();
    await shared.stop();
  }));

test('its socket is for its user alone, makes room for itself, and is gone afterwards', () =>
  withQemu({}, async qemu => {
    const path = join(qemu.folder, 's');
    const first = await share(qemu.address, path);
    assert.is(statSync(path).mode & 0o777, 0o600);
    const second = await qmpsh(['share', qemu.address, '--listen', path, '--timeout', '300ms']);
    assert.is(second.status, 3);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    assert.ok(existsSync(path));
    const third = await share(qemu.address, path);
    assert.match(third.said(), `${path} was left over from one who has ended; it is replaced`);
    assert.is(await third.stop(), 0);
    assert.not.ok(existsSync(path));
  }));

test('when QEMU ends its clients are told by the end of their connections, and a `quit` is answered before', () =>
  withQemu({}, async qemu => {
    const path = join(qemu.folder, 's');
    const shared = await share(qemu.address, path);
    const [one, other] = [await RawClient.open(path), await RawClient.open(path)];
    assert.equal((await one.ask({ execute: 'quit', id: 'q' }))['return'], {});
    await Promise.all([one.ended, other.ended]);
    assert.ok(other.messages.some(({ event }) => event === 'SHUTDOWN'));
    assert.is(await shared.exited, 0);
    assert.match(shared.said(), 'QEMU has ended, and the sharing with it');
    assert.not.ok(existsSync(path));
  }));

test('a QEMU that is killed ends the sharing with status 3', () =>
  withQemu({}, async qemu => {
    const shared = await share(qemu.address, join(qemu.folder, 's'));
    await qemu.kill();
    assert.is(await shared.exited, 3);
    assert.match(shared.said(), 'was lost');
  }));

const wrong: readonly (readonly [args: readonly string[], status: number, said: string])[] = [
  [[], 2, 'which monitor? Its address is missing'],
  [['ADDRESS'], 2, 'where are the clients to connect? --listen SOCK is missing'],
  [['ADDRESS', 'other', '--listen', 's'], 2, 'one monitor is shared; what is other?'],
  [['ADDRESS', '--listen', 's', '--policy', 'none'], 2, 'cannot read the policy none: there is no such file'],
  [['ADDRESS', '--listen', 's', '--audit', 'no/file'], 2, 'cannot write the audit'],
  [['ADDRESS', '--listen', 'file'], 3, 'file is there already, and no socket'],
  [['ADDRESS', '--listen', 'busy'], 3, 'somebody listens at busy already'],
  [['ADDRESS', '--listen', 'no/s'], 3, 'cannot listen at no/s: there is no folder no'],
  [['ADDRESS', '--listen', `${'x'.repeat(110)}`], 3, 'the path of the socket is 110 bytes long'],
  [['ADDRESS', '--listen', 's', '--hmp'], 2, 'qmpsh share takes no --hmp'],
  [['./nobody', '--listen', 's'], 3, 'nobody'],
];

test('what is wrong with its arguments is told, and nothing is left behind', () =>
  withQemu({}, qemu =>
    inFolder(async folder => {
      writeFileSync(join(folder, 'file'), '');
      const busy = createServer().listen(join(folder, 'busy'));
      await new Promise(resolve => busy.once('listening', resolve));
      for (const [args, status, said] of wrong) {
        const given = args.map(arg => (arg === 'ADDRESS' ? qemu.address : arg));
        const done = await qmpsh(['share', ...given], { cwd: folder });
        assert.is(done.status, status, done.err);
        assert.match(done.err, said);
        assert.not.ok(existsSync(join(folder, 's')));
      }
      busy.close();
    }),
  ));

test('the real qmp-shell on it, beside qmpsh and a client of Python that knows nothing', () =>
  withShared([], async ({ path }) => {
    const lines = [
      'query-status',
      'object-add qom-type=iothread id=io0',
      'query-iothreads',
      'blockdev-del node-name=x',
    ];
    const [shell, ours, own, many] = await Promise.all([
      qmpShell([path], lines),
      qmpsh(['-c', 'query-version', '-c', 'query-status', path]),
      hurry(path, 'raw', 200),
      python(path, 'python', 200),
    ]);
    assert.match(shell, '"prelaunch"');
    assert.match(shell, '"io0"');
    assert.match(shell, "Failed to find node with node-name='x'");
    assert.is(ours.status, 0, ours.err);
    assert.equal(own, { mixed: 0, lost: 0, replies: 200 });
    assert.equal(many, { mixed: 0, lost: 0, replies: 200 });
    // With -H it speaks to the human monitor. (Which of its lines it shows an event at is chance.)
    assert.match(await qmpShell([path], ['cont']), /"return"/);
    assert.match(await qmpShell(['-H', path], ['info name', 'info status']), /VM status: running/);
  }));

test.run();
