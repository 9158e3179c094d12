// How a lost connection is tried again: when, how long, and after which errors no more. On a clock of the test's own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mayComeBack, Reconnect } from '../../src/prompt/reconnect.ts';
import { type ErrorKind, QmpshError } from '../../src/qmp/errors.ts';
import { plain } from '../../src/text/line.ts';
import { FakeClock } from '../fake-transport.ts';

/** Tries that all end in an error, for so long. */
async function tried(error: QmpshError, ms: number, told = false) {
  const clock = new FakeClock();
  const times: number[] = [];
  const gaveUp: string[] = [];
  let rows: readonly string[] = [];
  const began = clock.now();
  const stop = new AbortController();
  const reconnect: Reconnect = new Reconnect({
    clock,
    connect: async () => {
      times.push(clock.now() - began);
      throw error;
    },
    idle: async () => {},
    signal: () => stop.signal,
    wanted: () => true,
    back: () => assert.unreachable('it never comes back'),
    gaveUp: (sentence, advice) => gaveUp.push(`${sentence}. ${advice}`),
    changed: () => {
      rows = reconnect.rows(200).map(plain);
    },
  });
  reconnect.begin('./x', told);
  const settle = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };
  await settle();
  for (let past = 0; past < ms; past += 250) {
    clock.advance(250);
    await settle();
  }
  const end = { times, gaveUp, rows, tries: reconnect.tries };
  reconnect.stop();
  await settle();
  assert.is(clock.timers, 0);
  return end;
}

const refused = new QmpshError('connect', 'nobody listens at ./x', { code: 'ECONNREFUSED' });

test('the pauses grow to 5 s, and the row says when the next try is and why the last one failed', async () => {
  const { times, rows, gaveUp, tries } = await tried(refused, 18_000);
  assert.equal(times, [250, 750, 1750, 3750, 7750, 12_750, 17_750]);
  assert.equal(rows, ['connecting again in 5 s: nobody listens at ./x; Ctrl-C stops that']);
  assert.equal(gaveUp, []);
  assert.ok(tries);
});

test('a VM that has told its end is waited for a minute, another one longer', async () => {
  const { gaveUp, tries, rows } = await tried(refused, 70_000, true);
  assert.equal(gaveUp, ['QEMU has not come back within 1 min. .connect tries once more, Ctrl-D leaves.']);
  assert.not.ok(tries);
  assert.equal(rows, []);
  assert.ok((await tried(refused, 200_000)).tries);
});

const DENIED = 'ssh could not reach far: me@far: Permission denied (publickey,password).';
for (const [kind, message, ends] of [
  ['connect', './x takes connections, but sent no greeting within 3 s', undefined],
  ['connect', 'there is no socket ./x', undefined],
  ['lost', 'the connection to ./x was lost', undefined],
  ['interrupted', 'stopped connecting', undefined],
  ['connect', DENIED, /\.connect asks for what ssh wants to know/],
  ['protocol', './x does not speak QMP', /does not speak QMP\. \.connect tries once more/],
  ['usage', '"x" is no address', /is no address\. \.connect tries once more/],
] as const satisfies readonly (readonly [ErrorKind, string, RegExp | undefined])[])
  test(`${message}: ${ends ? 'no further try' : 'tried again'}`, async () => {
    const { times, gaveUp } = await tried(new QmpshError(kind, message), 4000);
    if (ends) assert.match(gaveUp.join('\n'), ends);
    else assert.equal(gaveUp, []);
    assert.is(times.length, ends ? 1 : 4);
  });

const lost = { expected: false, error: new QmpshError('lost', 'lost') };
const plainly = { address: './x', owned: false, lesson: false };
for (const [what, ending, facts, again] of [
  ['a loss', lost, plainly, true],
  ['after quit', { expected: true }, plainly, false],
  ['a VM of the shell', lost, { ...plainly, owned: true }, false],
  ['in a lesson', lost, { ...plainly, lesson: true }, false],
  ['exec:', lost, { ...plainly, address: 'exec:socat' }, false],
  ['fd:', lost, { ...plainly, address: 'fd:3' }, false],
  ['listen:', lost, { ...plainly, address: 'listen:./x' }, true],
] as const)
  test(`${what}: ${again ? 'tried again' : 'not tried'}`, () =>
    assert.is(mayComeBack(ending, facts).again, again));

test.run();
