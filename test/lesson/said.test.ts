// What a lesson says of a line is true of that line: one that was not sent has done nothing, and a way to the same end
// leads there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

interface Case {
  readonly line: string;
  /** What the reader answers where the shell asks; yes without it. */
  readonly no?: true;
  readonly says?: RegExp;
  readonly never?: RegExp;
}

const DONE_FOR_IT = /QEMU has done|set back|cannot go on/;

/** Lines of which none does the step. */
const TABLE: readonly [file: string, task: string, cases: readonly Case[]][] = [
  [
    '01-first-steps',
    'cont',
    [
      { line: 'system_reset', no: true, says: /reset button/, never: DONE_FOR_IT },
      { line: '{"execute": "system_reset"}', no: true, says: /reset button/, never: DONE_FOR_IT },
      { line: '.hmp system_reset', no: true, never: DONE_FOR_IT },
      { line: 'quit', no: true, never: DONE_FOR_IT },
    ],
  ],
  [
    '01-first-steps',
    'query-named-block-nodes',
    [
      {
        line: 'query-named-block-nodes flat = true',
        says: /\.hint gives a hint, \.show/,
        never: /same rows/,
      },
      { line: 'query-blocks', never: /\.hint gives a hint/ },
      { line: '$ qemu-imf', never: /\.hint gives a hint/ },
      { line: 'query-named-block-nodes flat', never: /same rows/ },
      { line: 'query-named-block-nodes --flat', never: /same rows/ },
      { line: 'query-named-block-nodes', says: /same rows/ },
    ],
  ],
  [
    '03-backup',
    'qemu-img create',
    [
      { line: '$ qemu-img create -f raw e.qcow2 39M', says: /qcow2 is missing/, never: /Another way/ },
      { line: '$ qemu-img create e.qcow2 39M', says: /-f qcow2 is missing/, never: /Another way/ },
      { line: '$ qemu-img create -f qcow e.qcow2 39M', says: /qcow2 is missing/, never: /Another way/ },
      { line: '$ truncate -s 39M e.qcow2', never: /Another way/ },
    ],
  ],
  ['03-backup', 'quit', [{ line: 'quit', no: true, never: DONE_FOR_IT }]],
];

for (const [name, task, cases] of TABLE)
  test(`${name}, ${task}`, async () => {
    const file = `docs/lessons/${name}.md`;
    const lesson = await readLesson(readFileSync(file, 'utf8'), file);
    const at = lesson.tasks.findIndex(({ step }) => step.text.startsWith(task));
    const desk = await openDesk(lesson, at);
    try {
      for (const { line, no, says, never } of cases) {
        desk.agrees = no !== true;
        const shown = await desk.type(line);
        assert.is(desk.tutor.at, at, `${line} passes:\n${shown}`);
        if (says) assert.match(shown, says);
        if (never) assert.not.match(shown, never);
      }
    } finally {
      await desk.close();
    }
  });

/** A step that is skipped, and what it gives: the prose behind it speaks of that. */
const SKIPPED: readonly [file: string, task: string, gives: RegExp][] = [
  ['01-first-steps', 'query-status', /query-status\n\{[^\n]*"status":\s*"prelaunch"[^\n]*\nSkipped\./],
  [
    '01-first-steps',
    'blockdev-del',
    /blockdev-del node-name=node-A\nrefused {2}[^\n]*in use[^\n]*\nSkipped\./,
  ],
  ['08-incremental', 'query-block |', /\npiped to grep -A 7 dirty-bitmaps\nSkipped\./],
];
for (const [name, task, gives] of SKIPPED)
  test(`${name}, ${task}: .skip shows what it gives`, async () => {
    const file = `docs/lessons/${name}.md`;
    const lesson = await readLesson(readFileSync(file, 'utf8'), file);
    const desk = await openDesk(
      lesson,
      lesson.tasks.findIndex(({ step }) => step.text.startsWith(task)),
    );
    try {
      desk.shown();
      await desk.tutor.skip();
      assert.match(desk.shown(), gives);
    } finally {
      await desk.close();
    }
  });

test.run();
