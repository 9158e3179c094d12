import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete } from '../../src/language/complete.ts';
import { hint } from '../../src/language/hint.ts';
import { parse } from '../../src/language/parse.ts';
import { messageOf } from '../../src/language/problem.ts';
import { suggest } from '../../src/language/suggest.ts';
import { problemRow, problemsWhileTyping } from '../../src/language/typing.ts';
import { lineWidth, plain } from '../../src/text/line.ts';
import { recordedSchema } from '../schema/walked.ts';

const schema = recordedSchema('11.1');

function at(line: string, width = 200) {
  const cursor = line.includes('▏') ? line.indexOf('▏') : line.length;
  return hint(line.replace('▏', ''), cursor, schema, width);
}

const HINTS: readonly (readonly [line: string, has: readonly string[], lacks: readonly string[]])[] = [
  ['blockdev-backup ', ['blockdev-backup device', 'sync', 'target', 'needs device, sync, target'], []],
  ['blockdev-backup device=a ', ['needs sync, target'], ['needs device']],
  [
    'blockdev-backup device=a sync=',
    ['top|full|none|incremental|bitmap, required', 'what to copy', 'needs target'],
    [],
  ],
  ['blockdev-backup device=a sync=full target=b', ['str, required', 'the node to copy to'], ['needs']],
  ['blockdev-backup device=a sync=full target=b ', ['copy a node as it is', '[job-id]'], ['needs']],
  ['blockdev-backup speed', ['int, optional', '[speed]'], []],
  [
    'blockdev-add driver=qcow2 file.driver=file file.filename=',
    ['file.filename: str, required', 'working directory'],
    ['needs'],
  ],
  ['blockdev-add driver=qcow2 file.driver=file ', ['needs file.filename'], []],
  ['blockdev-add driver=qcow2 file={"driver":"file","filename":"', ['file.filename: str'], []],
  ['block-commit device=a base=', ['deprecated'], []],
  ['balloon', ['balloon value', 'guest'], []],
  ['transaction( blockdev-backup sync=', ['what to copy', 'needs device, target'], []],
];

for (const [line, has, lacks] of HINTS) {
  test(`the hint for ${line}`, () => {
    const text = plain(at(line) ?? []);
    for (const part of has) assert.ok(text.includes(part), `${part} is missing in: ${text}`);
    for (const part of lacks) assert.not(text.includes(part), `${part} is in: ${text}`);
  });
}

test('the argument at the cursor is marked, and no other', () => {
  const bold = (at('blockdev-backup device=a sync=f▏ull target=b') ?? []).filter(span => span.bold === true);
  assert.equal(
    bold.map(({ text }) => text),
    ['sync'],
  );
});

// Where the values do not fit beside the signature, their number does.
test('at 80 columns the argument at the cursor is still marked in its signature', () => {
  const row = at('blockdev-backup device=a sync=', 80) ?? [];
  assert.is(plain(row), 'blockdev-backup device sync target …   needs target   one of 5, required');
  assert.equal(
    row.filter(span => span.bold === true).map(({ text }) => text),
    ['sync'],
  );
});

/** The row under a line in which something is wrong; undefined where nothing is. */
function wrongAt(line: string, version = '11.1', columns = 158): string | undefined {
  const schema = recordedSchema(version);
  const [found] = problemsWhileTyping(line, line.length, schema);
  return found && plain(problemRow(line, found, schema, columns));
}

// The cursor stands behind the last letter of each. What is said of it is what Enter says.
const AS_ENTER = [
  ...[
    'blockdev-del force=true',
    'blockdev-del device=node-A',
    'query-status id=3',
    'query-block device=virtio0',
  ],
  ...['job-complete device=job0', 'block-job-cancel id=job0', 'blockdev-add driver=qcow2 filename=e.qcow2'],
  ...['blockdev-add driver=qcow2 node-name=n size=39M', 'transaction( blockdev-backup node=a )'],
  ...['info status', 'query status', 'systemctl status', 'man query-status', 'drive_del virtio0', 'savevm x'],
  ...['snapshot_blkdev virtio0 b.qcow2', 'drive_add 0 file=x', '-blockdev driver=file,filename=a'],
  ...['query-named-block-nodes flat = true', 'blockdev-del node-name = node-A', 'blockdev-del node-name ='],
  ...['pause now', 'blockdev-dell node-name=a', 'blockdev-backup device a sync=full'],
];

