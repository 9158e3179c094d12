import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete, type Extra } from '../../src/language/complete.ts';
import type { Candidate } from '../../src/language/line.ts';
import { parse } from '../../src/language/parse.ts';
import { withLearned } from '../../src/schema/learned.ts';
import { recordedSchema, VERSIONS } from '../schema/walked.ts';

const PROPERTIES = ['drive', 'serial'].map(name => ({ name, type: 'str' }));
const schema = withLearned(recordedSchema('11.1'), {
  ofType: () => PROPERTIES,
  ofObject: () => undefined,
});
const NODES = [{ text: 'node-A', note: 'qcow2' }, { text: 'node-B' }, { text: 'my node' }, { text: '123' }];

const extra: Extra = {
  words: [
    { name: '.help', note: 'explains', complete: () => [{ text: 'quit' }, { text: 'query-block' }] },
    { name: '.jobs', note: 'the jobs' },
  ],
  values: wanted => {
    switch (wanted.kind) {
      case 'node':
        return NODES;
      case 'bitmap':
        return [{ text: `bitmap-of-${wanted.given['node']}` }];
      case 'object':
        return [{ text: `${wanted.of}0` }];
      case 'file':
        return [{ text: 'disks/' }, { text: 'a.qcow2' }];
      default:
        return undefined;
    }
  },
};

/** The text around the cursor mark, and the candidates there. */
function at(line: string, known: typeof schema | undefined = schema): readonly Candidate[] {
  const cursor = line.includes('▏') ? line.indexOf('▏') : line.length;
  return complete(line.replace('▏', ''), cursor, known, extra).candidates;
}

/** The line after a candidate was taken. */
function take(line: string, candidate: Candidate | undefined): string {
  if (candidate === undefined) return '(nothing)';
  const text = line.replace('▏', '');
  const { place } = candidate;
  return text.slice(0, place.start) + candidate.text + (candidate.after ?? '') + text.slice(place.end);
}

