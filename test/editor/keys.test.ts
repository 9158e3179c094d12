import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TerminalInput } from '../../src/editor/input.ts';
import { KeyDecoder } from '../../src/editor/keys.ts';
import { keyBytes } from '../screen.ts';

// What comes out, as one string: keys in <>, pastes in «», text as it is. Neighbouring texts are one.
function decode(...chunks: readonly (string | Uint8Array)[]): string {
  const decoder = new KeyDecoder();
  const out = chunks.flatMap(chunk => [...decoder.feed(chunk)]);
  return written([...out, ...decoder.flush()]);
}

test('half a character is no key, whatever stands before it', () => {
  for (const keys of ['\x1b[55296u', '\x1b[57343u', '\x1b[27;1;55296~', '\x1b[[1114112u'])
    assert.ok(!/[\ud800-\udfff]/u.test(decode(keys)), JSON.stringify(keys));
  assert.is(decode('\x1b[128512u'), '😀');
});

function written(inputs: readonly TerminalInput[]): string {
  return inputs
    .map(input =>
      input.type === 'key' ? `<${input.key}>` : input.type === 'paste' ? `«${input.text}»` : input.text,
    )
    .join('');
}

const cases: readonly (readonly [bytes: string, expected: string])[] = [
  ['abc', 'abc'],
  ['é漢🙂', 'é漢🙂'],
  ['\x01\x05\x0b', '<C-a><C-e><C-k>'],
  ['\r\t\x7f\x08', '<Enter><Tab><Backspace><Backspace>'],
  ['\n', '<C-j>'],
  ['\x00\x1c\x1d\x1e\x1f', '<C-Space><C-\\><C-]><C-^><C-_>'],
  ['\x1b', '<Escape>'],
  ['\x1b\x1b', '<Escape><Escape>'],
  ['\x1bf\x1bB\x1b.\x1b<', '<M-f><M-B><M-.><M-<>'],
  ['\x1b\x7f\x1b\r\x1b\t', '<M-Backspace><M-Enter><M-Tab>'],
  ['\x1bé', '<M-é>'],
  ['\x1b\x01', '<C-M-a>'],
  ['\x1b[A\x1bOB', '<Up><Down>'],
  ['\x1b\x1b[A\x1b\x1bOC', '<M-Up><M-Right>'],
  ['\x1b[1;5C\x1b[1;3D\x1b[1;2A\x1b[1;8H', '<C-Right><M-Left><S-Up><C-M-S-Home>'],
  [
    '\x1b[3~\x1b[3;5~\x1b[5~\x1b[6~\x1b[1~\x1b[4~\x1b[7~\x1b[8~',
    '<Delete><C-Delete><PageUp><PageDown><Home><End><Home><End>',
  ],
  ['\x1bOP\x1b[15~\x1b[24~\x1b[[A', '<F1><F5><F12><F1>'],
  ['\x1b[Z', '<S-Tab>'],
  ['\x1b[3^\x1b[3$\x1b[3@x', '<C-Delete><S-Delete><C-S-Delete>x'], // rxvt
  ['\x1b[a\x1bOd', '<S-Up><C-Left>'], // rxvt
  ['\x1bOM\x1bOp\x1bOk', '<Enter>0+'], // keypad
  ['\x1b[27;5;13~\x1b[27;2;13~\x1b[27;5;97~\x1b[27;6;65~', '<C-Enter><S-Enter><C-a><C-a>'], // modifyOtherKeys
  ['\x1b[97u\x1b[97;5u\x1b[97;3u\x1b[97;2u\x1b[13;2u\x1b[27u', 'a<C-a><M-a>A<S-Enter><Escape>'], // kitty
  ['\x1b[97;5:3u\x1b[1;1:3A\x1b[57441u', ''], // let go; a lone Shift
  ['\x1b[105;5u\x1b[109;5u\x1b[91;5u', '<Tab><Enter><Escape>'],
  ['\x1b[57400u\x1b[57414u', '1<Enter>'],
  ['\x1b[97;129u', 'a'], // Num Lock
  // No keys: mouse, focus, reports, answers.
  ['\x1b[<0;10;10M\x1b[<0;10;10mx', 'x'],
  ['\x1b[M !!x', 'x'],
  ['\x1b[I\x1b[Ox', 'x'],
  ['\x1b[12;40Rx', 'x'],
  ['\x1b[?62;22c\x1b[>0;276;0cx', 'x'],
  ['\x1b[?2026;2$yx', 'x'],
  ['\x1b[4;2$yx', 'x'],
  ['\x1b]11;rgb:0000/0000/0000\x07x', 'x'],
  ['\x1b]11;rgb:0000/0000/0000\x1b\\x', 'x'],
  ['\x1bP>|xterm(380)\x1b\\x', 'x'],
  ['\x1b_Gi=1;OK\x1b\\x', 'x'],
  ['\x1b]52;c;', ''],
  // What is cut off does not swallow what follows.
  ['\x1b[12\x03', '<C-c>'],
  ['\x1b[1;\x1b[A', '<Up>'],
  ['\x1b]0;title\rls', '<Enter>ls'],
  ['\x1b[', '<M-[>'],
  ['\x1bO', '<M-O>'],
  ['\x1b]', '<M-]>'],
  ['\x1b[200~', ''],
  // Pastes.
  ['\x1b[200~one\rtwo\r\nthree\x1b[201~x', '«one\ntwo\nthree»x'],
  ['\x1b[200~\x1b[A\x1b]0;t\x07 \x03\x1b[201~', '«\x1b[A\x1b]0;t\x07 \x03»'],
  ['\x1b[200~a\x1b[200~b\x1b[201~', '«a\x1b[200~b»'],
  ['\x1b[200~\x1b[201~', '«»'],
  ['\x1b[201~x', 'x'],
  ['\x9b\x85x', 'x'],
];
for (const [bytes, expected] of cases) {
  test(JSON.stringify(bytes), () => {
    assert.is(decode(bytes), expected);
    // Cut into single bytes it is the same.
    const single = [...new TextEncoder().encode(bytes)].map(byte => Uint8Array.of(byte));
    assert.is(decode(...single), expected);
  });
}