for (const line of AS_ENTER) {
  test(`the row under ${line} says what Enter says`, () => {
    const told = parse(line, schema);
    assert.is(told.kind, 'wrong');
    if (told.kind === 'wrong')
      assert.ok(wrongAt(line)?.startsWith(messageOf(told.problems[0])), wrongAt(line));
  });
}

test('the row under a wrong line says what to do where it fits, and what only the VM can settle never', () => {
  assert.is(
    wrongAt('info status'),
    '"info" is a command of the human monitor, not of QMP   Write .hmp info status (in QMP: query-status).',
  );
  assert.is(wrongAt('info status', '11.1', 80), '"info" is a command of the human monitor, not of QMP');
  assert.is(wrongAt('blockdev-del device=node-A'), 'blockdev-del has no argument "device"');
});

// What is typed last may go on, and what is missing may yet come.
for (const line of ['blockdev-del forc', 'blockdev-add size=39M', 'blockdev-add file.filename=a']) {
  test(`nothing is wrong with ${line} while it is typed`, () => assert.is(wrongAt(line), undefined));
}

test('nothing is told of an argument that a message in JSON does not have', () => {
  assert.is(
    plain(at('{"execute": "blockdev-del", "arguments": {"force": tr') ?? []).includes('not safe'),
    false,
  );
});

for (const line of ['.help quit', 'blockdev-mi', '', 'nonsense ', '# x']) {
  test(`no hint for "${line}"`, () => assert.is(at(line), undefined));
}

test('without a schema there is no hint', () => {
  assert.is(hint('blockdev-backup ', 16, undefined, 80), undefined);
});

test('a hint fits every width, and says when something is left out', () => {
  for (const [line] of HINTS) {
    const whole = plain(at(line, 1000) ?? []);
    for (let width = 10; width <= 160; width += 3) {
      const row = at(line, width) ?? [];
      assert.ok(lineWidth(row) <= width, `${lineWidth(row)} > ${width}: ${plain(row)}`);
      const text = plain(row);
      assert.ok(text === whole || text.includes('…') || !text.includes('['), text);
    }
  }
});

// Typed, and what shows in grey behind it, with this history.
const HISTORY = ['query-block', 'blockdev-del node-name=old', 'blockdev-del node-name=node-E'];
const GREY: readonly (readonly [typed: string, grey: string | undefined])[] = [
  ['blockdev-del', ' node-name=node-E'],
  ['blockdev-del node-name=o', 'ld'],
  ['query-block', undefined],
  ['query-block-j', 'obs'],
  ['blockdev-mi', 'rror'],
  ['blockdev-mirror ', 'device='],
  ['blockdev-mirror dev', 'ice='],
  ['blockdev-mirror sync=f', 'ull'],
  ['blockdev-mirror device=a target=b sync=full ', undefined],
  ['qnbn', undefined],
  ['', undefined],
  ['  ', undefined],
];

for (const [typed, grey] of GREY) {
  test(`behind "${typed}" shows ${grey ?? 'nothing'}`, () => {
    const { candidates } = complete(typed, typed.length, schema);
    assert.is(suggest(typed, typed.length, HISTORY, candidates), grey);
  });
}

test('in the middle of a line nothing is suggested', () => {
  assert.is(suggest('blockdev-del', 3, HISTORY), undefined);
});

test('a meaning that would be cut may take a second row', () => {
  const line = 'blockdev-mirror device=a sync=full target=b on-source-error=';
  const text = (more?: number) => plain(hint(line, line.length, schema, 80, more) ?? []);
  assert.not.match(text(), /what an error while reading the source does/);
  assert.match(text(158), /what an error while reading the source does/);
  const short = 'job-cancel id=x';
  assert.ok(plain(hint(short, short.length, schema, 80, 158) ?? []).length <= 80);
});

test.run();
