// Keeps V8's compiled code of a run, so that the next run of its kind starts faster.
import { compiled, type RunKind } from '../io/compiled.ts';
import type { Exit } from '../line/exit.ts';

/** Keeps the compiled code of a run that ended well: it holds what runs of this kind need. Gives the status back. */
export function kept(kind: RunKind, status: Exit): Exit {
  if (status === 0) compiled(kind);
  return status;
}
