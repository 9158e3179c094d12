// `qmpsh points --keep-points N`: the oldest points of each chain are merged into the next, after one question.
import { describeImages } from '../io/images.ts';
import { clearMerging, makeFull, removeImage } from '../io/merge.ts';
import { isTerminal, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { keepSentences, planKeep } from '../series/keep.ts';
import { listPoints } from '../series/listing.ts';
import { pointName } from '../series/names.ts';
import { safe } from '../text/safe.ts';

/** Status 1: something failed, and what is said was left as it was; 2: it was not agreed to. */
export async function keepPoints(folder: string, text: string, yes: boolean): Promise<Exit> {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new QmpshError('usage', `--keep-points wants a number from 1 on, not ${safe(text)}`);
  const before = listPoints(await describeImages('.', folder));
  const plan = planKeep(before, count);
  const notes = [...new Set([...before.points.flatMap(({ problem }) => problem ?? []), ...plan.notes])];
  for (const note of notes) writeAll(2, `${note}\n`);
  const files = new Map(before.points.map(({ point, file }) => [pointName(point), file]));
  const sentences = keepSentences(plan, files);
  if (sentences.length === 0) {
    writeAll(2, `No chain has more than ${count} point${count === 1 ? '' : 's'} to be merged.\n`);
    return notes.length > 0 ? 1 : 0;
  }
  for (const sentence of sentences) writeAll(1, `${sentence}\n`);
  if (!yes && !(await agreed())) {
    writeAll(2, 'Nothing was changed; with --yes it is done without a question.\n');
    return 2;
  }
  let status: Exit = notes.length > 0 ? 1 : 0;
  clearMerging(folder);
  for (const { full, point, gone, held } of plan.merges) {
    try {
      if (full !== undefined) await makeFull(folder, full, point, held);
      for (const file of gone) await removeImage(folder, file);
    } catch (error) {
      status = 1;
      writeAll(2, `${error instanceof QmpshError ? error.message : safe(String(error))}\n`);
    }
  }
  const broken = new Set(before.points.flatMap(({ file, problem }) => (problem === undefined ? [] : [file])));
  for (const { file, problem } of listPoints(await describeImages('.', folder)).points)
    if (problem !== undefined && !broken.has(file)) {
      status = 1;
      writeAll(2, `${problem}\n`);
    }
  return status;
}

async function agreed(): Promise<boolean> {
  if (!isTerminal(0) || !isTerminal(2)) return false;
  const { askQuestion } = await import('../io/question.ts');
  const choices = [{ value: 'no' }, { value: 'yes' }];
  const answer = await askQuestion({
    kind: 'choice',
    message: 'Do this?',
    choices,
    free: false,
    check: () => undefined,
  });
  return answer?.[0] === 'yes';
}
