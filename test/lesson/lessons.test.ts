// Every lesson on a real QEMU: its answers pass, no answer and each mistake it names do not and hear their own sentence,
// the pictures are true, and it can be left and taken up again: at every third step and the last, with EVERY_STEP=1 at all.
// UPDATE_LESSONS=1 writes the pictures into the pages.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lessonFiles } from '../../src/io/lessons.ts';
import { parse } from '../../src/language/parse.ts';
import { effectFault, hold } from '../../src/lesson/act.ts';
import { stepsBefore, unitStart } from '../../src/lesson/lesson.ts';
import { textDifferences } from '../../src/page/match.ts';
import type { Step } from '../../src/page/model.ts';
import { renderMarkdown } from '../../src/render/page.ts';
import { loadSchema } from '../../src/schema/load.ts';
import { parseJson } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { type Desk, openDesk, readLesson } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
process.env['XDG_STATE_HOME'] = home;
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

const part = process.env['LESSON'] ?? '';
const files = lessonFiles().filter(file => file.includes(part));
const update = process.env['UPDATE_LESSONS'] === '1';
const everyStep = process.env['EVERY_STEP'] === '1';
const schemas = ['7.2', '10.0', '11.1'].map(
  version =>
    [version, loadSchema(parseJson(readFileSync(`test/data/schema-${version}.json`, 'utf8')))] as const,
);

const blanks = (row: string) => row.trim().replace(/\s+/g, ' ');
/** What an image takes on the host's disk is the host's affair; the target of a filter is told since QEMU 11. */
const lasting = (row: string) =>
  row
    .replace(/[\d.]+ [KMG]?i?B used/g, was => '... used'.padEnd(was.length))
    .replace(/\s*target(: not told|: \S+| of \S+)$/, '')
    .trimEnd();

async function sameWords(shown: string, markdown: string): Promise<void> {
  const wanted = (await renderMarkdown(markdown, 2000)).map(plain).join(' ');
  assert.ok(blanks(shown.replaceAll('\n', ' ')).includes(blanks(wanted)), `${wanted}\nis not in\n${shown}`);
}

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const lesson = await readLesson(text, file);
  const test = suite(file);

  test('is well-formed', () => {
    assert.equal(lesson.problems, []);
    assert.ok(lesson.about !== '' && lesson.title !== lesson.name);
    for (const { step } of lesson.tasks) assert.equal(step.effects.map(effectFault).filter(Boolean), []);
  });

  test('has lines that every version of QEMU understands, without a warning', () => {
    const faults: string[] = [];
    const look = (line: string, row: number) => {
      for (const [version, schema] of schemas) {
        const read = parse(line, schema);
        const found = read.kind === 'wrong' ? read.problems : read.kind === 'command' ? read.warnings : [];
        faults.push(...found.map(problem => `${version}, row ${row}: ${problem.message}`));
      }
    };
    for (const step of stepsBefore(lesson, lesson.tasks.length))
      if (step.kind === 'qmp') look(step.text, step.row);
    for (const { step } of lesson.tasks)
      for (const { line } of step.effects) if (!line.startsWith('$ ')) look(line, step.row);
    assert.equal(faults, []);
  });

  test('passes with its answers, and with nothing else', async () => {
    const desk = await openDesk(lesson);
    const pictures: (readonly string[] | undefined)[] = [];
    try {
      for (const [at, { step }] of lesson.tasks.entries()) {
        const where = `step ${at + 1}`;
        if (step.effects.length > 0)
          assert.not(await effective(desk, step), `${where} has its effect before it is done`);
        await desk.type('');
        await desk.type('query-version');
        assert.is(desk.tutor.at, at, `${where} passes without an answer`);
        for (const mistake of step.mistakes) {
          const shown = await desk.type(mistake.line);
          assert.ok(desk.tutor.at <= at, `${where} passes with the mistake ${mistake.line}`);
          await sameWords(shown, mistake.text);
          // A mistake in a recording begins it anew.
          while (desk.tutor.at < at) await desk.type(desk.answer());
        }
        const shown = await desk.type(desk.answer());
        assert.is(desk.tutor.at, at + 1, `${where} does not pass with its answer:\n${shown}`);
        assert.match(shown, /Right\./);
        const picture = desk.tutor.picture
          .map(plain)
          .filter(row => row === '' || lasting(row) !== '')
          .map(lasting);
        pictures.push(step.picture && picture);
        if (update && step.picture) continue;
        const found = textDifferences((step.picture ?? []).map(blanks), picture.map(blanks));
        assert.equal(found, [], `the picture after ${where} is\n${picture.join('\n')}`);
      }
      assert.ok(desk.tutor.done);
    } finally {
      await desk.close();
    }
    if (update) writeFileSync(file, withPictures(text, pictures));
  });

  const last = lesson.tasks.length - 1;
  for (const at of lesson.tasks.keys())
    if (everyStep || at % 3 === 0 || at === last)
      test(`can be left and taken up again at step ${at + 1}`, async () => {
        const desk = await openDesk(lesson, at);
        try {
          // A recording is taken up at its beginning.
          const start = unitStart(lesson, at);
          const shown = await desk.type(desk.answer());
          assert.is(desk.tutor.at, start + 1, shown);
        } finally {
          await desk.close();
        }
      });

  test.run();
}

async function effective(desk: Desk, step: Step): Promise<boolean> {
  return hold(step.effects, { session: desk.host.session, folder: desk.host.folder });
}

/** The page with other pictures in its `graph` fences, in their order. */
function withPictures(text: string, pictures: readonly (readonly string[] | undefined)[]): string {
  const wanted = pictures.filter(picture => picture !== undefined);
  let i = 0;
  return text.replace(/^```graph\n[\s\S]*?^```$/gm, () =>
    ['```graph', ...(wanted[i++] ?? []), '```'].join('\n'),
  );
}
