// `.let` and `.expect` at a prompt: what a name stands for is shown, unless the name says that it is a secret.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plain } from '../../src/text/line.ts';
import { barePrompt } from '../bare-prompt.ts';
import { FakeClock } from '../fake-transport.ts';
import { recordedSchema } from '../schema/walked.ts';

function prompt() {
  let shown = '';
  const host = barePrompt(new FakeClock(), recordedSchema('11.1'), {
    display: {
      print: lines => {
        shown += lines.map(line => `${plain(line)}\n`).join('');
      },
      page: async () => {},
    },
  });
  host.last = { size: 39, word: 'hunter22' };
  return { host, shown: () => shown };
}

test('a value is shown when it gets its name, and in the list of names', async () => {
  const { host, shown } = prompt();
  assert.is(await host.run('.let size = size'), 0);
  assert.is(await host.run('.let'), 0);
  assert.is(shown(), '$size = 39\n$size = 39\n');
});

for (const name of ['password', 'token', 'vnc_secret'])
  test(`$${name} is a secret, whatever it is`, async () => {
    const { host, shown } = prompt();
    assert.is(await host.run(`.let ${name} = word`), 0);
    assert.is(await host.run('.let'), 0);
    assert.is(shown(), `$${name} = ********\n`.repeat(2));
  });

test('what is expected and does not hold is an error', async () => {
  const { host, shown } = prompt();
  assert.is(await host.run('.expect size == 39'), 0);
  assert.is(await host.run('.expect size == 40'), 1);
  assert.match(shown(), /as expected\nerror {2}not as expected: size should be == 40, and is 39/);
});

test.run();
