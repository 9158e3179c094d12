// What a command of this host prints, as it is shown: nothing in it drives the terminal.
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runOnHost } from '../../src/io/hostrun.ts';

const SHOWN: readonly (readonly [command: string, status: number, output: string])[] = [
  ["printf 'plain\\n'", 0, 'plain\n'],
  ["printf 'a\\033[31mb\\033[0mc\\n'", 0, 'abc\n'],
  ["printf '\\033]0;title\\007x\\n'", 0, 'x\n'],
  ["printf '10%%\\r100%%\\n'", 0, '100%\n'],
  ["printf 'a\\001b\\033Pc\\n'", 0, 'a\\x01b\\x1bPc\n'],
  ["printf 'a\\342\\200\\256b\\n'", 0, 'a\\u202eb\n'],
  ['echo out; echo err >&2; exit 3', 3, 'out\nerr\n'],
  ['kill -9 $$', 137, ''],
  ['read line; echo "$?"', 0, '1\n'],
];
for (const [command, status, output] of SHOWN)
  test(command, async () => {
    assert.equal(await runOnHost(command, { folder: tmpdir() }), { status, output });
  });

test.run();
