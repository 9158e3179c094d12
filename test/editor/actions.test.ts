import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACTIONS } from '../../src/editor/actions.ts';
import { buffer } from '../../src/editor/buffer.ts';
import { EMACS, VI_INSERT, VI_NORMAL } from '../../src/editor/keymap.ts';
import type { EditorSettings } from '../../src/editor/state.ts';
import { endSearch } from '../../src/editor/walk.ts';
import { drive, keysOf, shown } from './drive.ts';

const history = ['query-status', 'block-job-complete device=job0', 'query-block', 'query-block'];
const isOpen = (text: string) => text.split('{').length > text.split('}').length;

// keys -> line, the cursor as |
const emacs: readonly (readonly [keys: string, line: string])[] = [
  ['abc', 'abc|'],
  ['abc C-a', '|abc'],
  ['abc Home', '|abc'],
  ['abc C-a C-e', 'abc|'],
  ['abc C-b', 'ab|c'],
  ['abc Left Left C-f', 'ab|c'],
  ['abc C-b C-b x', 'ax|bc'],
  ['abc C-a C-b', '|abc'],
  ['abc Backspace', 'ab|'],
  ['abc C-a Delete', '|bc'],
  ['abc C-a C-d', '|bc'],
  ['abc C-b C-d', 'ab|'],
  ['é漢🙂 C-b', 'é漢|🙂'],
  ['é漢👩‍👩‍👧 Backspace', 'é漢|'],
  ['e\u0301x C-a Right', 'e\u0301|x'],
  ['🇩🇪🇫🇷 C-b', '🇩🇪|🇫🇷'],
  // words: QMP names
  ['blockdev-mirror␣device=node-B M-b', 'blockdev-mirror device=|node-B'],
  ['blockdev-mirror␣device=node-B M-b M-b', 'blockdev-mirror |device=node-B'],
  ['blockdev-mirror␣device=x C-a M-f', 'blockdev-mirror| device=x'],
  ['children.0.node-name M-b', 'children.0.|node-name'],
  ['children.0.node-name C-a M-f M-f', 'children.0|.node-name'],
  ['a_b␣c C-Left C-Left', '|a_b c'],
  ['a_b␣c C-a C-Right', 'a_b| c'],
  ['x␣file.filename=a/b C-w', 'x |'],
  ['x␣file.filename=a/b M-Backspace', 'x file.filename=a/|'],
  ['one␣two␣three C-a M-d', '| two three'],
  ['one␣two C-a C-Delete', '| two'],
  ['one␣two C-Backspace', 'one |'],
  ['one␣two C-a C-k', '|'],
  ['one␣two C-b C-k', 'one tw|'],
  ['one␣two C-u', '|'],
  ['one␣two C-b C-u', '|o'],
  // kill ring
  ['one␣two C-w x C-y', 'one xtwo|'],
  ['one␣two␣three C-w C-w C-y', 'one two three|'],
  ['one␣two C-a M-d M-d C-y', 'one two|'],
  ['one C-u two C-u C-y M-y', 'one|'],
  ['one C-u two C-u C-y M-y M-y', 'two|'],
  ['one C-u two C-y C-y', 'twooneone|'],
  ['one M-y', 'one|'],
  // case and swapping
  ['sync␣full C-a M-u', 'SYNC| full'],
  ['SYNC␣full C-a M-l', 'sync| full'],
  ['sYNC␣full C-a M-c', 'Sync| full'],
  ['abc C-t', 'acb|'],
  ['abc C-b C-t', 'acb|'],
  ['abc C-b C-b C-t', 'ba|c'],
  ['a C-t', 'a|'],
  ['one␣two M-t', 'two one|'],
  ['one␣two C-a M-f M-t', 'two one|'],
  ['a␣one␣two C-w C-y M-b M-t', 'a two one|'],
  // undo and redo
  ['one␣two C-_', 'one|'],
  ['one␣two C-_ C-_', '|'],
  ['one␣two C-_ M-_', 'one two|'],
  ['one␣two C-x C-u', 'one|'],
  ['abc Backspace Backspace C-_', 'abc|'],
  ['abc C-_ C-_ x', 'x|'],
  ['abc C-_ x M-_', 'x|'],
  ['one␣two C-w C-_', 'one two|'],
  ['one C-c C-_', 'one|'],
  ['one C-c C-y', 'one|'],
  // rows
  ['a{ Enter b', 'a{\nb|'],
  ['ab M-Enter c', 'ab\nc|'],
  ['ab M-Enter cd C-a', 'ab\n|cd'],
  ['ab M-Enter cd C-a C-k', 'ab\n|'],
  ['ab M-Enter cd C-a C-u', 'ab|cd'],
  ['ab M-Enter cd Up C-e C-k', 'ab|cd'],
  ['ab M-Enter cd Up', 'ab|\ncd'],
  ['abc M-Enter d Up Down', 'abc\nd|'],
  ['abc M-Enter d M-Enter efg Up Up', 'abc|\nd\nefg'],
  ['abc M-Enter de C-Home x', 'x|abc\nde'],
  ['abc M-Enter de C-Home C-End x', 'abc\ndex|'],
  // history
  ['Up', 'query-block|'],
  ['Up Up', 'block-job-complete device=job0|'],
  ['Up Up Down', 'query-block|'],
  ['query-s Up', 'query-status|'],
  ['query- Up Up Up', 'query-status|'],
  ['query- Up Down', 'query-|'],
  ['nothing Up', 'nothing|'],
  ['x Up Down', 'x|'],
  ['Up x', 'query-blockx|'],
  ['C-p C-p C-n', 'query-block|'],
  ['M-<', 'query-status|'],
  ['draft M-< M->', 'draft|'],
  ['M-.', 'query-block|'],
  ['x␣ M-. M-. M-.', 'x device=job0|'],
  ['PageUp', 'query-block|'],
  // search
  ['C-r job', 'block-job-complete device=|job0'],
  ['C-r query C-r', '|query-status'],
  ['C-r query C-r C-s', '|query-block'],
  ['C-r status Escape x', 'query-x|status'],
  ['draft C-r status C-g', 'draft|'],
  ['draft C-r status C-c', 'draft|'],
  ['C-r status C-a', '|query-status'],
  ['C-r JOB', '|'],
  ['C-r jox Backspace', 'block-job-complete device=|job0'],
  ['C-r job Escape C-a C-k C-r C-r', 'block-job-complete device=|job0'],
  ['draft C-r zzz Escape', 'draft|'],
  ['C-r qurey-status', '|query-status'],
  ['C-r query-statos Escape x', 'x|query-status'],
  ['C-r quey C-r', '|query-status'],
  ['C-r quey C-r C-s', '|query-block'],
  ['abc M-B', '|abc'],
  ['abc C-x C-q', 'abc|'],
  ['abc M-q', 'abc|'],
];
for (const [keys, line] of emacs) {
  test(`emacs ${keys}`, () => assert.is(shown(drive(keys, { isOpen }, { history }).state), line));
}

