import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderReply } from '../../src/render/reply.ts';
import type { Json } from '../../src/text/json.ts';
import { stringifyJson } from '../../src/text/json.ts';
import { lineWidth, plain } from '../../src/text/line.ts';
import type { StyledLine } from '../../src/text/style.ts';
import { COMMANDS, recorded, texts, WIDTHS, widest } from './replies.ts';

function shown(
  command: string,
  value: Json,
  more: Partial<Parameters<typeof renderReply>[1]> = {},
): readonly StyledLine[] {
  const reply = { kind: 'success' as const, value, raw: { return: value } };
  return renderReply(reply, { command, width: 80, format: 'table', ...more });
}

const SHORT: readonly (readonly [string, Json, readonly string[]])[] = [
  ['stop', {}, ['{}']],
  ['query-block-jobs', [], ['[]']],
  ['query-status', { status: 'running', running: true }, ['{"status": "running", "running": true}']],
  ['qom-get', 'text', ['"text"']],
  ['qom-get', 39, ['39']],
  ['human-monitor-command', 'a\tb\r\n\x1b[31mred\r\n', ['a       b', '\\x1b[31mred']],
  ['human-monitor-command', '', ['(no output)']],
  ['x-query-jit', { 'human-readable-text': 'one\ntwo\n' }, ['one', 'two']],
  ['query-commands', [{ name: 'stop' }, { name: 'cont' }], ['cont  stop', '2 names, sorted']],
];
for (const [command, value, lines] of SHORT) {
  test(`reply: ${command} ${stringifyJson(value)}`, () => assert.equal(texts(shown(command, value)), lines));
}

test('reply: block jobs as a table, sizes readable, what is left out named', () => {
  assert.equal(texts(shown('query-block-jobs', recorded('query-block-jobs'))), [
    'device  type    status   offset     len     speed  io-status  auto-finalize',
    '──────  ──────  ───────  ──────  ──────  ────────  ─────────  ─────────────',
    'job0    mirror  running  16 MiB  39 MiB  64 KiB/s  ok         true',
    'left out: auto-dismiss; also: ready false, and 2 more (.format json shows all)',
  ]);
});

test('reply: a job without a limit has none, and not a speed of nothing', () => {
  const job = { device: 'job0', type: 'mirror', status: 'running', offset: 1024, len: 2048 };
  const jobs = [
    { ...job, speed: 0 },
    { ...job, speed: 1024 },
  ];
  const lines = texts(shown('query-block-jobs', jobs));
  assert.match(lines[2] ?? '', / no limit$/);
  assert.match(lines[3] ?? '', / 1 KiB\/s$/);
});

for (const width of [20, 40, 60, 80, 120, 200])
  for (const command of ['query-named-block-nodes', 'query-block', 'query-block-jobs', 'query-cpus-fast'])
    test(`reply: at most one row below a table, in its width: ${command}, ${width}`, () => {
      const lines = shown(command, recorded(command), { width });
      const isTable = lines.some(line => plain(line).startsWith('──'));
      const dim = lines.filter(
        line => line.every(({ role }) => role === 'dim') && !plain(line).startsWith('──'),
      );
      assert.ok(!isTable || dim.length <= 1, texts(dim).join('\n'));
      for (const line of isTable ? dim : []) assert.ok(lineWidth(line) <= width, plain(line));
    });

for (const width of [27, 40, 60, 80, 120])
  for (const command of COMMANDS)
    test(`reply: what is said of a table that hides something ends in its advice: ${command}, ${width}`, () => {
      const lines = texts(shown(command, recorded(command), { width }));
      const row = lines.find(text => /left out: |shortened: |cut at …/.test(text));
      assert.ok(row === undefined || /\(\.format json(?: shows all)?\)$/.test(row), row);
    });

test('reply: a wide screen shows all of them', () => {
  const lines = texts(shown('query-block-jobs', recorded('query-block-jobs'), { width: 200 }));
  assert.is(lines.length, 3);
  assert.match(lines[0] ?? '', /auto-dismiss$/);
});

