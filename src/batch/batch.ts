import type { Problem } from '../language/line.ts';
import type { Exit } from '../line/exit.ts';
import { hostCommand, notAllowed } from '../line/hostline.ts';
import { type NumberedLine, RowReader } from '../line/rows.ts';
import { settledBy } from '../line/run.ts';
import { understand } from '../line/understand.ts';
import { BatchHost, type BatchOptions } from './host.ts';
import { meant } from './meant.ts';
import { Chunks } from './overtaking.ts';

/**
 * Runs the lines of `-c`: all are parsed before the first is sent. Gives the exit status of the first that failed, else
 * 0.
 */
export async function runLines(lines: readonly string[], options: BatchOptions): Promise<Exit> {
  const host = new BatchHost(options);
  const all = lines.flatMap(text => linesOf(text, options.hmp));
  const toRun = all.filter(line => line.leftOut === undefined);
  // What holds nothing else is told as what it is.
  const chosen = toRun.length > 0 ? toRun : all;
  if (toRun.length > 0) host.leavesOut(all.filter(line => line.leftOut === 'answer').length);
  const readers = chosen.map(line => line.text);
  if (readers.length > 1 && !options.hmp) {
    for (const text of readers) {
      const problems = await problemsOf(text, host);
      if (problems.length === 0) continue;
      host.problems(text, problems, 'error');
      host.note('Nothing was sent.');
      return 2;
    }
  }
  const status = await host.runAll(readers.map(text => ({ text, row: undefined })));
  host.tellLeftOut();
  return host.unread ? host.leaveOut({ count: 0, all: true }) : status;
}

/** What is wrong with a line before anything is sent. */
async function problemsOf(text: string, host: BatchHost): Promise<readonly Problem[]> {
  if (hostCommand(text) !== undefined) return host.allowShell ? [] : [notAllowed(text)];
  const line = await understand(text, host);
  if (line.kind === 'wrong') return settledBy(line.problems, host);
  if (line.kind !== 'word') return [];
  const { unknownWord } = await import('../words/words.ts');
  // The schema tells more of a word that is none.
  const problem = unknownWord(line) && unknownWord(line, undefined, await host.loadSchema());
  return problem ? [problem] : [];
}

/** Runs lines from a stream as they come. Gives the exit status of the first that failed, else 0. */
export async function runInput(input: AsyncIterable<string>, options: BatchOptions): Promise<Exit> {
  const host = new BatchHost(options);
  const reader = new RowReader(options.hmp);
  const chunks = new Chunks(input, reader);
  for (;;) {
    // Whoever writes the lines may be silent for hours; an interrupt or the end of QEMU does not wait for them.
    const next = await Promise.race([chunks.next(), host.stopped]);
    if (next === undefined) return host.status;
    if (next.done) {
      await host.runAll(reader.end());
      host.tellLeftOut();
      return host.unread ? host.leaveOut({ count: 0, all: true }) : host.status;
    }
    await host.runAll(reader.push(next.value), chunks);
    if (host.unread) return host.leaveOut(await rest(chunks, reader, host));
    if (host.left) return host.status;
  }
}

/** Milliseconds for counting the lines that were left out: the input may be endless. */
const COUNTING = 200;

/** Counts the lines still to come, which do not run because standard output takes no more. */
async function rest(
  chunks: Chunks,
  reader: RowReader,
  { clock }: BatchHost,
): Promise<{ readonly count: number; readonly all: boolean }> {
  const until = clock.now() + COUNTING;
  let count = 0;
  for (;;) {
    let cancel = () => {};
    const late = new Promise<undefined>(resolve => {
      cancel = clock.after(until - clock.now(), () => resolve(undefined));
    });
    const next = await Promise.race([chunks.next(), late]).finally(() => cancel());
    if (next?.done) return { count: count + meant(reader.end()), all: true };
    if (next) count += meant(reader.push(next.value));
    if (!next || clock.now() >= until) return { count, all: false };
  }
}

function linesOf(text: string, hmp: boolean): readonly NumberedLine[] {
  const reader = new RowReader(hmp);
  return [...reader.push(text), ...reader.end()];
}