// The line with the cursor (at its end where no ▏ is), and the line once the first candidate is taken.
const FIRST: readonly (readonly [line: string, taken: string])[] = [
  ['send-key keys=ct', 'send-key keys=ctrl '],
  [
    'blockdev-add driver=raw file={"driver":"file"} file.',
    'blockdev-add driver=raw file={"driver":"file"} file.filename=',
  ],
  // commands and words
  ['blockdev-mi', 'blockdev-mirror '],
  ['qnbn', 'query-named-block-nodes '],
  ['block_', 'block_resize '],
  ['block-', 'block-commit '],
  ['query-block-j', 'query-block-jobs'],
  ['blockdev-miror', 'blockdev-mirror '],
  ['.he', '.help '],
  ['.help q', '.help quit '],
  ['.help quit que', '.help quit query-block '],
  ['blockdev-mi▏ device=node-A', 'blockdev-mirror device=node-A'],
  // names of arguments
  ['blockdev-mirror ', 'blockdev-mirror device='],
  ['blockdev-mirror device=node-A ', 'blockdev-mirror device=node-A target='],
  ['blockdev-mirror sy▏ device=node-A', 'blockdev-mirror sync= device=node-A'],
  ['blockdev-mirror sy▏nc=full', 'blockdev-mirror sync=full'],
  ['blockdev-mirror devcie', 'blockdev-mirror device='],
  ['blockdev-add dr', 'blockdev-add driver='],
  // by use
  ['blockdev-add driver=', 'blockdev-add driver=qcow2 '],
  ['blockdev-add driver=b', 'blockdev-add driver=bochs '],
  ['blockdev-add driver=qcow2 file.driver=', 'blockdev-add driver=qcow2 file.driver=file '],
  ['device_add driver=virtio-blk-pci ', 'device_add driver=virtio-blk-pci drive='],
  ['blockdev-add driver=qcow2 fi', 'blockdev-add driver=qcow2 file='],
  ['blockdev-add driver=qcow2 file.dr', 'blockdev-add driver=qcow2 file.driver='],
  [
    'blockdev-add driver=qcow2 file.driver=file file.',
    'blockdev-add driver=qcow2 file.driver=file file.filename=',
  ],
  ['blockdev-add driver=qcow2 cache', 'blockdev-add driver=qcow2 cache.'],
  ['blockdev-add driver=qcow2 cache.d', 'blockdev-add driver=qcow2 cache.direct='],
  [
    'blockdev-add file.filename=x driver=qcow2 file.dr',
    'blockdev-add file.filename=x driver=qcow2 file.driver=',
  ],
  ['blockdev-add driver=quorum children.', 'blockdev-add driver=quorum children.0.'],
  [
    'blockdev-add driver=quorum children.0=a children.',
    'blockdev-add driver=quorum children.0=a children.1.',
  ],
  ['blockdev-reopen options.0.dr', 'blockdev-reopen options.0.driver='],
  ['nbd-server-start addr.type=unix addr.data.', 'nbd-server-start addr.type=unix addr.data.path='],
  ['device_add driver=virtio-blk-pci ser', 'device_add driver=virtio-blk-pci serial='],
  // values
  ['blockdev-mirror sync=f', 'blockdev-mirror sync=full '],
  ['blockdev-mirror sync=f▏ull', 'blockdev-mirror sync=full '],
  ['blockdev-mirror sync=▏ device=x', 'blockdev-mirror sync=top device=x'],
  ['blockdev-mirror auto-dismiss=f', 'blockdev-mirror auto-dismiss=false '],
  ['blockdev-mirror device=', 'blockdev-mirror device=node-A '],
  ['blockdev-mirror device=nB', 'blockdev-mirror device=node-B '],
  ['blockdev-mirror device=my', 'blockdev-mirror device="my node" '],
  ['blockdev-mirror device="my', 'blockdev-mirror device="my node" '],
  ["blockdev-mirror device='my", "blockdev-mirror device='my node' "],
  ['blockdev-mirror device=12', 'blockdev-mirror device=123 '],
  ['device_add driver=virtio-blk-pci drive=12', 'device_add driver=virtio-blk-pci drive=123 '],
  [
    'block-dirty-bitmap-remove node=node-B name=',
    'block-dirty-bitmap-remove node=node-B name=bitmap-of-node-B ',
  ],
  ['nbd-server-start tls-creds=', 'nbd-server-start tls-creds=tls-creds0 '],
  ['blockdev-add driver=file filename=d', 'blockdev-add driver=file filename=disks/'],
  ['blockdev-add driver=file filename=a', 'blockdev-add driver=file filename=a.qcow2 '],
  ['blockdev-add driver=qcow2 backing=nu', 'blockdev-add driver=qcow2 backing=null '],
  ['blockdev-reopen options=', 'blockdev-reopen options=['],
  [
    'human-monitor-command command-line="info blocks',
    'human-monitor-command command-line="info blockstats" ',
  ],
  // literals
  ['blockdev-add driver=qcow2 file={', 'blockdev-add driver=qcow2 file={"driver": '],
  ['blockdev-add driver=qcow2 file={"dr', 'blockdev-add driver=qcow2 file={"driver": '],
  ["blockdev-add driver=qcow2 file={'dr", "blockdev-add driver=qcow2 file={'driver': "],
  ['blockdev-add driver=qcow2 file={dr', 'blockdev-add driver=qcow2 file={"driver": '],
  ['blockdev-add driver=qcow2 file={"dr▏iver":"file"}', 'blockdev-add driver=qcow2 file={"driver":"file"}'],
  ['blockdev-add driver=qcow2 file={"driver":"fi', 'blockdev-add driver=qcow2 file={"driver":"file"'],
  ['blockdev-add driver=qcow2 file={"driver": fi', 'blockdev-add driver=qcow2 file={"driver": "file"'],
  ['blockdev-add driver=qcow2 file={"driver": ', 'blockdev-add driver=qcow2 file={"driver": "file"'],
  [
    'blockdev-add driver=qcow2 file={"driver":"file", "fi',
    'blockdev-add driver=qcow2 file={"driver":"file", "filename": ',
  ],
  [
    'blockdev-add driver=qcow2 file={"driver":"file", "read-only":t',
    'blockdev-add driver=qcow2 file={"driver":"file", "read-only":true',
  ],
  ['transaction actions=[{"type":"abo', 'transaction actions=[{"type":"abort"'],
  [
    'transaction actions=[{"type":"blockdev-backup","data":{"sync":"f',
    'transaction actions=[{"type":"blockdev-backup","data":{"sync":"full"',
  ],
  [
    'transaction actions=[{"type":"blockdev-backup","data":{"device":"node-',
    'transaction actions=[{"type":"blockdev-backup","data":{"device":"node-A"',
  ],
  [
    'block-dirty-bitmap-merge node=n target=t bitmaps=[{"node":"n',
    'block-dirty-bitmap-merge node=n target=t bitmaps=[{"node":"node-A"',
  ],
  // raw JSON
  ['{"execute":"query-block-j', '{"execute":"query-block-jobs"'],
  ['{"execute":"blockdev-del","arguments":{"', '{"execute":"blockdev-del","arguments":{"node-name": '],
  [
    '-> {"execute":"blockdev-del","arguments":{"node-name":"',
    '-> {"execute":"blockdev-del","arguments":{"node-name":"node-A"',
  ],
  // transactions
  ['transaction(\n  blockdev-ba', 'transaction(\n  blockdev-backup '],
  ['transaction( blockdev-backup sy', 'transaction( blockdev-backup sync='],
  ['transaction( blockdev-backup sync=f', 'transaction( blockdev-backup sync=full '],
  [
    'transaction( blockdev-backup device=node-▏ sync=full )',
    'transaction( blockdev-backup device=node-A sync=full )',
  ],
  ['transaction( blockdev-backup sync=full ab', 'transaction( blockdev-backup sync=full abort '],
  ['transaction( completion', '(nothing)'],
  // nothing can stand here
  ['blockdev-backup device=node-A | ', '(nothing)'],
  ['query-block-jobs ', '(nothing)'],
  ['# query', '(nothing)'],
  ['blockdev-add driver=qcow2 file={"driver":"file"}', '(nothing)'],
  ['blockdev-add driver=qcow2 file={"driver":"file" ', '(nothing)'],
  ['blockdev-mirror job-id=', '(nothing)'],
  ['no-such-command ', '(nothing)'],
];

