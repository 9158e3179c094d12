import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Editor, type Request, reflowOf } from '../../src/editor/editor.ts';
import { PlainEditor } from '../../src/editor/plain.ts';
import { LineEditor } from '../../src/editor/screen.ts';

const isOpen = (text: string) => text.split('{').length > text.split('}').length;

function open<T extends Editor>(Kind: new (options: ConstructorParameters<typeof LineEditor>[0]) => T) {
  let out = '';
  const timers: (() => void)[] = [];
  const told: Request[] = [];
  const editor = new Kind({
    write: text => {
      out += text;
    },
    size: { columns: 40, rows: 10 },
    palette: span => span.text,
    prompt: { text: '> ' },
    settings: { isOpen },
    after: (_ms, run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  });
  editor.on(effect => told.push(effect));
  return {
    editor,
    told,
    timers,
    submitted: () => told.flatMap(effect => (effect.type === 'submit' ? [effect.text] : [])),
    /** What was written since the last look, drawn to the end. */
    out: async () => {
      await Promise.resolve();
      const text = out;
      out = '';
      return text;
    },
  };
}

test('a lone Esc is a key once its time has passed; the beginning of a sequence is none', async () => {
  const { editor, timers } = open(LineEditor);
  editor.input('ab\x1b');
  assert.is(timers.length, 1);
  editor.input('b');
  assert.is(timers.length, 0);
  assert.is(editor.cursor, 0); // Alt-b
  editor.settings = { ...editor.settings, keys: 'vi' };
  editor.input('\x1b');
  timers[0]?.();
  assert.is(editor.state.vi.mode, 'normal');
});

test('keys typed while something is in the foreground are taken after it, line by line', () => {
  const { editor, submitted } = open(LineEditor);
  editor.on(effect => {
    if (effect.type === 'submit') editor.busy(true, 'waiting');
  });
  editor.input('one\rtwo\rthr');
  assert.equal(submitted(), ['one']);
  editor.busy(false);
  assert.equal(submitted(), ['one', 'two']);
  editor.busy(false);
  assert.is(editor.text, 'thr');
});

test('a question is answered by a key, by Ctrl-C, or by the next question', async () => {
  const { editor } = open(LineEditor);
  editor.input('half');
  const first = editor.ask('Sure?', ['y', 'n']);
  const second = editor.ask('Really?', ['y', 'n']);
  assert.is(await first, 'C-c');
  editor.input('y');
  assert.is(await second, 'y');
  assert.is(editor.text, 'half');
  const third = editor.ask('Again?', ['y']);
  editor.close();
  assert.is(await third, 'C-c');
});

test('while the screen is somebody else’s nothing is written; all of it comes after', async () => {
  const { editor, out } = open(LineEditor);
  editor.input('ab');
  await out();
  editor.suspend();
  assert.is(await out(), '\r\x1b[J');
  editor.print([[{ text: 'event' }]]);
  editor.input('c');
  assert.is(await out(), '');
  editor.resume();
  assert.is(await out(), 'event\r\n> abc');
});

test('closing takes what was drawn away', async () => {
  const { editor, out } = open(LineEditor);
  editor.input('{\ra');
  await out();
  editor.close();
  assert.is(await out(), '\r\x1b[1A\x1b[J');
  editor.input('x');
  editor.print([[{ text: 'late' }]]);
  assert.is(await out(), '');
});

test('what the shell sends back to a change is drawn with it', async () => {
  const { editor, out } = open(LineEditor);
  await out();
  editor.on(effect => {
    if (effect.type === 'changed') editor.setHint([{ text: `hint for ${effect.text}` }]);
  });
  editor.input('ab');
  assert.is(await out(), 'ab\r\nhint for ab\x1b[A\x1b[7D');
});

test('Ctrl-L clears the screen', async () => {
  const { editor, out } = open(LineEditor);
  editor.input('ab');
  await out();
  editor.input('\x0c');
  assert.is(await out(), '\x1b[H\x1b[2J> ab');
});

test('new colours for the same line are drawn', async () => {
  const { out } = open(LineEditor);
  await out();
  let known = false;
  let drawn = '';
  const editor = new LineEditor({
    write: text => {
      drawn += text;
    },
    size: { columns: 40, rows: 10 },
    palette: span => (span.role === 'command' ? `[${span.text}]` : span.text),
    prompt: { text: '> ' },
    decor: { colour: text => (known ? [{ start: 0, end: text.length, role: 'command' }] : []) },
    after: () => () => {},
  });
  editor.input('ab');
  editor.flush();
  known = true;
  editor.recolour();
  editor.flush();
  assert.is(drawn, '> ab\b\b[ab]');
});

const terminals: readonly (readonly [Readonly<Record<string, string>>, ReturnType<typeof reflowOf>])[] = [
  [{ TERM: 'xterm-256color' }, 'all'],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'vscode' }, 'above'],
  [{ TERM: 'xterm', XTERM_VERSION: 'XTerm(380)' }, 'none'],
  [{ TERM: 'linux' }, 'none'],
  [{ TERM: 'screen-256color' }, 'none'],
  [{ TERM: 'screen-256color', TMUX: '/tmp/tmux' }, 'all'],
];
for (const [env, reflow] of terminals)
  test(`long rows of ${JSON.stringify(env)}`, () => assert.is(reflowOf(env), reflow));

// What a terminal without escapes is sent: `typed` are whole rows, as its own line mode hands them over.
test('without escapes: prompt, rows, printed lines', async () => {
  const { editor, out, submitted } = open(PlainEditor);
  assert.is(await out(), '> ');
  editor.input('query-status\n');
  assert.equal(submitted(), ['query-status']);
  editor.print([[{ text: 'reply\x1b[31m', role: 'ok' }]]);
  assert.is(await out(), 'reply\\x1b[31m\n> ');
  editor.print([[{ text: 'event' }]]);
  assert.is(await out(), '\nevent\n> ');
  editor.input('{\n');
  assert.is(await out(), '   ... ');
  editor.input('}\n');
  assert.equal(submitted(), ['query-status', '{\n}']);
  assert.equal(editor.history, ['query-status', '{\n}']);
});

test('without escapes: Ctrl-C, end of input, a question', async () => {
  const { editor, out, told } = open(PlainEditor);
  await out();
  editor.input('\x03');
  assert.is(told.at(-1)?.type, 'interrupt');
  assert.is(await out(), '\n> ');
  editor.input('{\n\x03');
  assert.is(editor.text, '');
  assert.is(await out(), '\n> ');
  const answer = editor.ask('Run quit? [y/N]', ['y', 'n', 'Enter']);
  assert.is(await out(), '\nRun quit? [y/N] ');
  editor.input('what\n');
  assert.is(await out(), 'y or n or Enter? ');
  editor.input('\n');
  assert.is(await answer, 'Enter');
  editor.input('\x04');
  assert.is(told.at(-1)?.type, 'eof');
});

test('without escapes: rows typed while something is in the foreground are kept', () => {
  const { editor, submitted } = open(PlainEditor);
  editor.busy(true);
  editor.input('one\ntwo\n');
  assert.equal(submitted(), []);
  editor.busy(false);
  assert.equal(submitted(), ['one', 'two']);
});

test('without escapes: UTF-8 cut anywhere', () => {
  const { editor, submitted } = open(PlainEditor);
  for (const byte of new TextEncoder().encode('a漢é\r\nb\n')) editor.input(Uint8Array.of(byte));
  assert.equal(submitted(), ['a漢é', 'b']);
});

test.run();
