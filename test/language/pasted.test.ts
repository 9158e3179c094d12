// What people paste at the prompt and pipe to standard input: which lines run, and that each of them is understood.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { PastedLines } from '../../src/language/pasted.ts';
import type { PastedLine } from '../../src/language/several.ts';
import { transcript } from '../../src/language/transcript.ts';
import { PASTES } from '../pastes.ts';

function piped(text: string): readonly PastedLine[] {
  const lines = new PastedLines();
  return [...text.split('\n').flatMap(row => lines.push(row)), ...lines.end()];
}

const shown = (lines: readonly PastedLine[]) =>
  lines.map(
    ({ row, text }) => `${row}: ${text.trimStart().replace(/\s+$/, end => (end.includes('\n') ? '\n' : ''))}`,
  );

for (const { what, text, runs, answers = 0, prose } of PASTES) {
  test(`pasted: ${what}`, () => assert.equal(shown(transcript(text)), runs));
  if (prose) continue;
  test(`piped: ${what}`, () => {
    const lines = piped(text);
    const run = lines.filter(line => line.leftOut === undefined && parse(line.text).kind !== 'empty');
    assert.equal(shown(run), runs);
    assert.is(lines.filter(line => line.leftOut === 'answer').length, answers);
  });
}

test('a mark without a blank is none of a mail', () =>
  assert.equal(shown(piped('>>x\n> stop')), ['1: >>x', '2: stop']));

test('each line that runs is understood', () => {
  for (const { runs } of PASTES)
    for (const line of runs) {
      const found = parse(line.slice(line.indexOf(' ') + 1));
      assert.ok(found.kind !== 'wrong', `${line}: ${JSON.stringify(found)}`);
    }
});

test('nothing is lost: whatever is piped, each row is in a line, and lines are in order', () => {
  const piece = fc.constantFrom(
    ...[
      '\n',
      '\n',
      ' ',
      '{',
      '}',
      '{"execute": "a"}',
      '{"return": {}}',
      ';',
      '> ',
      '-> ',
      '<- ',
      '(QEMU) ',
      '# ',
      '//',
    ],
    ...[
      'stop',
      ' \\\n',
      'x=1',
      '"',
      '<<EOF',
      'cat ',
      'EOF',
      'nc -U s',
      '$ ',
      '(qemu) ',
      '.hmp ',
      '\x1b[1m',
      '\ufeff',
      '```',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      const letters = (from: string) =>
        from
          .replace(/\x1b\[1m|[^a-z]/g, '')
          .replaceAll('hmp', '')
          .replaceAll('qemu', '');
      const lines = piped(text);
      assert.is(letters(lines.map(line => line.text).join('\n')), letters(text));
      assert.ok(lines.every((line, i) => line.row >= (lines[i - 1]?.row ?? 1)));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 2000) },
  );
});

test('requests one behind the other come out as they went in', () => {
  const message = fc
    .dictionary(fc.string(), fc.jsonValue())
    .map(args => JSON.stringify({ execute: 'x', arguments: args }));
  const gap = fc.constantFrom('', ' ', ';', '; ', ',', '\n', ';\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(message, gap), { minLength: 1, maxLength: 8 }), list => {
      const lines = piped(
        list.map(([one, between], i) => one + (i < list.length - 1 ? between : '')).join(''),
      );
      const clean = lines.map(line => line.text.replace(/[;,]$/, ''));
      assert.equal(
        clean,
        list.map(([one]) => one),
      );
    }),
  );
});

test.run();
