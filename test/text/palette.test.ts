import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { colourLevel } from '../../src/text/level.ts';
import { span } from '../../src/text/line.ts';
import { paintLine, palette } from '../../src/text/palette.ts';

const LEVELS: readonly (readonly [{ [name: string]: string }, boolean, number])[] = [
  [{ TERM: 'xterm' }, true, 1],
  [{ TERM: 'xterm-256color' }, true, 2],
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true, 3],
  [{ TERM: 'xterm-256color' }, false, 0],
  [{ TERM: 'dumb' }, true, 0],
  [{}, true, 0],
  [{ TERM: 'xterm', NO_COLOR: '1' }, true, 0],
  [{ TERM: 'xterm', NO_COLOR: '' }, true, 1],
  [{ TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '1' }, true, 1],
  [{ FORCE_COLOR: '3' }, false, 3],
  [{ FORCE_COLOR: '0', TERM: 'xterm' }, true, 0],
  [{ FORCE_COLOR: '' }, false, 1],
];
for (const [env, isTTY, level] of LEVELS) {
  test(`colourLevel: ${JSON.stringify(env)} ${isTTY}`, () => assert.is(colourLevel(env, isTTY), level));
}

test('palette: without colours the text stands alone', () => {
  assert.is(paintLine([span('error', 'error'), span(' x')], palette(0)), 'error x');
});

test('palette: colours are closed again, and level 1 uses the 16 colours only', () => {
  const line = [span('a', 'key'), { text: 'b', role: 'dim' as const, bold: true, underline: true }];
  const painted = paintLine(line, palette(1));
  assert.is(painted.replace(/\x1b\[\d+m/g, ''), 'ab');
  assert.ok(painted.endsWith('m') && !painted.includes('38;5'));
  assert.ok(paintLine([span('x', 'dim')], palette(2)).includes('38;5'));
});

/** The contrast of a colour of the 256 with white and with black (WCAG 2.1, "contrast ratio"). */
function contrasts(index: number): readonly [white: number, black: number] {
  const levels = [0, 95, 135, 175, 215, 255];
  const at = index - 16;
  const parts = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(part => (levels[part] ?? 0) / 255);
  const [r = 0, g = 0, b = 0] = parts.map(part =>
    part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [1.05 / (light + 0.05), (light + 0.05) / 0.05];
}

test('palette: numbers can be read on white and on black', () => {
  assert.is(paintLine([span('42', 'number')], palette(1)), '42');
  const index = Number(/38;5;(\d+)m/.exec(paintLine([span('42', 'number')], palette(2)))?.[1]);
  for (const contrast of contrasts(index)) assert.ok(contrast > 4, String(contrast));
});

test('palette: a control character in a span never reaches the terminal', () => {
  for (const level of [0, 3] as const) {
    assert.ok(paintLine([span('a\x1b]0;x\x07')], palette(level)).includes('a\\x1b]0;x\\x07'));
  }
});

test.run();