test('every key that a real terminal names', () => {
  const names = 'Up Down Left Right Home End Delete Insert PageUp PageDown F1 F4 F5 F12'.split(' ');
  for (const name of names)
    for (const before of ['', 'C-', 'M-', 'S-', 'C-M-', 'C-S-', 'M-S-', 'C-M-S-'])
      assert.is(decode(keyBytes(before + name)), `<${before}${name}>`);
});

test('bytes that are no UTF-8 are dropped', () => {
  assert.is(decode(Uint8Array.of(0x61, 0xff, 0x62)), 'ab');
});

test('ESC followed at once by nothing waits; whoever has the clock says when it is Escape', () => {
  const decoder = new KeyDecoder();
  assert.equal(decoder.feed('\x1b'), []);
  assert.ok(decoder.pending);
  assert.is(written(decoder.flush()), '<Escape>');
  assert.not(decoder.pending);
});

test('a paste is not ended by the clock', () => {
  const decoder = new KeyDecoder();
  decoder.feed('\x1b[200~ab\x1b');
  assert.not(decoder.pending);
  assert.equal(decoder.flush(), []);
  assert.is(written(decoder.feed('[201~')), '«ab»');
});

test('a megabyte is pasted whole', () => {
  const text = 'query-status\n'.repeat(80_000);
  const decoder = new KeyDecoder();
  const bytes = new TextEncoder().encode(`\x1b[200~${text}\x1b[201~`);
  const out: TerminalInput[] = [];
  for (let at = 0; at < bytes.length; at += 4096) out.push(...decoder.feed(bytes.subarray(at, at + 4096)));
  assert.is(out.length, 1);
  assert.equal(out[0], { type: 'paste', text });
});

const piece = fc.oneof(
  fc.constantFrom(
    ...cases.map(([bytes]) => bytes).filter(bytes => !/^\x1b(\x1b|[[\]O]|\[200~|\]52;c;)?$/.test(bytes)),
  ),
  fc.string({ unit: 'grapheme', maxLength: 5 }).filter(text => !/[\x00-\x1f\x7f-\x9f\ufffd]/.test(text)),
);
test('any cut of the bytes gives the same', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 10 }), (pieces, cuts) => {
      const bytes = new TextEncoder().encode(pieces.join(''));
      const edges = [...new Set([0, bytes.length, ...cuts.map(cut => cut % (bytes.length + 1))])].sort(
        (a, b) => a - b,
      );
      const chunks = edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
      assert.is(decode(...chunks), decode(bytes));
    }),
  );
});

test('nothing a terminal sends is typed as an escape', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 }), chunks => {
      const decoder = new KeyDecoder();
      const all = [...chunks.flatMap(chunk => [...decoder.feed(chunk)]), ...decoder.flush()];
      for (const input of all)
        if (input.type === 'text') assert.not.match(input.text, /[\x00-\x1f\x7f-\x9f]/);
    }),
  );
});

test.run();
