// A `$ rm` in a fence marked `tidy`: it takes away a file that the page needed for a while. It needs no leave, for the shell
// carries it out itself, by the rule of the undo: only what the page has made.
import { removeFiles } from '../io/present.ts';
import type { Step } from '../page/model.ts';
import { safe } from '../text/safe.ts';
import { Account } from './account.ts';
import type { Made } from './made.ts';
import type { Part, Performance } from './performance.ts';
import { removalOf } from './removal.ts';
import { whyKept } from './removing.ts';
import { whereabouts } from './whereabouts.ts';

/** Undefined for any other step. Removes the files, or says as a warning why one stays: it is not here, say, but on the host of QEMU. */
export async function discard(
  step: Step,
  text: string,
  { made, ...performance }: Omit<Performance, 'discard'> & { readonly made: Made },
): Promise<Part | undefined> {
  const removal = step.fence.tidy ? removalOf(text) : undefined;
  if (removal === undefined || removal === 'unclear') return undefined;
  const { ledger, signal, timeout, stage } = performance;
  const limits = { signal, ...(timeout > 0 ? { timeout } : {}) };
  const { state: moved } = await whereabouts(performance, limits);
  const sessions = stage.monitors.map(({ session }) => session);
  const account = new Account(ledger);
  const why = await whyKept(removal, { made, account, undone: [], moved, sessions, limits });
  const stays = (reason: string) => ({
    warnings: [`${removal.files.map(file => safe(file)).join(', ')} stays: ${reason}`],
  });
  if (why === 'absent') return {};
  if (why !== undefined) return stays(why);
  const deed = ledger.begin({ step, text, discarded: true });
  const failed = removeFiles(stage.folder, removal.files);
  deed.fate = failed === undefined ? 'done' : 'failed';
  return failed === undefined ? {} : stays(failed);
}
