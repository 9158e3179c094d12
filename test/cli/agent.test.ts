// `--agent`: the real guest agent, on a unix socket and behind a stand-in that sees what it is asked. What would change this machine is
// refused by the agent itself (test/agent.ts).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { guessAgent } from '../../src/io/agents.ts';
import { parse } from '../../src/language/parse.ts';
import { agentSchema } from '../../src/schema/agent.ts';
import type { Type } from '../../src/schema/model.ts';
import {
  AGENT_ARGUMENTS,
  AGENT_CHANGES,
  AGENT_COMMANDS,
  AGENT_EXAMPLES,
  AGENT_NOTES,
} from '../../src/schema/notes/agent.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import { isAgentCommand } from '../../src/schema/notes.ts';
import { isArray, isObject, type JsonObject, parseJson } from '../../src/text/json.ts';
import { type Agent, startAgent } from '../agent.ts';
import { type Done, qmpsh } from '../command.ts';
import { atPrompt, below, typedLine, withPrompt } from '../desk.ts';
import { inFolder } from '../folder.ts';
import { withQemu } from '../qemu.ts';
import { RawClient } from '../rawclient.ts';

/** There is none for other systems. */
const isLinux = process.platform === 'linux';

function withAgent(name: string, run: (agent: Agent, folder: string) => Promise<void>): void {
  if (!isLinux) return;
  test(name, () =>
    inFolder(async folder => {
      const agent = await startAgent(folder);
      await run(agent, folder).finally(() => agent.close());
    }),
  );
}

const flat = ({ out, err }: Done) => (out + err).replaceAll(/\s+/g, ' ');

withAgent('a line goes to the agent, and nothing but the line and what it needs', async agent => {
  const plain = await qmpsh(['--agent', '-c', 'guest-ping', agent.path]);
  assert.equal([plain.status, plain.out, plain.err], [0, '{"return": {}}\n', '']);
  assert.equal(agent.log, ['guest-sync-delimited', 'guest-ping']);
  const typed = await qmpsh(['--agent', '-c', 'guest-sync id=77', agent.path]);
  assert.equal([typed.status, typed.out, typed.err], [0, '{"return": 77}\n', '']);
  assert.equal(agent.log.slice(2), ['guest-sync-delimited', 'guest-info', 'guest-sync']);
});

withAgent(
  'without --agent it is found out at once where this host knows the server, and told',
  async (agent, folder) => {
    const real = join(folder, 'ga/real.sock');
    // (The stand-in, which keeps a connection to the real one only while it has a client itself, is a server nobody knows.)
    const done = await qmpsh(['-c', 'guest-ping', real]);
    assert.equal([done.status, done.out], [0, '{"return": {}}\n']);
    assert.match(
      flat(done),
      /real\.sock is a guest agent: it has answered as one \(--agent says so beforehand\)/,
    );
    assert.is(guessAgent(real), 'agent');
    assert.is(guessAgent(agent.path), 'perhaps');
  },
);

withAgent('where nothing is known of the server it is tried when no greeting comes', async agent => {
  const done = await qmpsh(['--timeout', '600ms', '-c', 'guest-ping', agent.path]);
  assert.equal([done.status, done.out], [0, '{"return": {}}\n'], done.err);
  assert.match(done.err, /is a guest agent/);
  assert.equal(agent.log, ['guest-sync-delimited', 'guest-ping']);
});

