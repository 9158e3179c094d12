// The lines that a lesson does by itself, when something that was typed stands in their way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const OWN = `---
title: Mine
about: a try
practice: { disk: 1M }
---
First.

\`\`\`qmp
$ qemu-img create -q -f qcow2 e.qcow2 1M
\`\`\`

\`\`\`qmp try
(QEMU) query-status
\`\`\`

hint: the first

\`\`\`qmp
(QEMU) blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2
\`\`\`

Second.

\`\`\`qmp try
(QEMU) query-block-jobs
\`\`\`

hint: the second
`;

test("a step of the lesson's own that cannot be done after what was typed is done on a fresh VM", async () => {
  const desk = await openDesk(await readLesson(OWN, 'mine.md'));
  try {
    await desk.type('$ rm e.qcow2');
    const shown = await desk.type('query-status');
    assert.match(shown, /Something typed before stands in the way(.|\n)*fresh VM(.|\n)*step 2 of 2/);
    assert.not.match(shown, /error|row \d/);
    await desk.tutor.hint();
    assert.match(desk.shown(), /the second/);
    await desk.tutor.repeat();
    assert.match(desk.shown(), /step 2 of 2/);
  } finally {
    await desk.close();
  }
});

test('a step that is skipped on a fresh VM leaves the one after it ready', async () => {
  const desk = await openDesk(
    await readLesson(OWN.replace('(QEMU) query-status', '$ qemu-img info e.qcow2'), 'mine.md'),
  );
  try {
    await desk.type('$ rm e.qcow2');
    await desk.tutor.skip();
    const shown = desk.shown();
    assert.match(shown, /Skipped\.(.|\n)*step 2 of 2/);
    assert.not.match(shown, /error|Duplicate|stands in the way/);
  } finally {
    await desk.close();
  }
});

test("where a lesson's own step never works the hints and the task stay those of one step", async () => {
  const broken = OWN.replace('filename=e.qcow2', 'filename=none.qcow2');
  const desk = await openDesk(await readLesson(broken, 'mine.md'));
  try {
    const shown = await desk.type('query-status');
    assert.match(shown, /error +the lesson could not do its own line blockdev-add [^\n]*none\.qcow2/);
    await desk.tutor.hint();
    assert.match(desk.shown(), /the first/);
    await desk.tutor.repeat();
    assert.match(desk.shown(), /step 1 of 2/);
  } finally {
    await desk.close();
  }
});

test.run();
