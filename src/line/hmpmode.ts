// The mode -H, in which each row is a line of the human monitor: reads such rows, and prints the replies in batch.
import { PastedLines } from '../language/pasted.ts';
import { isTranscript } from '../language/transcript.ts';
import type { Reply } from '../qmp/message.ts';
import { safe } from '../text/safe.ts';

const PROMPT = /^\((?:QEMU|qemu|HMP)\)(?:\s+|$)/;

/**
 * What a row means: a line for this shell, which is empty for a blank row and for a comment. The shell's own words
 * keep their meaning, and so does `exit`, which the human monitor does not know.
 */
export function hmpModeLine(row: string): string {
  const line = row.trim().replace(PROMPT, '');
  if (line === '' || line.startsWith('#')) return '';
  if (line === 'exit') return '.exit';
  return /^(?:\.|\$ )/.test(line) ? line : `.hmp ${line}`;
}

/** Whether the last line of what was typed or pasted goes on in the next row; one of the human monitor never does. */
export function isOpen(text: string, hmp: boolean): boolean {
  const lines = new PastedLines({ hmp, pairs: true, shell: true, prompted: isTranscript(text) });
  for (const row of text.split('\n')) lines.push(row);
  return lines.isOpen;
}

/** The human monitor's text for standard output; undefined where the reply holds none. */
export function hmpModeText(reply: Reply): string | undefined {
  if (reply.kind !== 'success' || typeof reply.value !== 'string') return undefined;
  return safe(reply.value, { keepNewlines: true }).replace(/\n+$/, '');
}