/** Command lines and what becomes of them; `says` is matched against both outputs, their blanks as one. */
const lines: readonly {
  readonly line: string;
  readonly status: number;
  readonly says: RegExp;
  readonly not?: RegExp;
}[] = [
  { line: 'guest-exec-status pid=x', status: 2, says: /"pid" takes int, not "x"/ },
  { line: 'guest-exec-status', status: 1, says: /Parameter 'pid' is missing/ },
  { line: 'guest-file-read handle=1000', status: 1, says: /"error"/ },
  { line: 'guest-file-seek handle=1 offset=0 whence=sideways', status: 2, says: /whence/ },
  {
    line: 'guest-exec path=/bin/true',
    status: 1,
    says: /CommandNotFound.*guest-exec is disabled in this guest.*refuses it by its own settings/,
  },
  { line: 'guest-pong', status: 1, says: /there is no command "guest-pong"; did you mean guest-ping\?/ },
  { line: 'query-status', status: 1, says: /It is one of QEMU's monitor, and this is a guest agent/ },
  { line: 'query-block x=1', status: 2, says: /It is one of QEMU's monitor, and this is a guest agent/ },
  { line: '.jobs', status: 2, says: /\.jobs is about QEMU, and this is a guest agent/ },
  { line: '.hmp info status', status: 2, says: /\.hmp is about QEMU/ },
  { line: '.wait 1s', status: 2, says: /\.wait is about QEMU/ },
  {
    line: '.help guest-exec',
    status: 0,
    says: /starts a program in the guest.*disabled in this guest/,
    not: /manual/,
  },
  { line: '.help guest-file-seek.whence', status: 0, says: /type +int or set\|cur\|end, required/ },
  { line: 'guest-get-time | cat', status: 0, says: /^\d{16,}/ },
];
withAgent('arguments, refusals and words are those of an agent', async agent => {
  for (const { line, status, says, not = /Try|query-commands/ } of lines) {
    const done = await qmpsh(['--agent', '-c', line, agent.path]);
    assert.is(done.status, status, `${line}\n${done.out}\n${done.err}`);
    assert.match(flat(done), says);
    assert.not.match(flat(done), not);
  }
  const asked = agent.log.filter(name => !/^guest-(?:sync|info|exec|file|pong|get-time)/.test(name));
  assert.equal(asked, ['query-status'], 'what was typed, and nothing of a monitor besides');
});

/** Uses that make no sense. */
const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['--agent', '-H', '-c', 'info status', 'A'], /--agent and --hmp exclude each other/],
  [['--agent', '--schema', 'x', '-c', 'guest-ping', 'A'], /--agent and --schema exclude each other/],
  [['--agent', '-N', '-c', 'guest-ping', 'A'], /--agent and --skip-negotiation exclude/],
  [['--agent', '--', 'qemu-system-x86_64'], /--agent is for an address/],
  [['practice', '--agent'], /--agent belongs to/],
];
test('uses of --agent that make no sense are told', async () => {
  for (const [args, says] of wrong) {
    const done = await qmpsh(args);
    assert.is(done.status, 2, done.err);
    assert.match(done.err, says);
  }
});

withAgent('an agent that does not answer is given up, and why is told', async agent => {
  agent.silent = ['guest-get-time', 'guest-info'];
  for (const line of ['guest-get-time', 'guest-sync id=1']) {
    const done = await qmpsh(['--agent', '--timeout', '300ms', '-c', line, agent.path]);
    assert.is(done.status, 4, done.err);
    assert.match(
      flat(done),
      /waited (?:0\.3 s|300 ms) for (?:the reply to guest-get-time|what the guest agent tells)/,
    );
  }
  const late = await qmpsh(['--agent', '--timeout', '300ms', '-c', 'guest-get-time', agent.path]);
  assert.match(flat(late), /Does qemu-ga not run in the guest, or is the guest paused\? --timeout T sets/);
});

withAgent('what an agent answers only to refuse it is taken when it is not refused', async agent => {
  agent.silent = ['guest-shutdown'];
  const taken = await qmpsh([
    '--agent',
    '-c',
    'guest-shutdown mode=powerdown',
    '-c',
    'guest-ping',
    agent.path,
  ]);
  assert.is(taken.status, 0, taken.err);
  assert.is(taken.out, '{"return": {}}\n{"return": {}}\n');
  assert.match(taken.err, /guest-shutdown was not refused, and that is all an agent says of it/);
  agent.silent = ['guest-shutdown', 'guest-ping'];
  const hangs = await qmpsh(['--agent', '-c', 'guest-shutdown', agent.path]);
  assert.is(hangs.status, 0, hangs.err);
  agent.silent = [];
  const refused = await qmpsh(['--agent', '-c', 'guest-shutdown', agent.path]);
  assert.is(refused.status, 1, refused.err);
  assert.match(refused.out, /has been disabled/);
});

