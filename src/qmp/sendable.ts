// What QEMU's JSON reader never takes. It would answer without an `id`, so that the command's own reply never
// came: such a message is stopped here. (Seen with QEMU 7.2; beyond its depth limit it answers each byte.)
import { MAX_DEPTH } from '../text/json.ts';
import { QmpshError } from './errors.ts';

const MAX_LENGTH = 64 * 1024 * 1024;
/** JSON.stringify writes half of a surrogate pair as an escape, and whole pairs as they are. */
const HALF = /(?:^|[^\\])(?:\\\\)*(\\ud[0-9a-f]{3})/;
const ASCII = /^[\x00-\x7f]*$/;

/** The text itself. Throws a `usage` error that says what QEMU would not read. */
export function checkSendable(text: string): string {
  const half = text.includes('\\ud') ? HALF.exec(text)?.[1] : undefined;
  if (half !== undefined)
    throw unsendable(`${half} is half of a character`, 'Write both halves, or the character.');
  // The table of characters takes V8 a millisecond to make; few messages need it.
  const stranger = ASCII.test(text) ? undefined : /\p{Noncharacter_Code_Point}/u.exec(text)?.[0];
  if (stranger !== undefined) {
    const code = stranger.codePointAt(0)?.toString(16).toUpperCase();
    throw unsendable(`U+${code} is not a character`, 'Leave it out.');
  }
  if (text.length > MAX_LENGTH) throw unsendable('the message is longer than 64 MiB', 'Send it in parts.');
  if (text.length > 2 * MAX_DEPTH && depth(text) > MAX_DEPTH) {
    throw unsendable(`the message is nested more than ${MAX_DEPTH} deep`, 'Make it flatter.');
  }
  return text;
}

function unsendable(what: string, advice: string): QmpshError {
  return new QmpshError('usage', `QEMU cannot read this: ${what}`, { code: 'unsendable', advice });
}

function depth(text: string): number {
  let [now, most, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) quoted = !quoted;
    else if (quoted) {
      if (c === 0x5c) i++;
    } else if (c === 0x5b || c === 0x7b) most = Math.max(most, ++now);
    else if (c === 0x5d || c === 0x7d) now--;
  }
  return most;
}
