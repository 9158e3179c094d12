// The address behind `.connect`, as it is typed.
import { splitArguments } from '../language/argument.ts';

/** The address; undefined where more than one word stands there. All behind `exec:` is the command, blanks and quotes too. */
export function typedAddress(rest: string): string | undefined {
  const text = rest.trim();
  if (text.startsWith('exec:')) return text;
  const [address, ...more] = splitArguments(text);
  return more.length === 0 ? (address ?? '') : undefined;
}
