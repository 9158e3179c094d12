// A step whose page shows a refusal: that one is what should come, and no other.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { withQemu } from '../qemu.ts';

const CASES: readonly (readonly [string, string, number, RegExp])[] = [
  ['the shown one', '{"error": {"class": "GenericError", "desc": "...nobody..."}}', 0, /^$/],
  [
    'another text',
    '{"error": {"desc": "Node \'nobody\' is busy"}}',
    1,
    /QEMU refused it: .*Failed to find node/,
  ],
  ['another class', '{"error": {"class": "DeviceNotFound"}}', 1, /QEMU refused it: .*Failed to find node/],
  ['a success where one is shown', '{"return": {}}', 1, /QEMU refused it/],
];

test('a refusal that is shown is in order, another one fails the step', () =>
  withQemu({}, async ({ address }) => {
    const folder = mkdtempSync(join(tmpdir(), 'qr-'));
    const page = join(folder, 'page.md');
    try {
      for (const [name, shown, status, says] of CASES) {
        writeFileSync(page, `# Page\n\n\`\`\`qmp\n(QEMU) blockdev-del node-name=nobody\n${shown}\n\`\`\`\n`);
        const done = await qmpsh(['play', page, address]);
        assert.is(done.status, status, `${name}\n${done.out}${done.err}`);
        if (status !== 0) assert.match(`${done.out}${done.err}`, says, name);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }));

test.run();
