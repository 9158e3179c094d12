import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTranscript, onlyQuery, transcript } from '../../src/language/transcript.ts';

// pasted text, and `row: line` of each line to run
const PASTES: readonly (readonly [string, string, readonly string[]])[] = [
  ['one command', 'query-status', ['1: query-status']],
  ['a list of commands', 'query-status\n\n# why\nquit\r\n', ['1: query-status', '4: quit']],
  [
    'a literal over rows',
    'blockdev-add driver=qcow2 file={\n  "driver": "file"\n}\nquit',
    ['1: blockdev-add driver=qcow2 file={\n  "driver": "file"\n}', '4: quit'],
  ],
  [
    'arguments in the next row',
    'blockdev-backup device=a\n    target=b sync=full\nquit',
    ['1: blockdev-backup device=a\n    target=b sync=full', '3: quit'],
  ],
  [
    'a transcript with replies',
    'Create the overlay:\n\n(QEMU) query-block-jobs\n{\n    "execute": "query-block-jobs",\n    "arguments": {}\n}\n{"return": []}\n\n$ qemu-img create x 1M\n(QEMU) quit\n{"return": {}}\n(QEMU)\n{u\'event\': u\'SHUTDOWN\'}',
    ['3: query-block-jobs', '11: quit'],
  ],
  [
    'a wrapped command in a transcript',
    '(QEMU) blockdev-backup device=a\n  target=b sync=full\n{"return": {}}',
    ['1: blockdev-backup device=a\n  target=b sync=full'],
  ],
  [
    'a reply that holds key=value is no argument',
    '(QEMU) human-monitor-command command-line="info x"\n{"return": "a"}\nname=value\n',
    ['1: human-monitor-command command-line="info x"'],
  ],
  [
    "QEMU's own arrows",
    '-> { "execute": "stop" }\n<- { "return": {} }\n-> { "execute": "cont",\n     "id": 1 }\n<- { "return": {}, "id": 1 }',
    ['1: { "execute": "stop" }', '3: { "execute": "cont",\n     "id": 1 }'],
  ],
  [
    'a transaction in qmp-shell',
    '(QEMU) transaction(\nTRANS> abort\nTRANS> )\n{"return": {}}',
    ['1: transaction(\nabort\n)'],
  ],
  [
    'an unclosed line before the next prompt',
    '(QEMU) blockdev-add file={\n(QEMU) quit',
    ['1: blockdev-add file={', '2: quit'],
  ],
  [
    'our continuation prompt',
    '(QEMU) blockdev-add file={\n   ... "driver": "file"}\n(QEMU) quit',
    ['1: blockdev-add file={\n"driver": "file"}', '3: quit'],
  ],
  [
    "the human monitor's prompts",
    "Look:\n(qemu) info status\nVM status: paused\n(qemu)\n  (qemu)  print (1\n')' expected\n(QEMU) stop\n",
    ['2: .hmp info status', '5: .hmp print (1', '7: stop'],
  ],
  [
    'an unclosed line before such a prompt',
    '(QEMU) blockdev-add file={\n(qemu) info block',
    ['1: blockdev-add file={', '2: .hmp info block'],
  ],
  [
    'a row behind it is no argument of it',
    '(qemu) info block\na=1 b=2\n(qemu) info name',
    ['1: .hmp info block', '3: .hmp info name'],
  ],
  ['nothing', '\n \n', []],
  ['prose without prompts is taken as lines', 'hello', ['1: hello']],
];
for (const [what, text, expected] of PASTES) {
  test(what, () =>
    assert.equal(
      transcript(text).map(line => `${line.row}: ${line.text}`),
      expected,
    ),
  );
}

test('a text is a transcript when a prompt stands in it', () => {
  assert.is(isTranscript('x\n (QEMU) quit'), true);
  assert.is(isTranscript('-> {"execute": "stop"}'), true);
  assert.is(isTranscript('query-status\nquit'), false);
});

// Whether a text is one query and nothing else.
const QUERIES: readonly (readonly [string, boolean])[] = [
  ['(QEMU) query-status', true],
  ['(QEMU) query-named-block-nodes flat=true', true],
  ['-> {"execute": "query-status"}', true],
  ['(QEMU) query-status\n{"return": {}}', true],
  ['(QEMU) query-status | jq .', false],
  ['(QEMU) query-status\n$ ls', false],
  ['(QEMU) query-status\n(QEMU) query-block', false],
  ['-> {"execute": "query-status"} {"execute": "stop"}', false],
  ['(QEMU) cont', false],
  ['(qemu) query-status', false],
];
for (const [text, is] of QUERIES)
  test(`one query: ${JSON.stringify(text)}`, () => assert.is(onlyQuery(text) !== undefined, is));

test.run();
