// Cuts the rows of a fence, or of a whole plain text, into steps, their expected output, and what lies between.
import type { Expected, PageProblem, Step } from './model.ts';
import { readMessages, readText } from './output.ts';
import { isBlank, type Row } from './rows.ts';

/** Whether a line goes on in the next row; the language knows. */
export type IsOpen = (text: string) => boolean;

export interface FoundStep {
  readonly kind: Step['kind'];
  readonly text: string;
  readonly indent: string;
  readonly background: boolean;
  readonly row: number;
  /** Rows by their index: the step's own, then those of its output (`to` excluded). */
  readonly from: number;
  readonly to: number;
  readonly outputTo: number;
  readonly outputFrom: number;
  readonly expected: readonly Expected[];
}

interface Mark {
  readonly indent: string;
  readonly prompt: '(QEMU)' | '$';
  readonly text: string;
}

/** The prompt a row begins with. A bare prompt, or one before a comment, is no step. */
export function stepMark(text: string): Mark | undefined {
  const found = /^(\s*)(\(QEMU\)|\$)[ \t]+(\S.*)$/.exec(text);
  if (!found || found[1] === undefined || !found[3] || found[3].startsWith('#')) return undefined;
  return { indent: found[1], prompt: found[2] === '$' ? '$' : '(QEMU)', text: found[3].trimEnd() };
}

/**
 * Finds the steps in rows. `fenced`: every row below a step is its output; otherwise, in plain text, output ends where
 * prose goes on.
 */
export function findSteps(
  text: string,
  rows: readonly Row[],
  fenced: boolean,
  isOpen: IsOpen,
  problem: (problem: PageProblem) => void,
): FoundStep[] {
  const found: FoundStep[] = [];
  let i = 0;
  while (i < rows.length) {
    const row = rows[i];
    const mark = row && stepMark(row.text);
    if (!row || !mark) {
      i += 1;
      continue;
    }
    const line = mark.prompt === '$' ? shellLine(rows, i, mark) : qmpLine(rows, i, mark, fenced, isOpen);
    if (line.open) {
      problem({
        row: row.number,
        message: 'the line is not complete: a bracket, a quote or a transaction is not closed',
        advice: 'Close it, or put the rows that belong to it directly below.',
      });
    }
    const kind = mark.prompt === '$' ? 'shell' : line.text.startsWith('.') ? 'word' : 'qmp';
    const limit = outputLimit(rows, line.to, kind, fenced);
    let outputTo = limit;
    while (outputTo > line.to && isBlank(rows[outputTo - 1])) outputTo -= 1;
    let outputFrom = line.to;
    while (outputFrom < outputTo && isBlank(rows[outputFrom])) outputFrom += 1;
    const output = rows.slice(outputFrom, outputTo);
    const asText = kind === 'shell' || (kind === 'word' && !output[0]?.text.trimStart().startsWith('{'));
    found.push({
      kind,
      text: line.text,
      indent: mark.indent,
      background: kind !== 'shell' && /\s&$/.test(line.text),
      row: row.number,
      from: i,
      to: line.to,
      outputFrom,
      outputTo,
      expected: asText ? readText(output, mark.indent) : readMessages(text, output),
    });
    i = Math.max(outputTo, line.to);
  }
  return found;
}

interface LineRows {
  readonly text: string;
  readonly to: number;
  readonly open: boolean;
}

/** A `$` line goes on where its row ends in a backslash. */
function shellLine(rows: readonly Row[], at: number, mark: Mark): LineRows {
  let text = mark.text;
  let to = at + 1;
  for (let row = rows[to]; row && /(^|[^\\])(\\\\)*\\$/.test(text); row = rows[to]) {
    text += `\n${unindent(row.text, mark.indent).trimEnd()}`;
    to += 1;
  }
  return { text, to, open: false };
}

/** A `(QEMU)` line goes on while it is open, but never into the next step, nor over a blank row of plain text. */
function qmpLine(rows: readonly Row[], at: number, mark: Mark, fenced: boolean, isOpen: IsOpen): LineRows {
  let text = mark.text;
  let to = at + 1;
  while (isOpen(text)) {
    const row = rows[to];
    if (!row || stepMark(row.text) || (!fenced && isBlank(row)))
      return { text: mark.text, to: at + 1, open: true };
    text += `\n${unindent(row.text, mark.indent)
      .replace(/^TRANS>[ \t]?/, '')
      .trimEnd()}`;
    to += 1;
  }
  return { text, to, open: false };
}

function outputLimit(rows: readonly Row[], from: number, kind: Step['kind'], fenced: boolean): number {
  for (let i = from; i < rows.length; i++) {
    const row = rows[i];
    if (!row || stepMark(row.text)) return i;
    if (isComment(row) && (kind !== 'shell' || isBlank(rows[i - 1]))) return i;
    if (fenced) continue;
    if (kind === 'shell' ? isBlank(row) : !goesOn(rows, i, i > from)) return i;
  }
  return rows.length;
}

/** In plain text: whether a row is still output of a `(QEMU)` line. Prose never begins like this. */
function goesOn(rows: readonly Row[], at: number, inside: boolean): boolean {
  let i = at;
  while (i < rows.length && isBlank(rows[i])) i += 1;
  const text = rows[i]?.text.trimStart() ?? '';
  if (i > at || !inside) return /^([{}\]"]|u?'|\.\.\.$|\(QEMU\)\s*$)/.test(text);
  return /^([{}[\]"'.,\d-]|u'|\(QEMU\)\s*$|(true|false|null|True|False|None)\b)/.test(text);
}

export function isComment(row: Row): boolean {
  return /^\s*(\(QEMU\)\s+|\$\s+)?#/.test(row.text);
}

function unindent(text: string, indent: string): string {
  return text.startsWith(indent) ? text.slice(indent.length) : text.trimStart();
}
