// What a line that is not the step's has done to the VM of a lesson, as far as the lesson cannot go on with it.
import { looksOther, missing, type VmState } from '../play/vmstate.ts';
import type { Verdict } from './judge.ts';

interface Done {
  readonly text: string;
  readonly verdict: Verdict;
  readonly carriedOut: boolean;
}

/** Whether a line only asks, or is for the shell or this host. */
function isQuery(text: string): boolean {
  return /^\s*(\(QEMU\)\s+)?(query-|\.|\$|help\b|\?)/.test(text);
}

/** Why the VM has to be set back; undefined where it stands as the step needs it. `began`: as the step found it. */
export function damage(
  { text, verdict, carriedOut }: Done,
  began: VmState | undefined,
  now: VmState | undefined,
): string | undefined {
  const lost = began === undefined ? undefined : missing(began, now);
  if (lost !== undefined) return `The lesson cannot go on like this: ${lost}.`;
  // A page that was played, and failed, may have left something.
  const played = verdict.kind === 'mistake' && /^\s*\./.test(text);
  const left = played && now !== undefined && looksOther(began?.graph, now.graph);
  return (carriedOut && !isQuery(text) && verdict.kind !== 'other') || left
    ? 'QEMU has done what you typed.'
    : undefined;
}
