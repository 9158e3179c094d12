// The one rule for every undo line that removes files: only what this page made, once every line above it has done its
// work, when no QEMU of the page has a node on it, and never after the guest was moved.
import type { Session } from '../session/client.ts';
import { safe } from '../text/safe.ts';
import type { Account } from './account.ts';
import type { JobWait } from './jobs.ts';
import type { Made } from './made.ts';
import { type NodeFiles, openFiles, userOf } from './openfiles.ts';
import type { Undone } from './outcome.ts';
import { failureOf } from './perform.ts';
import type { Removal } from './removal.ts';
import type { Whereabouts } from './whereabouts.ts';

interface Removing {
  readonly made: Made;
  readonly account: Account;
  /** The lines that were undone, or left, before this one. */
  readonly undone: readonly Undone[];
  readonly moved: Whereabouts['state'];
  /** The monitors of the page. */
  readonly sessions: readonly Session[];
  readonly limits: JobWait;
}

/** Why the files are not removed; `absent`: there is nothing to remove. undefined: they may be removed. */
export async function whyKept(
  removal: NonNullable<Removal>,
  removing: Removing,
): Promise<string | 'absent' | undefined> {
  if (removal === 'unclear') return 'it cannot be seen which files this removes';
  const { made, account, undone, moved, sessions, limits } = removing;
  const files = removal.files.map(file => ({ file, ...made.now(file) }));
  const missing = files.filter(({ there }) => there === false);
  const elsewhere = missing.find(({ file }) => account.madeByQemu(file));
  if (elsewhere)
    return `${safe(elsewhere.file)} is not here: if QEMU made it, then in its own folder or on its own host`;
  const there = files.filter(one => one.there !== false);
  // Nothing is there, or what is there was not made by the page, which has not touched it.
  if (there.every(one => made.before(one) === true && !account.wrote(one.file))) return 'absent';
  if (moved !== 'stayed') return 'the guest may be using it';
  for (const one of there) {
    const before = made.before(one);
    if (before === true) return `${safe(one.file)} was there before this page`;
    if (before === 'unknown') return `it is not known whether this page made ${safe(one.file)}`;
  }
  if (undone.some(({ ok }) => !ok)) return 'a line above it was left';
  try {
    const nodes: NodeFiles[] = [];
    for (const session of sessions) {
      if (session.state !== 'open') return 'it is not known whether QEMU uses it';
      nodes.push(...(await openFiles(session, limits)));
    }
    for (const { file, path } of files) {
      const node = userOf(path, nodes);
      if (node !== undefined) return `QEMU has ${safe(file)} open: node ${safe(node)}`;
    }
  } catch (error) {
    return `it is not known whether QEMU uses it: ${failureOf(error).message}`;
  }
  return undefined;
}