const vi: readonly (readonly [keys: string, line: string])[] = [
  ['abc', 'abc|'],
  ['abc Escape', 'ab|c'],
  ['abc Escape i x', 'abx|c'],
  // In one piece, as somebody types who is fast.
  ['abc M-i x', 'abx|c'],
  ['abc M-x', 'a|b'],
  ['one␣two M-0 dw', '|two'],
  ['one␣two Escape M-b', 'one |two'],
  ['abc Escape a x', 'abcx|'],
  ['abc Escape I x', 'x|abc'],
  ['abc Escape 0 A x', 'abcx|'],
  ['abc Escape h', 'a|bc'],
  ['abc Escape 9h', '|abc'],
  ['abc Escape l', 'ab|c'],
  ['abc Escape 0 ll', 'ab|c'],
  ['one␣two-x␣y=z Escape 0 w', 'one |two-x y=z'],
  ['one␣two-x␣y=z Escape 0 3w', 'one two-x y|=z'],
  ['one␣two-x␣y=z Escape 0 3W', 'one two-x y=|z'],
  ['one␣two Escape b', 'one |two'],
  ['one␣y=z Escape B', 'one |y=z'],
  ['one␣two Escape 0 e', 'on|e two'],
  ['one␣two Escape 0 2e', 'one tw|o'],
  ['one␣y=z Escape 0 2E', 'one y=|z'],
  ['␣␣ab Escape ^', '  |ab'],
  ['abc Escape 0 $', 'ab|c'],
  ['a=b=c Escape 0 f=', 'a|=b=c'],
  ['a=b=c Escape 0 f= ;', 'a=b|=c'],
  ['a=b=c Escape 0 2f= ,', 'a|=b=c'],
  ['a=b=c Escape F=', 'a=b|=c'],
  ['abc=d Escape 0 t=', 'ab|c=d'],
  ['a=b=c Escape 0 t= ;', 'a=|b=c'],
  ['abc=d Escape T=', 'abc=|d'],
  ['{a:{b:1}} Escape 0 %', '{a:{b:1}|}'],
  ['{a:{b:1}} Escape %', '|{a:{b:1}}'],
  ['abc Escape x', 'a|b'],
  ['abc Escape 0 2x', '|c'],
  ['abc Escape X', 'a|c'],
  ['one␣two Escape 0 dw', '|two'],
  ['one␣two␣three Escape 0 2dw', '|three'],
  ['one␣two␣three Escape 0 d2w', '|three'],
  ['one␣two Escape 0 d$', '|'],
  ['one␣two Escape db', 'one |o'],
  ['one␣two Escape 0 de', '| two'],
  ['a=b=c Escape 0 df=', '|b=c'],
  ['a=b=c Escape 0 dt=', '|=b=c'],
  ['one␣two Escape 0 D', '|'],
  ['one␣two Escape 0 cw x', 'x| two'],
  ['a␣two Escape 0 cw x', 'x| two'],
  ['one␣two␣three Escape 0 c2w x', 'x| three'],
  ['one␣two Escape bC x', 'one x|'],
  ['one␣two Escape cc x', 'x|'],
  ['abc Escape S x', 'x|'],
  ['abc Escape 0 s x', 'x|bc'],
  ['one␣two Escape dd', '|'],
  ['one Escape ddp', '\n|one'],
  ['one Escape yyp', 'one\n|one'],
  ['one Escape YP', '|one\none'],
  ['ab M-Enter cd Escape k dd', '|cd'],
  ['ab M-Enter cd Escape dd', '|ab'],
  ['ab M-Enter cd Escape k 2dd', '|'],
  ['abc Escape 0 xp', 'b|ac'],
  ['abc Escape 0 xP', '|abc'],
  ['one␣two Escape 0 yw $p', 'one twoone| '],
  ['abc Escape 0 x 3p', 'baa|ac'],
  ['abc Escape 0 rx', '|xbc'],
  ['abc Escape 0 2rx', 'x|xc'],
  ['abc Escape 0 9rx', '|abc'],
  ['abc Escape 0 ~', 'A|bc'],
  ['aBc Escape 0 3~', 'Ab|C'],
  ['abc Escape x u', 'ab|c'],
  ['abc Escape x u C-r', 'a|b'],
  ['abcd Escape 0 x .', '|cd'],
  ['a␣b␣c Escape 0 dw .', '|c'],
  ['a␣b␣c Escape 0 cwx Escape w .', 'x |x c'],
  ['a␣b Escape 0 iz Escape .', '|zza b'],
  ['one Escape o two', 'one\ntwo|'],
  ['one Escape O two', 'two|\none'],
  ['Escape k', 'query-bloc|k'],
  ['Escape kk', 'block-job-complete device=job|0'],
  ['Escape kkj', 'query-bloc|k'],
  ['Escape /status Enter', '|'],
  ['Escape /query Escape n', '|query-status'],
  ['abc Escape d Escape x', 'a|b'],
  ['abc Escape 0 3 Escape x', '|bc'],
  ['a␣b␣c Escape 0 cwx Escape u', '|a b c'],
  ['one C-w', '|'],
];
for (const [keys, line] of vi) {
  test(`vi ${keys}`, () => assert.is(shown(drive(keys, { keys: 'vi' }, { history }).state), line));
}

