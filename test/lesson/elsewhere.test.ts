// A lesson with two VMs: a look at the other one loses nothing.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const FILE = 'docs/lessons/09-two-machines.md';

test('a reader may look at the other VM and come back', async () => {
  const lesson = await readLesson(readFileSync(FILE, 'utf8'), FILE);
  const at = lesson.tasks.findIndex(({ step }) => step.text.startsWith('block-export-add'));
  const desk = await openDesk(lesson, at);
  try {
    for (const line of ['.connect qmp.sock', 'query-status', 'blockdev-del node-name=node-A']) {
      const shown = await desk.type(line);
      assert.match(shown, /\.connect b\.sock goes back/);
      assert.not.match(shown, /set back/);
    }
    // What was done before at the second VM, the NBD server, is still there.
    assert.not.match(await desk.type('.connect b.sock'), /set back|goes back/);
    assert.match(await desk.type(desk.answer()), /Right\./);
    assert.is(desk.tutor.at, at + 1);
  } finally {
    await desk.close();
  }
});

test.run();
