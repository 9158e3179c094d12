// Who stands for this host while a page is rehearsed: its files and commands are those of a twin.
import type { HostRun } from '../io/hostrun.ts';
import type { Present } from '../io/present.ts';

export interface Deputy {
  /** What lies at the path that this host would have there. */
  at(name: string): Present;
  /** Removes files; says why one of them could not be removed. */
  remove(names: readonly string[]): string | undefined;
  /** Runs a command in its way; rejects with a QmpshError where it has none. */
  run(command: string): Promise<HostRun>;
}
