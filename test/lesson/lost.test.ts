// What a reader's own line takes away from a lesson's VM is noticed, told by its name, and put back.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const FILE = 'docs/lessons/08-incremental.md';

const LOSSES: readonly (readonly [task: string, line: string, says: RegExp])[] = [
  [
    'query-block |',
    'block-dirty-bitmap-remove node=node-A name=bitmap0',
    /cannot go on like this: the bitmap bitmap0 of node-A is gone/,
  ],
  ['transaction(', 'blockdev-del node-name=full', /cannot go on like this: the node full is gone/],
  ['transaction(', 'quit', /goes on, on a fresh VM\. Try again/],
];

for (const [task, line, says] of LOSSES)
  test(`${line}`, async () => {
    const lesson = await readLesson(readFileSync(FILE, 'utf8'), FILE);
    const at = lesson.tasks.findIndex(({ step }) => step.text.startsWith(task));
    const desk = await openDesk(lesson, at);
    try {
      const shown = await desk.type(line);
      assert.match(shown, says);
      assert.match(shown, /(set back: it stands as the lesson has it here|on a fresh VM)\. Try again/);
      assert.match(await desk.type(desk.answer()), /Right\./);
      assert.is(desk.tutor.at, at + 1);
    } finally {
      await desk.close();
    }
  });

test('a VM that has ended by itself is set back before a line finds that out', async () => {
  const lesson = await readLesson(readFileSync(FILE, 'utf8'), FILE);
  const at = lesson.tasks.findIndex(({ step }) => step.text.startsWith('query-block |'));
  const desk = await openDesk(lesson, at);
  try {
    const { session } = desk.host;
    session?.send({ execute: 'quit', arguments: {} });
    await session?.ended;
    const shown = await desk.type(desk.answer());
    assert.match(shown, /goes on, on a fresh VM\. Try again/);
    assert.not.match(shown, /no connection|\.connect/);
    assert.is(shown.match(/\.hint gives a hint/g)?.length, 1);
    assert.match(await desk.type(desk.answer()), /Right\./);
    assert.is(desk.tutor.at, at + 1);
  } finally {
    await desk.close();
  }
});

test('where the lesson itself has ended the VM nothing is missed', async () => {
  const file = 'docs/lessons/03-backup.md';
  const lesson = await readLesson(readFileSync(file, 'utf8'), file);
  const at = lesson.tasks.findIndex(({ step }) => step.text === 'quit');
  const desk = await openDesk(lesson, at);
  try {
    await desk.type('quit');
    assert.is(desk.tutor.at, at + 1);
    assert.not.match(await desk.type('$ ls'), /set back/);
    assert.match(await desk.type(desk.answer()), /Right\./);
  } finally {
    await desk.close();
  }
});

test('what takes nothing away is no loss', async () => {
  const lesson = await readLesson(readFileSync(FILE, 'utf8'), FILE);
  const at = lesson.tasks.findIndex(({ step }) => step.text.startsWith('query-block |'));
  const desk = await openDesk(lesson, at);
  try {
    assert.not.match(
      await desk.type('block-dirty-bitmap-add node=node-A name=mine'),
      /set back|cannot go on/,
    );
  } finally {
    await desk.close();
  }
});

test.run();
