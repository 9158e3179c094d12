import type { Terminal as XTerm } from '@xterm/headless';
import headless from '@xterm/headless';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Input } from '../../src/editor/input.ts';
import { EMACS } from '../../src/editor/keymap.ts';
import { LineEditor } from '../../src/editor/screen.ts';
import type { EditorState } from '../../src/editor/state.ts';
import { DEFAULT_SETTINGS } from '../../src/editor/state.ts';
import { view } from '../../src/editor/view.ts';
import type { Candidate } from '../../src/language/line.ts';
import { lineWidth, plain } from '../../src/text/line.ts';
import { palette } from '../../src/text/palette.ts';
import type { StyledLine } from '../../src/text/style.ts';
import { drive, keysOf } from './drive.ts';

const PROMPT = { text: '(QEMU) ', role: 'prompt' } as const;
const NO_DECOR = { colour: () => [] };

function look(state: EditorState, columns: number, rows: number): { rows: string[]; cursor: string } {
  const { rows: lines, cursor } = view(state, { columns, rows }, NO_DECOR, DEFAULT_SETTINGS);
  return { rows: lines.map(plain), cursor: `${cursor.row},${cursor.col}` };
}

const line = (text: string, cursor?: number): Input =>
  cursor === undefined ? { type: 'setLine', text } : { type: 'setLine', text, cursor };
const dim = (text: string): StyledLine => [{ text, role: 'dim' }];
const menuOf = (count: number): Input[] => [
  line('x'),
  ...keysOf('Tab'),
  {
    type: 'candidates',
    ticket: 1,
    explicit: true,
    candidates: Array.from(
      { length: count },
      (_, i): Candidate => ({
        text: `a${i}`,
        place: { start: 0, end: 1 },
        kind: 'value',
        note: 'n',
      }),
    ),
  },
];

