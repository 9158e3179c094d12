// Pasted text of many rows to the lines that are to run: a bare list of commands, or a transcript with prompts,
// replies and prose between.
import { completeness } from './tokens.ts';

/** A line of a pasted text and the number of its first row, from 1. */
export interface PastedLine {
  readonly text: string;
  readonly row: number;
}

const PROMPT = /^\s*(?:\(QEMU\)(?:\s|$)|->\s*(?=[{[]))/;
// What other shells and our own editor print where a line goes on.
const CONTINUATION = /^\s*(?:TRANS>|\.\.\.)(?:\s|$)/;
const STEP = /^\s*\$ \S/;
const PAIR = /^\s*[A-Za-z_][\w.-]*=/;

/** Whether a text is a transcript: then only what stands behind its prompts is run. */
export function isTranscript(text: string): boolean {
  return text.split('\n').some(row => PROMPT.test(row));
}

/**
 * The lines in a pasted text, in order, prompts taken off. In a transcript whatever has no prompt (replies, events,
 * prose) is left out, and with `shell` false `$` steps too. A row that begins with `key=` goes on with the line above.
 */
export function transcript(text: string, options: { readonly shell?: boolean } = {}): readonly PastedLine[] {
  const rows = text.split('\n').map(row => row.replace(/\r$/, ''));
  const prompted = rows.some(row => PROMPT.test(row));
  const lines: PastedLine[] = [];
  let rest: string[] = [];
  let start = 0;
  // A row without a prompt can belong to a line only if it directly follows that line.
  let adjacent = false;
  const isOpen = () => rest.length > 0 && completeness(rest.join('\n')) === 'open';
  const finish = () => {
    const line = rest.join('\n').trim();
    if (line !== '' && !line.startsWith('#')) lines.push({ text: line, row: start });
    rest = [];
  };
  for (const [i, row] of rows.entries()) {
    const step = prompted && options.shell === true && STEP.test(row);
    const begins = prompted ? PROMPT.test(row) || step : row.trim() !== '';
    if (rest.length > 0 && (isOpen() ? !PROMPT.test(row) && !step : adjacent && PAIR.test(row))) {
      rest.push(row.replace(CONTINUATION, ''));
      continue;
    }
    finish();
    adjacent = begins;
    if (!begins) continue;
    start = i + 1;
    rest = [row.replace(/^\s*\(QEMU\)\s?/, '').replace(/^\s*->\s*(?=[{[])/, '')];
    if (rest[0]?.trim() === '') rest = [];
  }
  finish();
  return lines;
}
