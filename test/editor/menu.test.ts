import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buffer } from '../../src/editor/buffer.ts';
import type { Input } from '../../src/editor/input.ts';
import { extend, menuRows, openMenu, select, selectToward, take } from '../../src/editor/menu.ts';
import type { EditorSettings } from '../../src/editor/state.ts';
import type { Candidate } from '../../src/language/line.ts';
import { lineWidth, plain } from '../../src/text/line.ts';
import { drive, keysOf, shown } from './drive.ts';

const at = (start: number, end: number) => ({ start, end });
const candidate = (text: string, start: number, end: number, more: Partial<Candidate> = {}): Candidate => ({
  text,
  place: at(start, end),
  kind: 'value',
  ...more,
});

/** Types, presses Tab, gets these candidates for the last word, and goes on. */
function tab(
  typed: string,
  names: readonly (string | Partial<Candidate>)[],
  more: string | readonly Input[] = '',
  settings: Partial<EditorSettings> = {},
) {
  const first = drive([...keysOf(typed), ...keysOf('Tab')], settings);
  const { text } = first.state.buffer;
  const start = text.lastIndexOf(' ') + 1;
  const candidates = names.map(name =>
    typeof name === 'string'
      ? candidate(name, start, text.length)
      : { ...candidate('', start, text.length), ...name },
  );
  const answer = { type: 'candidates', ticket: first.state.ticket, candidates, explicit: true } as const;
  return drive([answer, ...(typeof more === 'string' ? keysOf(more) : more)], settings, first.state);
}