const cases: readonly (readonly [
  name: string,
  inputs: readonly Input[],
  columns: number,
  rows: number,
  expected: readonly string[],
  cursor: string,
])[] = [
  ['an empty line', [], 40, 10, ['(QEMU) '], '0,7'],
  ['a line', [line('abc')], 40, 10, ['(QEMU) abc'], '0,10'],
  ['a cursor in it', [line('abc', 1)], 40, 10, ['(QEMU) abc'], '0,8'],
  ['wide letters', [line('漢字')], 40, 10, ['(QEMU) 漢字'], '0,11'],
  ['rows', [line('{\na')], 40, 10, ['(QEMU) {', '   ... a'], '1,8'],
  ['breaks at the edge', [line('abcdefghijklmnop')], 20, 10, ['(QEMU) abcdefghijklm', 'nop'], '1,3'],
  ['a full row: the cursor goes below', [line('abcdefghijklm')], 20, 10, ['(QEMU) abcdefghijklm', ''], '1,0'],
  ['a full row, the cursor in it', [line('abcdefghijklm', 3)], 20, 10, ['(QEMU) abcdefghijklm'], '0,10'],
  ['the cursor at a break', [line('abcdefghijklmnop', 13)], 20, 10, ['(QEMU) abcdefghijklm', 'nop'], '1,0'],
  ['a wide letter that does not fit', [line('abcdefghijkl漢')], 20, 10, ['(QEMU) abcdefghijkl', '漢'], '1,2'],
  ['control characters', [line('a\x1b[31m\u202eb')], 40, 10, ['(QEMU) a\\x1b[31m\\u202eb'], '0,23'],
  ['a tab', [line('{\n\tb')], 40, 10, ['(QEMU) {', '   ...     b'], '1,12'],
  ['a narrow screen', [line('abcdef')], 6, 10, ['(Qabcd', 'ef'], '1,2'],
  ['grey text', [line('ab'), { type: 'suggestion', text: 'cd' }], 40, 10, ['(QEMU) abcd'], '0,9'],
  [
    'grey text is cut, and says so',
    [line('ab'), { type: 'suggestion', text: 'x'.repeat(99) }],
    14,
    10,
    ['(QEMU) abxxx…'],
    '0,9',
  ],
  [
    'no grey text in the middle',
    [line('ab', 1), { type: 'suggestion', text: 'cd' }],
    40,
    10,
    ['(QEMU) ab'],
    '0,8',
  ],
  [
    'hint and status',
    [
      { type: 'hint', line: dim('hint') },
      { type: 'status', lines: [dim('job')] },
    ],
    40,
    10,
    ['(QEMU) ', 'hint', 'job'],
    '0,7',
  ],
  [
    'a hint goes on in a second row, and is cut there',
    [{ type: 'hint', line: dim('a rather long hint that goes on and on') }],
    16,
    10,
    ['(QEMU) ', 'a rather long', '  hint that goe…'],
    '0,7',
  ],
  [
    'a hint is cut where there is no room for a second row',
    [{ type: 'hint', line: dim('a rather long hint') }],
    16,
    2,
    ['(QEMU) ', 'a rather long h…'],
    '0,7',
  ],
  ['a menu', menuOf(2), 40, 10, ['(QEMU) x', ' a0  n', ' a1  n'], '0,8'],
  [
    'a menu in five rows',
    [...menuOf(9), { type: 'hint', line: dim('hint') }, { type: 'status', lines: [dim('job')] }],
    40,
    5,
    ['(QEMU) x', ' a0  n', ' 1-1 of 9, Tab goes on', 'hint', 'job'],
    '0,8',
  ],
  ['one row', [...menuOf(9), { type: 'hint', line: dim('hint') }], 40, 1, ['(QEMU) x'], '0,8'],
  ['two rows', [...menuOf(9), { type: 'hint', line: dim('hint') }], 40, 2, ['(QEMU) x', ' a0  n'], '0,8'],
  [
    'more rows than the screen',
    [line('1\n2\n3\n4\n5\n6\n7\n8')],
    40,
    4,
    ['   ... 6', '   ... 7', '   ... 8', 'rows 6-8 of 8'],
    '2,8',
  ],
  [
    'more rows, the cursor at the top',
    [line('1\n2\n3\n4\n5\n6\n7\n8', 0)],
    40,
    4,
    ['(QEMU) 1', '   ... 2', '   ... 3', 'rows 1-3 of 8'],
    '0,7',
  ],
  [
    'a search',
    [{ type: 'history', entries: ['query-block'] }, ...keysOf('C-r blo')],
    40,
    4,
    ['(QEMU) query-block', 'search back: blo'],
    '0,13',
  ],
  [
    'a search that only comes near',
    [{ type: 'history', entries: ['query-block'] }, ...keysOf('C-r blokc')],
    60,
    4,
    ['(QEMU) query-block', 'search back: blokc  (no line holds it, this one comes near)'],
    '0,7',
  ],
  [
    'a search without a match',
    [{ type: 'history', entries: [] }, ...keysOf('C-r x')],
    40,
    4,
    ['(QEMU) ', 'search back: x  (nothing found)'],
    '0,7',
  ],
  [
    'a question',
    [line('half'), { type: 'ask', text: 'Run quit? [y/N]', keys: ['y'] }],
    40,
    4,
    ['Run quit? [y/N] '],
    '0,16',
  ],
  [
    'a long question',
    [{ type: 'ask', text: 'Run quit, really? [y/N]', keys: ['y'] }],
    12,
    4,
    ['Run quit,', 'really?', '[y/N] '],
    '2,6',
  ],
  [
    'in the foreground',
    [{ type: 'busy', on: true, text: 'waiting' }, ...keysOf('ab Enter cd')],
    40,
    4,
    ['then ab', 'waiting cd'],
    '1,10',
  ],
  [
    'in the foreground, with many lines that wait, on a narrow screen',
    [
      { type: 'busy', on: true, text: 'waiting' },
      ...keysOf('a Enter Enter query-status Enter c Enter d Enter e'),
    ],
    12,
    6,
    ['then a', 'then query…', 'and 2 more…', 'waiting e'],
    '3,9',
  ],
  [
    'in the foreground, with more typed than stands behind it',
    [{ type: 'busy', on: true, text: 'waiting' }, ...keysOf('query')],
    12,
    6,
    ['waiting ', 'query'],
    '1,5',
  ],
];
for (const [name, inputs, columns, rows, expected, cursor] of cases) {
  test(name, () => {
    const { state } = drive(inputs, {}, { prompt: PROMPT, size: { columns, rows } });
    assert.equal(look(state, columns, rows), { rows: expected, cursor });
  });
}

test('marks colour the line and underline a problem', () => {
  const { state } = drive([line('ab cd')], {}, { prompt: PROMPT });
  const decor = { colour: () => [{ start: 0, end: 2, role: 'command', underline: true } as const] };
  assert.equal(view(state, { columns: 40, rows: 5 }, decor, DEFAULT_SETTINGS).rows, [
    [PROMPT, { text: 'ab', role: 'command', underline: true }, { text: ' cd' }],
  ]);
});

test('a line of a megabyte is shown in part', () => {
  const { state } = drive([line('x'.repeat(1_000_000))], {}, { prompt: PROMPT });
  assert.is(look(state, 80, 24).rows.length, 24);
});

// The oracle: what the bytes make of a terminal is what the view says.

