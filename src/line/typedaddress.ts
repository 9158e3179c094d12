// The address behind `.connect`, as it is typed.
import { splitArguments } from '../language/argument.ts';

/** The text without `--agent` before or behind it, and whether it was there. All behind `exec:` is the command. */
export function typedFlag(rest: string): { readonly text: string; readonly agent: boolean } {
  const text = rest.trim();
  const before = text.replace(/^--agent(?:\s+|$)/, '');
  const flagged = before !== text;
  const behind = /^(?:[A-Za-z][\w.-]*=)?exec:/.test(before)
    ? before
    : before.replace(/(?:^|\s+)--agent$/, '');
  return { text: behind, agent: flagged || behind !== before };
}

/** The address; undefined where more than one word stands there. All behind `exec:` is the command, blanks and quotes too. */
export function typedAddress(rest: string): string | undefined {
  const text = rest.trim();
  if (text.startsWith('exec:')) return text;
  const [address, ...more] = splitArguments(text);
  return more.length === 0 ? (address ?? '') : undefined;
}