// typed, candidates, further keys -> line, whether the menu is open
const cases: readonly (readonly [
  typed: string,
  names: readonly (string | Partial<Candidate>)[],
  more: string,
  line: string,
  open: boolean,
])[] = [
  ['query-st', ['query-status'], '', 'query-status|', false],
  ['query-st', [{ text: 'query-status', after: ' ' }], '', 'query-status |', false],
  ['x␣sy', [{ text: 'sync', after: '=' }], '', 'x sync=|', false],
  ['x␣sy', [{ text: 'sync', after: '=' }], 'f', 'x sync=f|', false],
  ['query-st', [{ text: 'query-status', after: ' ' }], '␣', 'query-status |', false],
  ['query-st', [{ text: 'query-status', after: ' ' }], '␣ ␣', 'query-status  |', false],
  ['x␣sy', [{ text: 'sync', after: '=' }], '=f', 'x sync=f|', false],
  ['qb', ['query-block'], '', 'query-block|', false],
  ['bl', ['block-stream', 'blockdev-add', 'block-commit'], '', 'block|', true],
  ['block', ['block-stream', 'block-commit'], '', 'block-|', true],
  ['block-', ['block-stream', 'block-commit'], '', 'block-|', true],
  ['block-', ['block-stream', 'block-commit'], 'Tab', 'block-stream|', true],
  ['block-', ['block-stream', 'block-commit'], 'Tab Tab', 'block-commit|', true],
  ['block-', ['block-stream', 'block-commit'], 'Tab Tab Tab', 'block-stream|', true],
  ['block-', ['block-stream', 'block-commit'], 'S-Tab', 'block-commit|', true],
  ['block-', ['block-stream', 'block-commit'], 'Down Down', 'block-commit|', true],
  ['block-', ['block-stream', 'block-commit'], 'Up', 'block-commit|', true],
  ['block-', ['block-stream', 'block-commit'], 'Left', 'block|-', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab Escape', 'block-stream|', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab C-g', 'block-|', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab C-_', 'block-|', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab Tab C-_', 'block-|', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab x', 'block-streamx|', false],
  ['block-', ['block-stream', 'block-commit'], 'Tab C-a', '|block-stream', false],
  ['block-', ['block-stream', 'block-commit'], 's', 'block-s|', true],
  ['block-', ['block-stream', 'block-commit'], 'Backspace', 'block|', true],
  ['block-', ['block-stream', 'block-commit'], 'Enter', '|', false],
  [
    's',
    [
      { text: 'sync', after: '=' },
      { text: 'speed', after: '=' },
    ],
    'Tab f',
    'sync=f|',
    false,
  ],
  [
    's',
    [
      { text: 'sync', after: '=' },
      { text: 'speed', after: '=' },
    ],
    'Tab =',
    'sync=|',
    false,
  ],
  [
    's',
    [
      { text: 'file', after: '=' },
      { text: 'speed', after: '=' },
    ],
    'Tab .',
    'file.|',
    false,
  ],
  // Esc leaves what was taken, with the "=" that stands behind it in grey.
  ...(
    [
      ['Tab Escape', 'sync=|'],
      ['Tab Escape x', 'sync=x|'],
      ['Tab Escape =', 'sync=|'],
      ['Tab Escape C-_', 's|'],
    ] as const
  ).map(
    ([more, line]) =>
      [
        's',
        [
          { text: 'sync', after: '=' },
          { text: 'speed', after: '=' },
        ],
        more,
        line,
        false,
      ] as const,
  ),
  ['qnbn', ['query-named-block-nodes', 'query-block'], '', 'qnbn|', true],
  ['zz', [], '', 'zz|', false],
];
for (const [typed, names, more, line, open] of cases) {
  test(`${typed} Tab ${JSON.stringify(names)} ${more}`, () => {
    const { state } = tab(typed, names, more);
    assert.is(shown(state), line);
    assert.is(state.menu !== undefined, open);
  });
}

test('Enter runs the line as typed, with what was chosen in it', () => {
  const run = (more: string) =>
    tab('block-', ['block-stream', 'block-commit'], more).effects.find(effect => effect.type === 'submit');
  assert.equal(run('Enter'), { type: 'submit', text: 'block-' });
  assert.equal(run('Tab Enter'), { type: 'submit', text: 'block-stream' });
});

test('candidates that come late, for another line, are dropped', () => {
  const answer = (ticket: number, explicit = true) =>
    ({ type: 'candidates', ticket, candidates: [candidate('query-status', 0, 1)], explicit }) as const;
  const late: readonly (readonly Input[])[] = [
    [...keysOf('q Tab u Tab'), answer(1)],
    [...keysOf('q Tab Enter'), answer(1)],
    [...keysOf('q'), answer(0, false)],
  ];
  for (const inputs of late) assert.not.match(drive(inputs).state.buffer.text, 'status');
  // The line has changed since, although nothing newer was asked.
  for (const [keys, line] of [
    ['q Tab u', 'qu|'],
    ['q Tab C-a', '|q'],
    ['q Tab Backspace', '|'],
  ] as const)
    assert.is(shown(drive([...keysOf(keys), answer(1)]).state), line);
});

test('while typing the menu comes by itself, and leaves the arrows alone', () => {
  const typing = { menu: 'typing' } as const;
  const first = drive('b', typing);
  assert.equal(first.effects[0], { type: 'complete', ticket: 1, text: 'b', cursor: 1, explicit: false });
  const candidates = ['block-stream', 'block-commit'].map(name => candidate(name, 0, 1));
  const answer = { type: 'candidates', ticket: 1, candidates, explicit: false } as const;
  const open = drive([answer], typing, first.state).state;
  assert.is(open.menu?.candidates.length, 2);
  const past = { ...open, history: ['b-old'] };
  assert.is(shown(drive('Up', typing, past).state), 'b-old|');
  assert.is(drive([answer], {}, first.state).state.menu, undefined);
});

test('a mark that stands behind the text already is stepped over', () => {
  const base = buffer('x sy=full', 4);
  assert.equal(take(base, candidate('sync', 2, 4, { after: '=' }), true), { text: 'x sync=full', cursor: 7 });
  assert.equal(take(base, candidate('sync', 2, 4, { after: ' ' }), true), {
    text: 'x sync =full',
    cursor: 7,
  });
});

test('the common beginning stops before half a character', () => {
  assert.is(extend(buffer('a', 1), [candidate('a😀', 0, 1), candidate('a😁', 0, 1)]), undefined);
});

const named = (names: readonly string[], note?: string) =>
  openMenu(
    names.map(name => candidate(name, 0, 0, note === undefined ? {} : { note })),
    buffer(''),
    true,
  );
const pictures: readonly (readonly [
  string,
  readonly string[],
  string | undefined,
  number,
  number,
  number,
  readonly string[],
])[] = [
  ['in a row where they fit', ['full', 'top', 'none'], undefined, 40, 10, -1, [' full  top   none']],
  ['in columns', ['a', 'b', 'c', 'd', 'e'], undefined, 8, 10, -1, [' a  d', ' b  e', ' c']],
  ['one a row with notes', ['sync', 'device'], 'str', 40, 10, -1, [' sync    str', ' device  str']],
  ['notes are cut', ['sync'], 'MirrorSyncMode required', 16, 10, -1, [' sync  MirrorSy…']],
  ['too narrow for notes', ['device'], 'str', 10, 10, -1, [' device']],
  [
    'more than fit',
    ['a', 'b', 'c', 'd', 'e', 'f'],
    'x',
    40,
    4,
    -1,
    [' a  x', ' b  x', ' c  x', ' 1-3 of 6, Tab goes on'],
  ],
  [
    'scrolls to the chosen one',
    ['a', 'b', 'c', 'd', 'e', 'f'],
    'x',
    40,
    4,
    5,
    [' d  x', ' e  x', '>f  x', ' 4-6 of 6, Tab goes on'],
  ],
  ['one row', ['a', 'b', 'c'], 'x', 40, 1, 1, ['>b  x']],
  ['control characters', ['a\x1b[2Jb'], undefined, 40, 4, -1, [' a\\x1b[2Jb']],
];
for (const [name, names, note, columns, most, selected, expected] of pictures) {
  test(`menu: ${name}`, () => {
    const menu = { ...named(names, note), selected };
    assert.equal(
      menuRows(menu, columns, most).map(row => plain(row).trimEnd()),
      expected,
    );
  });
}

test('matched letters are marked, the chosen row stands out, deprecated ones are quieter', () => {
  const menu = openMenu(
    [
      candidate('query-block', 0, 0, { matched: [0, 6], note: 'a' }),
      candidate('old', 0, 0, { deprecated: true, note: 'deprecated' }),
    ],
    buffer(''),
    true,
  );
  const [first, second] = menuRows(menu, 60, 5);
  assert.equal(first?.slice(1, 5), [
    { text: 'q', role: 'match' },
    { text: 'uery-', role: 'plain' },
    { text: 'b', role: 'match' },
    { text: 'lock', role: 'plain' },
  ]);
  assert.equal(second?.find(span => span.text === 'deprecated')?.role, 'warning');
  const [chosen] = menuRows(select(menu, 1), 60, 5);
  assert.equal(chosen?.[1], { text: 'query-block', role: 'selected' });
});

test('rows are never wider than the screen', () => {
  for (let columns = 2; columns < 60; columns++)
    for (const note of [undefined, 'MirrorSyncMode required'])
      for (const row of menuRows(named(['blockdev-mirror', '漢字', 'x', 'block'], note), columns, 5))
        assert.ok(lineWidth(row) <= columns, `${columns}: ${plain(row)}`);
});

test('arrows go through columns', () => {
  const menu = { ...named(['a', 'b', 'c', 'd', 'e']), selected: 1 };
  const to = (key: 'Up' | 'Down' | 'Left' | 'Right') => selectToward(menu, key, 8).selected;
  assert.equal([to('Up'), to('Down'), to('Right'), to('Left')], [0, 2, 4, 1]);
});

test('a menu is as wide as the rows that are shown, not as names out of sight', () => {
  const names = [...Array(30).keys()].map(i => candidate(`n${i}`, 0, 0, { note: 'a node' }));
  const menu = openMenu([...names, candidate('x'.repeat(60), 0, 0, { note: 'a node' })], buffer(''), true);
  assert.is(plain(menuRows(menu, 80, 20)[0] ?? []), ' n0  a node');
  assert.match(plain(menuRows(select(menu, -1), 80, 20).at(-2) ?? []), /^>x{60} {2}a node$/);
});

test.run();