interface Bench {
  readonly terminal: XTerm;
  readonly editor: LineEditor;
  readonly bytes: string[];
  settle(): Promise<void>;
}

function bench(columns: number, rows: number, colours: 0 | 2 = 0): Bench {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  const bytes: string[] = [];
  const editor = new LineEditor({
    write: text => bytes.push(text),
    size: { columns, rows },
    palette: palette(colours),
    prompt: PROMPT,
    after: () => () => {},
    history: ['query-block', 'a much longer line that takes more than one row on a narrow screen'],
    settings: { isOpen: text => text.split('{').length > text.split('}').length },
    reflow: 'above',
  });
  let sent = 0;
  return {
    terminal,
    editor,
    bytes,
    settle: () => {
      editor.flush();
      const text = bytes.slice(sent).join('');
      sent = bytes.length;
      return new Promise(resolve => terminal.write(text, resolve));
    },
  };
}

const rowText = (terminal: XTerm, y: number) =>
  terminal.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '';

function check({ terminal, editor }: Bench): void {
  const { active } = terminal.buffer;
  const expected = view(editor.state, editor.state.size, NO_DECOR, editor.settings);
  const top = active.baseY + active.cursorY - expected.cursor.row;
  const got = expected.rows.map((_, i) => rowText(terminal, top + i));
  assert.equal(
    got,
    expected.rows.map(row => plain(row).trimEnd()),
  );
  assert.is(active.cursorX, expected.cursor.col);
  // Nothing is left below.
  for (let y = top + expected.rows.length; y < active.baseY + terminal.rows; y++)
    assert.is(rowText(terminal, y), '');
}

test('printed lines scroll away whole, above a line that stays', async () => {
  const all = bench(20, 6);
  all.editor.input('half typed\x1b[D\x1b[D');
  for (let i = 0; i < 30; i++) {
    all.editor.print([[{ text: `event ${i} ${'-'.repeat(i)}` }]]);
    if (i % 3 === 0) await all.settle();
  }
  await all.settle();
  check(all);
  const { active } = all.terminal.buffer;
  const lines: string[] = [];
  for (let y = 0; y < active.length; y++) {
    const wrapped = active.getLine(y)?.isWrapped ?? false;
    if (wrapped) lines.push(lines.pop() + rowText(all.terminal, y));
    else lines.push(rowText(all.terminal, y));
  }
  assert.equal(
    lines.filter(text => text.startsWith('event')),
    Array.from({ length: 30 }, (_, i) => `event ${i} ${'-'.repeat(i)}`.trimEnd()),
  );
  assert.is(lines.filter(text => text.includes('half')).length, 1);
});

for (const [what, rows, cursor] of [
  ['the row above the cursor', 1, 14],
  ['the rows below the cursor', 2, 0],
] as const) {
  test(`a screen that gets lower loses ${what}: what has room is drawn anew`, async () => {
    const all = bench(20, 6);
    all.editor.input('half typed, and more');
    all.editor.setLine('half typed, and more', cursor);
    all.editor.setStatus([dim('job0'), dim('job1')]);
    await all.settle();
    for (const height of [rows, 6, rows]) {
      all.terminal.resize(20, height);
      all.editor.resize({ columns: 20, rows: height });
      all.editor.input('x');
      await all.settle();
      check(all);
    }
  });
}

test('a line that was run stays above the next prompt, without grey text and menu', async () => {
  const all = bench(40, 8);
  all.editor.on(effect => {
    if (effect.type === 'complete')
      all.editor.candidates(
        effect.ticket,
        [0, 1].map(i => ({ text: `q${i}`, place: { start: 0, end: 1 }, kind: 'command' })),
        true,
      );
  });
  all.editor.input('q');
  all.editor.setSuggestion('uery');
  all.editor.input('\t');
  await all.settle();
  check(all);
  all.editor.input('\r');
  all.editor.input('{\r}\r');
  all.editor.input('ab\x03');
  await all.settle();
  check(all);
  assert.equal(
    [0, 1, 2, 3, 4, 5].map(y => rowText(all.terminal, y)),
    ['(QEMU) q', '(QEMU) {', '   ... }', '(QEMU) ab^C', '(QEMU)', ''],
  );
});

test('typing a letter costs a letter; erasing one, moving on, few bytes more', async () => {
  const all = bench(80, 24);
  await all.settle();
  const cost = async (keys: string) => {
    const before = all.bytes.length;
    all.editor.input(keys);
    await all.settle();
    return all.bytes.slice(before).join('');
  };
  assert.is(await cost('a'), 'a');
  assert.is(await cost('bcd'), 'bcd');
  assert.is(await cost('\x7f'), '\b\x1b[K');
  assert.is(await cost('\x1b[D'), '\b');
  assert.is(await cost('\x1b[C'), '\x1b[C');
  assert.is(await cost('\x01'), '\b\b\b');
  assert.is(await cost('\x05'), '\x1b[3C');
  assert.is(await cost('\x1b[C'), '');
});

