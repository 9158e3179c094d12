import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readInvocation, strayArgument } from '../../src/cli/invocation.ts';
import { QmpshError } from '../../src/qmp/errors.ts';

const GOOD: readonly (readonly [argv: string, expected: object])[] = [
  ['./qmp.sock', { positionals: ['./qmp.sock'] }],
  ['-c query-status ./qmp.sock', { lines: ['query-status'], positionals: ['./qmp.sock'] }],
  ['-c a -c b sock', { lines: ['a', 'b'], positionals: ['sock'] }],
  ['sock -ca --command=b', { lines: ['a', 'b'], positionals: ['sock'] }],
  ['-vpc a sock', { lines: ['a'], switches: new Set(['verbose', 'pretty']) }],
  ['-l log sock', { values: { logfile: 'log' } }],
  ['--timeout 500ms sock', { timeout: 500 }],
  ['--timeout=2m sock', { timeout: 120_000 }],
  ['--timeout 3 sock', { timeout: 3000 }],
  ['practice --keep d -- -m 128', { subcommand: 'practice', values: { keep: 'd' }, rest: ['-m', '128'] }],
  ['json ->{"execute":"quit"}', { positionals: ['->{"execute":"quit"}'] }],
  ['json -p quit', { subcommand: 'json', positionals: ['quit'], switches: new Set(['pretty']) }],
  ['list --json', { subcommand: 'list', switches: new Set(['json']) }],
  ['completion bash', { subcommand: 'completion', positionals: ['bash'] }],
  ['completion --help', { subcommand: 'completion', switches: new Set(['help']) }],
  ['-- qemu-system-x86_64 -S', { subcommand: undefined, rest: ['qemu-system-x86_64', '-S'] }],
];

for (const [argv, expected] of GOOD)
  test(`understands: ${argv}`, () => {
    const got = readInvocation(argv.split(' '));
    for (const [key, value] of Object.entries(expected))
      assert.equal(got[key as keyof typeof got], value, key);
  });

const BAD: readonly (readonly [argv: string, message: RegExp])[] = [
  ['--verbos sock', /no option --verbos; did you mean --verbose/],
  ['-x sock', /no option -x/],
  ['-c', /-c wants LINE/],
  ['--verbose=yes sock', /--verbose takes no value/],
  ['--timeout soon sock', /--timeout soon is no time/],
  ['--timeout 0 sock', /--timeout 0 leaves no time/],
  ['-l a -l b sock', /-l is given twice/],
  ['list -c quit', /qmpsh list takes no --command/],
  ['list --timeout 3s', /qmpsh list takes no --timeout/],
  ['completion bash --pretty', /qmpsh completion takes no --pretty/],
  ['json quit -- -S', /qmpsh json takes no arguments behind --/],
  ['--keep d sock', /--keep belongs to qmpsh practice/],
];

for (const [argv, message] of BAD)
  test(`refuses: ${argv}`, () => {
    try {
      readInvocation(argv.split(' '));
    } catch (error) {
      assert.instance(error, QmpshError);
      assert.match((error as QmpshError).message, message);
      assert.is((error as QmpshError).exit, 2);
      return;
    }
    assert.unreachable('it was taken');
  });

// What a shell makes of lines that are not quoted.
const STRAY: readonly (readonly [argv: string, message: RegExp, advice: RegExp])[] = [
  ['-c {execute: query-status} sock', /shell has taken a request apart/, /single quotes/],
  ['-c execute:block_resize arguments:node-name:n0 sock', /taken a request apart/, /single quotes/],
  ['-c {execute:device_del,arguments: {id:x}} sock', /taken a request apart/, /single quotes/],
  ['-c query-block device=x sock', /device=\.\.\. is no address/, /-c 'query-block device=\.\.\.'/],
  ['-c set_password password=secret sock', /^(?!.*secret)/, /^(?!.*secret)/],
  ['sock query-status', /one address is enough; what is query-status/, /behind -c, in quotes/],
];
for (const [argv, message, advice] of STRAY)
  test(`a line in pieces: ${argv}`, () => {
    const error = strayArgument(readInvocation(argv.split(' ')));
    assert.match(error.message, message);
    assert.match(error.advice ?? '', advice);
  });

test.run();