withAgent('a page is played on an agent', async (agent, folder) => {
  const page = join(folder, 'page.md');
  writeFileSync(
    page,
    '# Ask\n\n```qmp\n(QEMU) guest-ping\n{"return": {}}\n(QEMU) guest-sync id=9\n{"return": 9}\n```\n',
  );
  const done = await qmpsh(['play', '--agent', page, agent.path]);
  assert.is(done.status, 0, flat(done));
  const odd = agent.log.filter(name => !/^guest-(?:sync-delimited|info|ping|sync)$/.test(name));
  assert.equal(odd, []);
});

/** A page for a VM and its guest's agent. */
const BOTH = `---
params:
  guest: { help: the socket of its agent }
---
\`\`\`qmp
(QEMU) query-name
\`\`\`

\`\`\`qmp on=guest
(QEMU) guest-sync id=9
{"return": 9}
(QEMU) {"execute": "guest-ping"}
\`\`\`
`;
withAgent('a page for a VM has fences for the agent of its guest', async (agent, folder) => {
  const page = join(folder, 'page.md');
  writeFileSync(page, BOTH);
  const offline = ['check', '--schema', 'test/data/schema-11.1.json', page];
  const good = await qmpsh(offline);
  assert.is(good.status, 0, flat(good));
  const dry = await qmpsh(['play', '--dry-run', '--schema', 'test/data/schema-11.1.json', page, 'guest=x']);
  assert.match(flat(dry), /guest-sync/);
  await withQemu({}, async qemu => {
    const done = await qmpsh(['--timeout', '600ms', 'play', page, qemu.address, `guest=${agent.path}`]);
    assert.is(done.status, 0, flat(done));
  });
  assert.equal(
    agent.log.filter(name => name !== 'guest-info'),
    ['guest-sync-delimited', 'guest-sync', 'guest-ping'],
  );
  writeFileSync(page, BOTH.replace('id=9', 'id=nine'));
  const bad = await qmpsh(offline);
  assert.is(bad.status, 1, flat(bad));
  assert.match(flat(bad), /"id" takes int, not "nine"/);
});