test('reply: what is zero or off throughout is said below the table', () => {
  const lines = texts(shown('query-cpus-fast', recorded('query-cpus-fast')));
  assert.is(lines.at(-1), 'in every row: props.thread-id 0, props.socket-id 0');
});

// Whether the nodes are active (a member since QEMU 10), the columns, and the row below them.
const ACTIVE: readonly (readonly [readonly boolean[], RegExp, RegExp])[] = [
  [[true, true], /^node-name +drv +virtual-size +cluster-size +ro$/, /^in every row: active true$/],
  [[true, false], /^node-name +drv +virtual-size +cluster-size +ro +active$/, /^$/],
];
for (const [active, head, below] of ACTIVE)
  test(`reply: nodes that are active: ${active.join()}`, () => {
    const nodes = active.map((on, i) => ({
      'node-name': `n${i}`,
      drv: 'qcow2',
      ro: false,
      active: on,
      image: { 'virtual-size': 1, 'cluster-size': 65536 },
    }));
    const lines = texts(shown('query-named-block-nodes', nodes));
    assert.match((lines[0] ?? '').trimEnd(), head);
    assert.match(lines.slice(4).join(' '), below);
  });

test('reply: a device is shown by its id, and the table says that it shortened something', () => {
  const lines = texts(shown('query-block', recorded('query-block'), { width: 120 }));
  assert.match(lines[3] ?? '', /^virtio0 +node-B +qcow2 +b\.qcow2 +39 MiB/);
  assert.match(lines.join(' '), /shortened:.* qdev/);
});

test('reply: items of nested lists are JSON, not a table of holes', () => {
  assert.is(texts(shown('query-pci', recorded('query-pci')))[0], '[');
});

test('reply: a table that has no room for two columns is JSON', () => {
  assert.is(texts(shown('query-chardev', recorded('query-chardev'), { width: 20 }))[0], '[');
});

test('reply: control characters of the VM never come out, in any form', () => {
  const hostile = [{ id: '\x1b]0;x\x07', '\x9bkey': '\u202e', n: [{ name: '\x00' }] }, { id: '\r\n' }];
  for (const format of ['table', 'json', 'raw'] as const) {
    for (const width of WIDTHS) {
      const text = texts(shown('query-jobs', hostile, { format, width })).join('');
      assert.not.match(text, /[\x00-\x1f\x7f-\x9f\u202e]/);
    }
  }
});

test('reply: a __proto__ member is a column like any other', () => {
  const value: Json = JSON.parse('[{"id": "a", "__proto__": 7}]');
  assert.match(texts(shown('x', value)).join('\n'), /__proto__/);
});

for (const command of COMMANDS) {
  test(`reply: ${command} fits every width`, () => {
    for (const width of WIDTHS) {
      const lines = shown(command, recorded(command), { width });
      // Text that QEMU laid out itself is left to the terminal.
      if (typeof recorded(command) !== 'string')
        assert.ok(widest(lines) <= width, `${width}: ${widest(lines)}`);
    }
  });
}

test('reply: json is the value as QEMU prints it, raw the whole message on one row', () => {
  const value = { a: [1], b: {} };
  assert.equal(texts(shown('x', value, { format: 'json' })), stringifyJson(value, 4).split('\n'));
  assert.equal(texts(shown('x', value, { format: 'raw' })), [stringifyJson({ return: value })]);
});

test('reply: a refusal with its explanation and the line that would work', () => {
  const desc = 'Need a root block node';
  const reply = { kind: 'refusal' as const, class: 'GenericError', desc, raw: {} };
  const meaning = { text: 'Another node stands on it.', line: 'stop' };
  assert.equal(texts(renderReply(reply, { command: 'x', width: 60, format: 'table', meaning })), [
    'error  GenericError: Need a root block node',
    '       Another node stands on it.',
    'try    stop',
  ]);
  assert.equal(texts(renderReply(reply, { command: 'x', width: 60, format: 'table' })), [
    'error  GenericError: Need a root block node',
  ]);
});

test.run();
