import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderWelcome } from '../../src/render/welcome.ts';
import { plain } from '../../src/text/line.ts';
import { WIDTHS, widest } from './replies.ts';

const greeting = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: 'Debian' }, capabilities: [] },
};
const facts = { greeting, name: 'a.qcow2', status: 'prelaunch' };

const CASES: readonly (readonly [number, string])[] = [
  [80, 'QEMU 7.2.22 · a.qcow2 · paused (prelaunch)   .help  Tab completes  Ctrl-D leaves'],
  [60, 'QEMU 7.2.22 · a.qcow2 · paused (prelaunch)             .help'],
  [45, 'QEMU 7.2.22 · a.qcow2 · paused (prelaunch)'],
  [40, 'QEMU 7.2.22 · paused (prelaunch)'],
  [20, 'QEMU 7.2.22'],
];
for (const [width, text] of CASES) {
  test(`welcome: ${width} cells`, () => assert.is(plain(renderWelcome(facts, width)), text));
}

test('welcome: with less known, and with hostile names', () => {
  assert.match(plain(renderWelcome({}, 80)), /^connected {2,}\.help/);
  assert.match(
    plain(renderWelcome({ greeting, name: '\x1b', status: 'running' }, 80)),
    /^QEMU 7\.2\.22 · \\x1b · running /,
  );
  for (const width of [5, ...WIDTHS]) assert.ok(widest([renderWelcome(facts, width)]) <= width);
});

test.run();
