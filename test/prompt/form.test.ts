// The questions that a recipe asks, on a real screen: what is no answer is refused at once.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDesk } from '../desk.ts';

test('a node that is not there is refused with the one that was meant; Ctrl-L clears the screen and is no part of a value', () =>
  withDesk(async desk => {
    const { screen } = desk;
    await desk.type('.backup');
    screen.key('Enter');
    await desk.sees(/node: node to copy/);
    screen.type('nodeA\r');
    await desk.sees(/There is no node nodeA; did you mean node-A\?/);
    screen.key('C-l');
    await desk.sees(shown => /node: node to copy/.test(shown.text()[0] ?? ''));
    for (let i = 0; i < 'nodeA'.length; i++) screen.key('Backspace');
    screen.type('node-');
    screen.key('C-l');
    screen.type('A');
    await desk.sees(/node-A/);
    assert.is(
      screen
        .text()
        .join('\n')
        .match(/node to copy/g)?.length,
      1,
      screen.text().join('\n'),
    );
    screen.key('Enter');
    await desk.sees(/file: the target image/);
    screen.type('copy.qcow2\r');
    await desk.sees(/^done +Back up a disk/m);
  }));

test.run();
