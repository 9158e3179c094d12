// QEMU's refusals that puzzle people, each with one line of explanation and, where it can be told, the request that would
// work. They are judged by the whole request and by what the VM has, for the same text of QEMU's can mean two things.
import type { Request } from '../qmp/message.ts';
import { matching } from './puzzles/matching.ts';
import type { Explanation } from './puzzles/puzzle.ts';
import type { Asked, World } from './world.ts';

export type { Explanation } from './puzzles/puzzle.ts';

/** What has to be asked from the VM before a refusal can be explained; undefined where there is nothing to explain. */
export function askedFor(desc: string, request: Request): readonly Asked[] | undefined {
  let asked: readonly Asked[] | undefined;
  for (const { puzzle } of matching(desc, request)) {
    const { asks = [] } = puzzle;
    asked = [...(asked ?? []), ...(typeof asks === 'function' ? asks(request) : asks)];
  }
  return asked;
}

/** What a refusal's `desc` means, when it is one that puzzles people. `instead` is not yet held against what is known. */
export function explainRefusal(desc: string, request: Request, world: World): Explanation | undefined {
  for (const { puzzle, match } of matching(desc, request)) {
    const found = puzzle.explain(request, match, world);
    if (found !== undefined) return found;
  }
  return undefined;
}
