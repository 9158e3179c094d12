// Rows under the output of a page: a question is drawn when its answer can be taken.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StatusRows } from '../../src/cli/statusrows.ts';

test('a question stands only when its keys are no longer echoed, and goes with its answer', async () => {
  const done: string[] = [];
  const rows = new StatusRows(bytes => done.push(bytes));
  const answer = await rows.asking(['Go on? '], async () => {
    done.push('listens');
    return 'y';
  });
  assert.is(answer, 'y');
  assert.equal(done, ['listens', 'Go on? \n', '\x1b[1A\x1b[2K']);
});

test.run();