const effects: readonly (readonly [
  keys: string,
  effects: readonly string[],
  settings?: Partial<EditorSettings>,
])[] = [
  ['ab Enter', ['leaveLine ab', 'submit ab']],
  ['ab C-j', ['leaveLine ab', 'submit ab']],
  ['Enter', ['leaveLine', 'submit']],
  ['a{ Enter', [], { isOpen }],
  ['a{ Enter } Enter', ['leaveLine a{\n}', 'submit a{\n}'], { isOpen }],
  ['ab C-c', ['leaveLine ab^C']],
  ['C-c', ['interrupt']],
  ['C-d', ['eof']],
  ['ab C-d', ['bell']],
  ['C-z', ['suspend']],
  ['C-l', ['clear']],
  ['ab C-x C-e', ['edit ab']],
  ['ab Escape v', ['edit ab'], { keys: 'vi' }],
  ['ab Escape Enter', ['leaveLine ab', 'submit ab'], { keys: 'vi' }],
  ['ab Tab', ['complete 1 ab 2 true']],
  ['ab M-#', ['leaveLine #ab', 'submit #ab']],
  ['Backspace', ['bell']],
  ['C-r q Enter', ['leaveLine query-block', 'submit query-block']],
];
for (const [keys, expected, settings = {}] of effects) {
  test(`effects of ${keys}`, () => {
    const got = drive(keys, settings, { history }).effects.flatMap((effect): string[] => {
      switch (effect.type) {
        case 'changed':
          return [];
        case 'leaveLine':
          return [`leaveLine ${effect.text}${effect.mark}`.trim()];
        case 'complete':
          return [`complete ${effect.ticket} ${effect.text} ${effect.cursor} ${effect.explicit}`];
        case 'submit':
        case 'edit':
          return [`${effect.type} ${effect.text}`.trim()];
        default:
          return [effect.type];
      }
    });
    assert.equal(got, expected);
  });
}

