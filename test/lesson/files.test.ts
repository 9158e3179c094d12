// A step that makes or opens a file is done with the file that the lesson goes on with, and with no other.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const CHAINS = 'docs/lessons/02-chains.md';
const BACKUP = 'docs/lessons/03-backup.md';

/** What was typed before, unasked; the line; what is said of it. */
const OTHER_FILES: readonly (readonly [
  file: string,
  at: number,
  before: readonly string[],
  line: string,
  says: RegExp,
])[] = [
  [
    CHAINS,
    0,
    [],
    'blockdev-snapshot-sync node-name=node-A snapshot-file=c.qcow2 snapshot-node-name=node-B',
    /not quite +snapshot-file is c\.qcow2, and the lesson goes on with b\.qcow2/,
  ],
  [
    BACKUP,
    0,
    [],
    'blockdev-snapshot-sync node-name=node-A snapshot-file=c.qcow2 snapshot-node-name=node-B',
    /not quite +snapshot-file is c\.qcow2, and the lesson goes on with b\.qcow2/,
  ],
  [
    BACKUP,
    2,
    ['$ qemu-img create -q -f qcow2 E.qcow2 39M'],
    'blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=E.qcow2',
    /not quite +file\.filename is E\.qcow2, and the lesson goes on with e\.qcow2/,
  ],
];
for (const [file, at, before, line, says] of OTHER_FILES)
  test(`${file}, step ${at + 1}: ${line}`, async () => {
    const desk = await openDesk(await readLesson(readFileSync(file, 'utf8'), file), at);
    try {
      for (const one of before) await desk.type(one);
      const shown = await desk.type(line);
      assert.match(shown.replace(/\s+/g, ' '), says);
      assert.match(shown, /set back/);
      assert.is(desk.tutor.at, at);
      assert.match(await desk.type(desk.answer()), /Right\./);
    } finally {
      await desk.close();
    }
  });

test('a node of the right name on another file is not what the step is for', async () => {
  const desk = await openDesk(await readLesson(readFileSync(BACKUP, 'utf8'), BACKUP), 1);
  try {
    await desk.type('$ qemu-img create -q -f qcow2 E.qcow2 39M');
    await desk.type('blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=E.qcow2');
    await desk.type(desk.answer());
    assert.is(desk.tutor.at, 2);
    const shown = await desk.type(desk.answer());
    assert.not.match(shown, /happened already/);
    assert.match(shown, /The line is right, but QEMU refused it(.|\n)*set back/);
    assert.match(await desk.type(desk.answer()), /Right\./);
  } finally {
    await desk.close();
  }
});

test('of two images that are compared none is the first', async () => {
  const file = 'docs/lessons/04-mirror-cancel.md';
  const lesson = await readLesson(readFileSync(file, 'utf8'), file);
  const desk = await openDesk(lesson, lesson.tasks.length - 1);
  try {
    const shown = await desk.type('$ qemu-img compare e.qcow2 b.qcow2');
    assert.match(shown, /Another way to the same end\.(.|\n)*is done/);
    assert.not.match(shown, /not quite/);
  } finally {
    await desk.close();
  }
});

test.run();
