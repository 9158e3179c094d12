// Keys typed right behind a Tab, on a clock of the test's own and a VM that does not answer.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LineEditor } from '../../src/editor/screen.ts';
import { Tab } from '../../src/prompt/tab.ts';
import { Typing } from '../../src/prompt/typing.ts';
import type { Reply, Request } from '../../src/qmp/message.ts';
import { Facts } from '../../src/session/facts.ts';
import { palette } from '../../src/text/palette.ts';
import { barePrompt, knownBy } from '../bare-prompt.ts';
import { FakeClock } from '../fake-transport.ts';
import { schemaOf } from '../schemas.ts';

const LINE = 'block-export-del id=';

/** A prompt whose VM answers when the test says so. */
async function prompt() {
  const clock = new FakeClock();
  const nothing = () => {};
  let signal = new AbortController();
  const host = barePrompt(clock, schemaOf('7.2'), {
    display: { print: lines => assert.unreachable(JSON.stringify(lines)), page: async () => {} },
    busy: async (_what, run) => run(signal.signal),
    signal: () => signal.signal,
  });
  const asked: Request[] = [];
  let answer: (reply: Reply) => void = nothing;
  const facts = new Facts(request => {
    asked.push(request);
    return new Promise(resolve => {
      answer = resolve;
    });
  });
  const known = knownBy(facts);
  const typing = new Typing(host, { known: () => known, files: () => [] });
  await typing.learnWords();
  const editor = new LineEditor({
    write: nothing,
    size: { columns: 80, rows: 24 },
    palette: palette(0),
    after: clock.after.bind(clock),
    defer: nothing,
  });
  const tab = new Tab(editor, host, typing, clock, () => tab.refresh());
  const effects: string[] = [];
  editor.on(effect => {
    effects.push(effect.type);
    if (effect.type === 'complete') tab.complete(effect.ticket, effect.text, effect.cursor, effect.explicit);
    if (effect.type === 'interrupt') {
      signal.abort();
      signal = new AbortController();
    }
  });
  return {
    clock,
    editor,
    effects,
    asked,
    changed: () => facts.onCommand('block-export-add'),
    type: async (text: string) => {
      tab.input(new TextEncoder().encode(text));
      await settled();
    },
    answer: async (...ids: readonly string[]) => {
      const value = ids.map(id => ({ id, type: 'nbd', 'node-name': 'n', 'shutting-down': false }));
      answer({ kind: 'success', value, raw: { return: value } });
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

test('keys behind a Tab wait for its answer and find the line completed', async () => {
  const { type, answer, editor } = await prompt();
  await type(`${LINE}\t`);
  await type('x');
  assert.is(editor.text, LINE);
  await answer('export0');
  assert.is(editor.text, `${LINE}export0 x`);
});

test('without an answer they wait for a moment only, and what is typed later does not wait at all', async () => {
  const { type, answer, editor, clock, asked } = await prompt();
  await type(`${LINE}\t`);
  await type('x');
  clock.advance(299);
  assert.is(editor.text, LINE);
  clock.advance(1);
  assert.is(editor.text, `${LINE}x`);
  await type('y');
  assert.is(editor.text, `${LINE}xy`);
  // The next Tab waits anew, and asks nothing twice.
  await type('\tz');
  await type('!');
  assert.is(editor.text, `${LINE}xy`);
  clock.advance(300);
  assert.is(editor.text, `${LINE}xyz!`);
  assert.is(asked.length, 1);
  await answer('export0');
  assert.is(editor.text, `${LINE}xyz!`, 'an answer that comes too late changes nothing');
});

test('names from before a change are not taken, unless those of now are late', async () => {
  const { type, answer, editor, changed, clock } = await prompt();
  await type(`${LINE}\t`);
  await answer('export0');
  assert.is(editor.text, `${LINE}export0 `);
  changed();
  await type('\x15');
  await type(`${LINE}\t`);
  assert.is(editor.text, LINE);
  await answer('newest');
  assert.is(editor.text, `${LINE}newest `);
  changed();
  await type('\x15');
  await type(`${LINE}\t`);
  clock.advance(300);
  await settled();
  assert.is(editor.text, `${LINE}newest `);
});

test('Ctrl-C releases the keys that are held, and stops waiting', async () => {
  const { type, editor, effects, clock } = await prompt();
  await type(`${LINE}\t`);
  await type('x');
  await type('\x03');
  assert.is(editor.text, '');
  await type('\x03');
  assert.ok(effects.includes('interrupt'));
  await type('stop\r');
  assert.ok(effects.includes('submit'));
  clock.advance(300);
  assert.is(clock.timers, 0);
});

test.run();