test('a change of text, cursor or width is told, and nothing else is', () => {
  const resize = { type: 'resize', columns: 20, rows: 5 } as const;
  const told = drive([...keysOf('ab C-a C-a'), { type: 'print', lines: [] }, resize]).effects.filter(
    effect => effect.type === 'changed',
  );
  assert.equal(told, [
    { type: 'changed', text: 'a', cursor: 1 },
    { type: 'changed', text: 'ab', cursor: 2 },
    { type: 'changed', text: 'ab', cursor: 0 },
    { type: 'changed', text: 'ab', cursor: 0 },
  ]);
});

test('lines that were run are remembered, but not the secret ones, nor the same twice', () => {
  const { state } = drive('a Enter a Enter b Enter ␣ Enter secret Enter', {
    remembers: text => text !== 'secret',
  });
  assert.equal(state.history, ['a', 'b']);
});

test('a paste of many rows is text; Enter runs it', () => {
  const paste = { type: 'paste', text: 'query-status\r\nquery-block\n' } as const;
  const { state, effects: all } = drive([paste, ...keysOf('Enter')]);
  assert.is(state.buffer.text, '');
  assert.equal(
    all.filter(effect => effect.type === 'submit'),
    [{ type: 'submit', text: 'query-status\nquery-block' }],
  );
});

test('every key in the tables has an action, and every action a key', () => {
  const used = new Set([...EMACS.values(), ...VI_INSERT.values(), ...VI_NORMAL.values()]);
  const loose = Object.keys(ACTIONS).filter(name => ![...used].some(action => action === name));
  assert.equal(loose, []);
});

test('grey text is taken by Right, End, C-e and, word by word, M-f', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['Right', 'query-block x=1|', ''],
    ['End', 'query-block x=1|', ''],
    ['C-e', 'query-block x=1|', ''],
    ['M-f', 'query-block|', ' x=1'],
    ['-b', 'query-b|', 'lock x=1'],
    ['x', 'queryx|', ''],
    ['C-a C-e', 'query|', '-block x=1'],
  ];
  for (const [keys, line, rest] of rows) {
    const grey = { type: 'suggestion', text: '-block x=1' } as const;
    const { state } = drive([...keysOf('query'), grey, ...keysOf(keys)]);
    assert.is(shown(state), line, keys);
    assert.is(state.suggestion, rest, keys);
  }
});