test('a monitor that is taken for an agent says so, and lives on', () =>
  withQemu({}, async qemu => {
    const done = await qmpsh(['--agent', '-c', 'guest-ping', qemu.address]);
    assert.is(done.status, 3, done.err);
    assert.match(flat(done), /is a QMP monitor, no guest agent Leave --agent out/);
    for (const line of ['guest-info', 'guest-exec-status pid=1']) {
      const asked = await qmpsh(['-c', line, qemu.address]);
      assert.ok(asked.status === 1 || asked.status === 2, asked.err);
      assert.match(flat(asked), /one of QEMU's guest agent, which has a socket of its own/);
    }
    const fine = await qmpsh(['-c', 'query-status', qemu.address]);
    assert.is(fine.status, 0, fine.err);
  }));

test('a busy monitor is sent nothing, and serves the next one as ever', () =>
  withQemu({}, async qemu => {
    assert.is(guessAgent(qemu.address), 'other');
    const holder = await RawClient.open(qemu.address);
    const done = await qmpsh(['--timeout', '500ms', '-c', 'query-status', qemu.address]);
    assert.is(done.status, 3);
    assert.match(flat(done), /another one is connected/);
    holder.close();
    await holder.ended;
    const next = await RawClient.open(qemu.address);
    assert.equal(next.messages, []);
    next.close();
  }));

test('bytes meant for an agent do a monitor no harm', () =>
  withQemu({}, async qemu => {
    const client = await RawClient.connect(qemu.address);
    await client.until(message => 'QMP' in message);
    client.write(Uint8Array.of(0xff));
    client.write('{"execute":"guest-sync-delimited","arguments":{"id":5},"id":"qmpsh-open"}\n');
    const [first, second] = [await client.until(() => true), await client.until(() => true)];
    assert.ok('error' in first && 'error' in second);
    await client.ask({ execute: 'qmp_capabilities', id: 1 });
    assert.ok('return' in (await client.ask({ execute: 'query-status', id: 2 })));
    client.close();
  }));

test('a server that says nothing is sent one request, once', () =>
  inFolder(async folder => {
    const path = join(folder, 's');
    let got = '';
    const server = createServer(socket => {
      socket.on('error', () => {});
      socket.on('data', bytes => {
        got += bytes.toString('latin1');
      });
    });
    await new Promise<void>(resolve => server.listen(path, resolve));
    const done = await qmpsh(['--timeout', '600ms', '-c', 'query-status', path]);
    server.close();
    assert.is(done.status, 3);
    assert.match(flat(done), /sent no greeting within 600 ms/);
    assert.match(
      got,
      /^\xff\{"execute":"guest-sync-delimited","arguments":\{"id":\d+\},"id":"qmpsh-open"\}\n$/,
    );
  }));

test('what a QEMU of this host has a socket for is known without a byte to it', () =>
  inFolder(async folder => {
    const at = (name: string) => join(folder, name);
    const socket = (id: string) => ['-chardev', `socket,id=${id},path=${at(id)},server=on,wait=off`];
    const args = [
      ...['-device', 'virtio-serial', ...socket('ga0')],
      ...['-device', 'virtserialport,chardev=ga0,name=org.qemu.guest_agent.0'],
      ...[...socket('other'), '-device', 'virtserialport,chardev=other,name=com.example'],
      ...[...socket('s0'), '-serial', 'chardev:s0', ...socket('loose')],
      ...['-serial', `unix:${at('s1')},server=on,wait=off`],
    ];
    await withQemu({ args }, async () => {
      const found = ['ga0', 'other', 's0', 's1', 'loose'].map(name => guessAgent(at(name)));
      assert.equal(found, ['agent', 'other', 'other', 'other', 'perhaps']);
      for (const more of [['--agent'], []]) {
        const done = await qmpsh([...more, '--timeout', '700ms', '-c', 'guest-ping', at('ga0')]);
        assert.is(done.status, 3, done.err);
        assert.match(
          flat(done),
          more.length > 0 ? /does not answer \(700 ms\) Does qemu-ga not run/ : /no greeting/,
        );
      }
    });
  }));

withAgent(
  'at the prompt: enabled commands, a question before what changes the guest, nothing of a monitor',
  async agent => {
    await withPrompt(
      agent.path,
      async screen => {
        await screen.waitFor(/^guest agent \d+\.\d+\.\d+ · \d+ of its \d+ commands enabled/m);
        assert.match(screen.text().join('\n'), /^\(guest\)/m);
        screen.type('guest-file-');
        screen.key('Tab');
        await screen.waitFor(shown => below(shown).some(row => row.includes('guest-file-read')));
        assert.not.match(below(screen).join('\n'), /guest-file-(?:open|write)/);
        screen.key('C-c');
        await screen.waitFor(atPrompt);
        // Files of this host are none of the guest's.
        screen.type('guest-file-open path=/etc/host');
        await screen.waitFor(shown => typedLine(shown) === 'guest-file-open path=/etc/host');
        screen.key('Tab');
        screen.key('Tab');
        screen.type('X');
        await screen.waitFor(shown => typedLine(shown) === 'guest-file-open path=/etc/hostX');
        screen.key('C-c');
        await screen.waitFor(atPrompt);
        screen.type('guest-fsfreeze-freeze');
        screen.key('Enter');
        await screen.waitFor(
          /makes the guest's file systems stand still[\s\S]*Run guest-fsfreeze-freeze\? \[y\/N\]/,
        );
        screen.type('n');
        await screen.waitFor(/not sent/);
        screen.type('.connect');
        screen.key('Enter');
        await screen.waitFor(shown => shown.text().filter(row => row.startsWith('guest agent')).length === 2);
        assert.not.ok(
          agent.log.some(name => !/^guest-(?:sync-delimited|info)$/.test(name)),
          agent.log.join(' '),
        );
        agent.silent = ['guest-ping'];
        screen.type('guest-ping');
        screen.key('Enter');
        await screen.waitFor(/guest-ping: no reply for \d s[\s\S]*Does qemu-ga not run in the guest/);
        screen.key('C-c');
        await screen.waitFor(atPrompt);
      },
      { args: ['--agent'] },
    );
  },
);

withAgent('.connect ADDRESS --agent goes from a monitor to an agent, by name too', async agent =>
  withQemu({}, qemu =>
    withPrompt(qemu.address, async screen => {
      screen.type(`.connect ga=${agent.path} --agent`);
      screen.key('Enter');
      await screen.waitFor(/^guest agent \d/m);
      await screen.waitFor(shown => /^\(guest ga\)/.test(shown.text()[shown.cursor.row] ?? ''));
      screen.type('guest-get-timezone');
      screen.key('Enter');
      await screen.waitFor(/offset/);
      assert.equal(agent.log, ['guest-sync-delimited', 'guest-info', 'guest-get-timezone']);
      screen.type('.connect m');
      screen.key('Enter');
      await screen.waitFor(/^\(QEMU .*\)/m);
    }),
  ),
);

// --- the table ---

const every = (type: Type): readonly Type[] => {
  switch (type.kind) {
    case 'array':
      return [type, ...every(type.element())];
    case 'alternate':
      return type.choices.flatMap(choice => every(choice()));
    case 'object':
      return [type, ...type.members.flatMap(one => every(one.type()))];
    default:
      return [type];
  }
};

test('the tables agree with each other', () => {
  const names = [...parseTable(AGENT_COMMANDS).keys()];
  assert.equal(names, [...names].sort());
  for (const table of [AGENT_ARGUMENTS, AGENT_CHANGES, AGENT_EXAMPLES])
    assert.equal(
      [...parseTable(table).keys()].filter(name => !isAgentCommand(name)),
      [],
    );
  const schema = agentSchema({
    version: '1',
    supported_commands: names.map(name => ({ name, enabled: true })),
  });
  for (const command of schema.commands.values())
    for (const type of [...every(command.arguments), ...every(command.returns)])
      assert.ok(
        type.kind !== 'enum' || type.values.every(({ name }) => /^[a-z-]+$/.test(name)),
        command.name,
      );
  const told = [...parseTable(AGENT_NOTES).keys()].filter(key => key.includes('.'));
  const odd = told.filter(key => {
    const [name = '', argument = ''] = key.split('.');
    const command = schema.commands.get(name);
    return (
      command === undefined ||
      ![command.arguments, command.returns].some(type =>
        every(type).some(
          one => one.kind === 'object' && one.members.some(member => member.name === argument),
        ),
      )
    );
  });
  assert.equal(odd, []);
  for (const line of parseTable(AGENT_EXAMPLES).values())
    assert.is(parse(line, schema).kind, 'command', line);
});

/** A value that no argument of a type takes, and QEMU's name of the type. */
function mistaken(type: Type): readonly [value: unknown, name: RegExp] {
  if (type.kind === 'str') return [5, /string/];
  if (type.kind === 'bool') return ['x', /boolean/];
  if (type.kind === 'int') return ['x', /integer/];
  if (type.kind === 'array') return [5, /array/];
  return [[], /./];
}

withAgent(
  'the real agent takes each argument of the table as what it says, and no other',
  async (agent, folder) => {
    const client = await RawClient.connect(join(folder, 'ga/real.sock'));
    const rows: JsonObject[] = [];
    // (It ends its rows in \n alone.)
    client.close();
    const { connect } = await import('node:net');
    const socket = connect(join(folder, 'ga/real.sock'));
    let text = '';
    let wake = () => {};
    socket.setEncoding('utf8').on('data', chunk => {
      text += String(chunk);
      const parts = text.split('\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const value = parseJson(part.trim());
        if (isObject(value)) rows.push(value);
      }
      wake();
    });
    const ask = async (execute: string, args: unknown): Promise<JsonObject> => {
      socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
      while (rows.length === 0)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      return rows.shift() ?? {};
    };
    const said = (reply: JsonObject) => (isObject(reply['error']) ? String(reply['error']['desc']) : '');
    const info = await ask('guest-info', {});
    const schema = agentSchema(info['return'] ?? null);
    assert.equal(
      [...schema.commands.keys()].filter(name => !isAgentCommand(name)),
      [],
      'the table has all of them',
    );
    const checked: string[] = [];
    for (const { name, arguments: type, features } of schema.commands.values()) {
      if (features.includes('disabled')) continue;
      // An argument that is not there is found behind all those that are.
      const required = type.members.filter(one => one.required);
      for (const [i, one] of required.entries()) {
        const [value, kind] = mistaken(one.type());
        const before = Object.fromEntries(
          required
            .slice(0, i)
            .map(({ name: key, type: of }) => [key, of().kind === 'str' ? 'nobody-here' : 1]),
        );
        const desc = said(await ask(name, { ...before, [one.name]: value }));
        assert.match(
          desc,
          new RegExp(`^Invalid parameter type for '${one.name}'`),
          `${name} ${one.name}: ${desc}`,
        );
        assert.match(desc, kind);
        checked.push(`${name}.${one.name}`);
        if (i === 0)
          assert.match(said(await ask(name, {})), new RegExp(`^Parameter '${one.name}' is missing`));
      }
      if (type.members.length === 0)
        assert.match(said(await ask(name, { zz: 1 })), /^Parameter 'zz' is unexpected/);
    }
    socket.destroy();
    assert.ok(checked.length >= 8, checked.join(' '));
    assert.ok(agent.log.length === 0);
  },
);

/** The schema of the agent as Debian's package has it: names, arguments and types. */
const PACKAGED = '/usr/share/doc/qemu-guest-agent/qapi-schema.json.gz';
if (existsSync(PACKAGED))
  test('the table says what the schema of the package says', () => {
    const text = gunzipSync(readFileSync(PACKAGED))
      .toString('utf8')
      .replaceAll(/^ *#.*$/gm, '');
    const found = [...text.matchAll(/\{ 'command': '([^']+)',?\s*('data': *(\{[^{}]*\}))?/g)];
    assert.ok(found.length > 40);
    const names = found.map(([, name = '']) => name);
    const schema = agentSchema({
      version: '',
      supported_commands: names.map(name => ({ name, enabled: true })),
    });
    for (const [, name = '', , data = '{}'] of found) {
      assert.ok(isAgentCommand(name), name);
      const own = schema.commands.get(name)?.arguments.members ?? [];
      const theirs = [...data.matchAll(/'(\*?)([\w-]+)': *(\[? *'(\w+)')/g)];
      assert.equal(
        own.map(one => `${one.required ? '' : '*'}${one.name}`),
        theirs.map(([, optional, key]) => `${optional}${key}`),
        name,
      );
      for (const [i, [, , key, whole = '', type]] of theirs.entries()) {
        const mine = own[i]?.type();
        if (whole.startsWith('[')) assert.is(mine?.kind, 'array', `${name} ${key}`);
        else if (type === 'str' || type === 'int' || type === 'bool')
          // (7.2 takes true or false for capture-output; later ones more.)
          assert.ok(
            mine?.kind === type || (mine?.kind === 'alternate' && key === 'capture-output'),
            `${name} ${key}`,
          );
      }
    }
    const silent = [
      ...text.matchAll(/'command': '([^']+)'[^{}]*(?:\{[^{}]*\})?[^{}]*'success-response': false/g),
    ].map(([, name]) => name);
    assert.equal(silent.sort(), [
      'guest-shutdown',
      'guest-suspend-disk',
      'guest-suspend-hybrid',
      'guest-suspend-ram',
    ]);
  });

test('a reply of guest-info that is none', () => {
  for (const value of [null, {}, { supported_commands: 5 }, []])
    assert.throws(() => agentSchema(value), /supported_commands/);
  const rough = agentSchema({ supported_commands: [5, { name: 5 }, { name: 'guest-new' }] });
  assert.equal([...rough.commands.keys()], ['guest-new']);
  assert.is(rough.commands.get('guest-new')?.arguments.open, true);
  assert.ok(isArray([]));
});

test.run();
