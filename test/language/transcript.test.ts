import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTranscript, transcript } from '../../src/language/transcript.ts';

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
test.run();