test('what is typed while something is in the foreground is kept, and taken after it', () => {
  const { state, effects: all } = drive([
    { type: 'busy', on: true, text: 'waiting' },
    ...keysOf('ab Enter c'),
    { type: 'busy', on: false },
  ]);
  assert.is(state.buffer.text, '');
  assert.equal(all, [{ type: 'replay', inputs: keysOf('ab Enter c') }]);
  const stopped = drive([{ type: 'busy', on: true }, ...keysOf('ab C-c'), { type: 'busy', on: false }]);
  assert.equal(stopped.effects, [{ type: 'interrupt' }]);
});

test('a question takes one of its keys, or is turned away', () => {
  const ask = { type: 'ask', text: 'Run quit? [y/N]', keys: ['y', 'n', 'Enter'] } as const;
  const rows: readonly (readonly [string, string])[] = [
    ['y', 'y'],
    ['Y', 'y'],
    ['n', 'n'],
    ['Enter', 'Enter'],
    ['Escape', 'C-c'],
    ['C-c', 'C-c'],
    ['C-d', 'C-c'],
    ['Up y', 'y'],
  ];
  for (const [keys, answer] of rows) {
    const { state, effects: all } = drive([...keysOf('half'), ask, ...keysOf(keys)]);
    assert.equal(all.at(-1), { type: 'answer', key: answer }, keys);
    assert.is(shown(state), 'half|');
  }
});

test('a line typed on at a question is no answer but no, and stands in the line', () => {
  const ask = { type: 'ask', text: 'Run quit? [y/N]', keys: ['y', 'n', 'Enter'] } as const;
  const asked = drive([ask, ...keysOf('q')]);
  assert.equal(asked.effects.slice(-2), [
    { type: 'answer', key: 'n' },
    { type: 'replay', inputs: keysOf('q') },
  ]);
  const whole = drive(keysOf('query-status'), {}, asked.state);
  assert.is(shown(whole.state), 'query-status|');
  // One of several keys has no no among them.
  const choice = drive([{ ...ask, keys: ['s', 'e', 'Enter'] }, ...keysOf('x')]);
  assert.equal(choice.effects.at(-1), { type: 'bell' });
});

test('Enter behind the key that answers is part of the answer, and a second one is not', () => {
  const ask = { type: 'ask', text: 'Run quit? [y/N]', keys: ['y', 'n', 'Enter'] } as const;
  const enters = (keys: string) =>
    drive([ask, ...keysOf(keys)]).effects.filter(({ type }) => type === 'submit').length;
  assert.equal(['y', 'y Enter', 'y Enter Enter', 'Enter Enter', 'y a Enter'].map(enters), [0, 0, 1, 1, 1]);
});

const anyKey = fc.oneof(
  fc.constantFrom(...EMACS.keys(), ...VI_NORMAL.keys()).map(key => ({ type: 'key', key }) as const),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).map(text => ({ type: 'text', text }) as const),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map(text => ({ type: 'paste', text }) as const),
  fc
    .constantFrom(...'hlwbeBWE0^$dcyxXpPuriIaAoO.~;,fFtT%23{}=\n')
    .map(text => ({ type: 'text', text }) as const),
);
for (const keys of ['emacs', 'vi'] as const) {
  test(`any keys (${keys}): the cursor stands between characters, and undo leads back to nothing`, () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), inputs => {
        let { state } = drive(inputs, { keys, isOpen }, { history });
        assert.is(buffer(state.buffer.text, state.buffer.cursor).cursor, state.buffer.cursor);
        // What a search that still goes on shows is not the line yet.
        state = endSearch({ ...state, busy: undefined }, false);
        state = drive('C-g', { isOpen }, state).state;
        for (let i = 0; i < 600 && state.undoStack.length > 0; i++) {
          state = drive('C-_', { isOpen }, state).state;
          assert.is(buffer(state.buffer.text, state.buffer.cursor).cursor, state.buffer.cursor);
        }
        assert.is(state.buffer.text, '');
      }),
      { numRuns: 200 },
    );
  });
}

test.run();