test('several inputs of one turn are one write', async () => {
  const all = bench(80, 24);
  await Promise.resolve();
  const before = all.bytes.length;
  all.editor.input('abc');
  all.editor.setStatus([dim('job')]);
  all.editor.print([dim('event')]);
  await Promise.resolve();
  assert.is(all.bytes.length - before, 1);
});

const letters = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.stringMatching(/^[a-z{}= 漢字é]{0,12}$/),
  fc.constantFrom('e\u0301', '\t', 'a\nb', '\x1b[2J', '{\n1\n2\n3\n}'),
);
const lines = fc.array(
  letters.map((text): StyledLine => [{ text: text.replaceAll('\n', ' '), role: 'dim' }]),
  { maxLength: 3 },
);
const input: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 6,
    arbitrary: letters
      .filter(text => text !== '')
      .map(text => ({ type: 'text', text: text.replaceAll(/[\x00-\x1f\x7f]/g, '') }) as const),
  },
  { weight: 2, arbitrary: letters.map(text => ({ type: 'paste', text }) as const) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...EMACS.keys())
      .filter(key => !key.includes(' ') && key !== 'C-z')
      .map(key => ({ type: 'key', key }) as const),
  },
  { weight: 2, arbitrary: lines.map(all => ({ type: 'print', lines: all }) as const) },
  { weight: 1, arbitrary: lines.map(all => ({ type: 'status', lines: all }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .option(letters, { nil: undefined })
      .map(
        text =>
          ({ type: 'hint', line: text === undefined ? undefined : dim(text.replaceAll('\n', ' ')) }) as const,
      ),
  },
  { weight: 1, arbitrary: letters.map(text => ({ type: 'suggestion', text }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'ask', text: 'Really? [y/N]', keys: ['y', 'n'] } as const) },
  { weight: 1, arbitrary: fc.boolean().map(on => ({ type: 'busy', on, text: 'waiting' }) as const) },
  {
    weight: 2,
    arbitrary: fc
      .record({ columns: fc.integer({ min: 2, max: 60 }), rows: fc.integer({ min: 1, max: 12 }) })
      .map(size => ({ type: 'resize', ...size }) as const),
  },
);

/** `RUNS=1500 node bin/test.mjs editor/view` looks for rarer cases; a failure prints its seed and path. */
const RUNS = Number(process.env['RUNS'] ?? 150);

// xterm.js itself forgets cells of a wide letter at its right edge when it gets narrower, so sizes and wide letters
// are not mixed.
for (const [name, kinds] of [
  ['inputs', (one: Input) => one.type !== 'resize'],
  ['sizes, in ASCII', (one: Input) => !/[^\x00-\x7f]/.test(JSON.stringify(one))],
] as const) {
  test(`the terminal shows what the view says, whatever comes: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: 50 }),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom<0 | 2>(0, 2),
        fc.array(fc.array(input.filter(kinds), { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        async (columns, rows, colours, turns) => {
          const all = bench(columns, rows, colours);
          all.editor.on(effect => {
            if (effect.type !== 'complete') return;
            const candidates = Array.from(
              { length: 5 },
              (_, i): Candidate => ({
                text: `abc${i}`,
                place: { start: effect.cursor, end: effect.cursor },
                kind: 'value',
                ...(i === 2 ? { note: 'noted' } : {}),
              }),
            );
            all.editor.candidates(effect.ticket, candidates, effect.explicit);
          });
          for (const turn of turns) {
            for (const one of turn) {
              if (one.type === 'resize') {
                await all.settle();
                all.terminal.resize(one.columns, one.rows);
                all.editor.resize(one);
              } else all.editor.dispatch(one);
            }
            await all.settle();
            check(all);
          }
          all.terminal.dispose();
        },
      ),
      { numRuns: RUNS },
    );
  });
}

test('rows of the view are never wider than the screen, nor more than it has', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(input, { maxLength: 20 }),
      (columns, rows, inputs) => {
        const { state } = drive(inputs, {}, { prompt: PROMPT, size: { columns, rows } });
        const { rows: all, cursor } = view(state, { columns, rows }, NO_DECOR, DEFAULT_SETTINGS);
        assert.ok(all.length <= rows);
        assert.ok(cursor.row < all.length && cursor.col < columns);
        for (const row of all) assert.ok(lineWidth(row) <= columns);
      },
    ),
  );
});

test.run();