for (const [line, taken] of FIRST) {
  test(`${line.replaceAll('\n', '\\n')} goes on as ${taken.replaceAll('\n', '\\n')}`, () => {
    assert.is(take(line, at(line)[0]), taken);
  });
}

const LISTS: readonly (readonly [line: string, texts: readonly string[]])[] = [
  ['blockdev-mirror on-', ['on-source-error', 'on-target-error']],
  ['block-job-f', ['block-job-finalize']],
  ['blockdev-mirror copy-mode=', ['background', 'write-blocking']],
  ['job-', ['job-cancel', 'job-complete', 'job-dismiss', 'job-finalize', 'job-pause', 'job-resume']],
  ['blockdev-add driver=qcow2 file.driver=file fi', ['file.']],
  ['blockdev-add driver=qcow2 file=node-A fil', ['data-file', 'data-file.']],
  ['blockdev-add driver=qcow2 fil', ['file', 'file.']],
];

for (const [line, texts] of LISTS) {
  test(`${line} could go on as ${texts.join(' ')}`, () => {
    assert.equal(
      at(line).map(({ text }) => text),
      texts,
    );
  });
}

test('required arguments come first, deprecated ones last, those given not at all', () => {
  const keys = at('block-commit job-id=x ').map(({ text }) => text);
  assert.is(keys[0], 'device');
  assert.not(keys.includes('job-id'));
  assert.equal([...keys.slice(-2)].sort(), ['base', 'top']);
});

test('a candidate says its type, whether it is required, what it means and which letters match', () => {
  const [sync] = at('blockdev-mirror sy');
  assert.is(sync?.note, 'one of 5 · required');
  assert.match(sync?.about ?? '', /what to copy/);
  assert.equal(sync?.matched, [0, 1]);
  const complete = at('block-job-comp')[0];
  assert.is(complete?.note, 'deprecated');
  assert.is(complete?.deprecated, true);
});

