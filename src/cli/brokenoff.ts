// What a command without a prompt says of pages that were broken off on its VM, for their shell or host has died: one row.
import { findJournals } from '../io/journals.ts';
import { safe } from '../text/safe.ts';

/** Undefined where there are none. `lines` are those that are to run: who deals with such pages by one is told by it. */
export async function brokenOff(address: string, lines: readonly string[]): Promise<string | undefined> {
  if (lines.some(line => /^\s*\.unfinished\b/.test(line))) return undefined;
  const journals = findJournals();
  if (journals.length === 0) return undefined; // as almost always: what reads them is not loaded for nothing
  const { stepsBegun, unfinishedAt } = await import('../play/journal.ts');
  const [first, ...more] = unfinishedAt(address, journals);
  if (first === undefined) return undefined;
  const { shellWord } = await import('../page/hostline.ts');
  const steps = stepsBegun(first);
  const what = `${safe(first.title)} (${safe(first.page)})`;
  const head =
    more.length === 0
      ? `a page was broken off on this VM after ${steps}: ${what}`
      : `${more.length + 1} pages were broken off on this VM, the first after ${steps}: ${what}`;
  return `${head}; qmpsh -c .unfinished ${shellWord(address)} tells what it did, and how to undo, finish or forget it`;
}