test('inside a transaction the arguments of the action before and the next actions are offered', () => {
  const line = 'transaction( blockdev-backup device=node-A ';
  const texts = at(line).map(({ text }) => text);
  assert.is(texts[0], 'sync');
  assert.ok(texts.includes('block-dirty-bitmap-add') && texts.includes(')'));
  const next = at('transaction(\nblockdev-backup device=node-A\n').map(({ kind }) => kind);
  assert.not(next.includes('key'));
});

test('without a schema words and known names still complete', () => {
  const values: Extra = {
    values: ({ kind }) => (kind === 'command' ? [{ text: 'query-block' }] : NODES),
  };
  assert.is(complete('query-', 6, undefined, values).candidates[0]?.text, 'query-block');
  const line = 'blockdev-del node-name=';
  assert.is(complete(line, line.length, undefined, values).candidates[0]?.text, 'node-A');
  assert.equal(complete('blockdev-del ', 13, undefined, values).candidates, []);
});

test('a name that a terminal would obey is offered as an escaped string', () => {
  const line = 'blockdev-del node-name=';
  const values = () => [{ text: 'a\u001b]0;x\u0007', note: '\u009b2J' }];
  const [only] = complete(line, line.length, schema, { values }).candidates;
  assert.is(only?.text, '"a\\u001b]0;x\\u0007"');
  assert.not.match(`${only?.label}${only?.note}`, /[\u0000-\u001f\u0080-\u009f]/);
  const taken = parse(`${line}${only?.text}`, schema);
  assert.equal(taken.kind === 'command' && taken.request.arguments, { 'node-name': 'a\u001b]0;x\u0007' });
});

test('what is wanted is told with what is given around it', () => {
  const wanted = (line: string) => complete(line, line.length, schema).wanted;
  assert.is(wanted('job-complete id=')?.kind, 'job');
  assert.is(wanted('job-complete id=')?.command, 'job-complete');
  assert.is(wanted('qom-get path=/machine property=')?.given['path'], '/machine');
  assert.is(wanted('blockdev-mirror job-id='), undefined);
  const inner = wanted(
    'transaction actions=[{"type":"block-dirty-bitmap-remove","data":{"node":"n","name":"',
  );
  assert.is(inner?.kind, 'bitmap');
  assert.is(inner?.given['node'], 'n');
});

test('where no type is known, a name that would be read as a number is put in quotes', () => {
  for (const [known, taken] of [
    [undefined, 'blockdev-del node-name="123" '],
    [schema, 'blockdev-del node-name=123 '],
  ] as const) {
    const line = 'blockdev-del node-name=12';
    const { candidates } = complete(line, line.length, known, extra);
    assert.is(take(line, candidates[0]).trimEnd(), taken.trimEnd());
  }
});

for (const version of VERSIONS) {
  test(`every command of ${version}: each argument it offers is one it takes`, () => {
    const known = recordedSchema(version);
    for (const name of known.commands.keys()) {
      for (const candidate of at(`${name} `, known)) {
        if (candidate.after !== '=') continue;
        const line = parse(`${name} ${candidate.text}=1`, known);
        const problems = line.kind === 'wrong' ? line.problems : [];
        assert.not(
          problems.some(({ message }) => message.includes('has no argument')),
          `${name} ${candidate.text}`,
        );
      }
    }
  });
}

const PIECES = [
  ...['blockdev-add', 'transaction', '(', ')', '{', '}', '[', ']', '"', "'", ' ', '\n', '=', '.', ',', ':'],
  ...[
    'driver',
    'qcow2',
    'file',
    'actions',
    'type',
    'data',
    '.help',
    '#',
    '|',
    '&',
    '->',
    'execute',
    '0',
    '\\',
    '__proto__',
  ],
];

test('between a transaction and its bracket nothing is offered', () => {
  assert.equal(complete('transaction\n(', 12, schema, extra).candidates, []);
});

test('any text, any cursor: no exception, and every place is inside the text', () => {
  const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(texts, fc.nat(200), (text, n) => {
      const cursor = Math.min(n, text.length);
      for (const { place } of complete(text, cursor, schema, extra).candidates) {
        assert.ok(place.start >= 0 && place.start <= place.end && place.end <= text.length, text);
        assert.ok(place.start <= cursor && cursor <= place.end, `${text} at ${cursor}`);
      }
    }),
    { numRuns: 1500 },
  );
});

test.run();
