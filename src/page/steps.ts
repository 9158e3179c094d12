// Cuts the rows of a fence, or of a whole plain text, into steps, their expected output, and what lies between.
import { isMark } from './marks.ts';
import type { Expected, PageProblem, Step } from './model.ts';
import { readMessages, readText } from './output.ts';
import { isBlank, type Row } from './rows.ts';

/** Made for a line and told its rows, in order: whether it goes on in the next one. The language knows. */
export type IsOpen = () => (row: string) => boolean;

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
  /** The request that stands behind an arrow. */
  readonly shown?: Expected;
}

interface StepPrompt {
  readonly indent: string;
  readonly prompt: '(QEMU)' | '$';
  readonly text: string;
}

/** The prompt a row begins with. A bare prompt, or one before a comment, is no step. */
export function stepPrompt(text: string): StepPrompt | undefined {
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
    const mark = row && stepPrompt(row.text);
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
function shellLine(rows: readonly Row[], at: number, mark: StepPrompt): LineRows {
  const own = [mark.text];
  let to = at + 1;
  for (let row = rows[to]; row && endsInBackslash(own.at(-1) ?? ''); row = rows[to]) {
    own.push(unindent(row.text, mark.indent).trimEnd());
    to += 1;
  }
  return { text: own.join('\n'), to, open: false };
}

/** Two backslashes are one that is meant as such. */
function endsInBackslash(row: string): boolean {
  let count = 0;
  while (row[row.length - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

/** A `(QEMU)` line goes on while it is open, but never into the next step, nor over a blank row of plain text. */
function qmpLine(
  rows: readonly Row[],
  at: number,
  mark: StepPrompt,
  fenced: boolean,
  isOpen: IsOpen,
): LineRows {
  const own = [mark.text];
  let goesOn = isOpen();
  let isEmpty = true; // so far there was nothing but ends of rows
  let to = at + 1;
  for (let open = goesOn(mark.text); ; to += 1) {
    const last = own.at(-1) ?? '';
    const continued = !open && endsInBackslash(last);
    if (!open && !continued) break;
    const row = rows[to];
    if (!row || stepPrompt(row.text) || isMark(row.text) || (!fenced && isBlank(row)))
      return { text: mark.text, to: at + 1, open: true };
    if (continued) {
      // The language goes on over a row's end by itself.
      own[own.length - 1] = last.slice(0, -1).trimEnd();
      isEmpty &&= own.at(-1) === '';
      if (isEmpty) goesOn = isOpen();
    }
    const more = unindent(row.text, mark.indent)
      .replace(/^TRANS>[ \t]?/, '')
      .trimEnd();
    own.push(more);
    open = goesOn(more);
  }
  return { text: own.join('\n'), to, open: false };
}

function outputLimit(rows: readonly Row[], from: number, kind: Step['kind'], fenced: boolean): number {
  let written = from; // the first row from `i` on that is not blank
  for (let i = from; i < rows.length; i++) {
    const row = rows[i];
    if (!row || stepPrompt(row.text) || isMark(row.text)) return i;
    if (isComment(row) && (kind !== 'shell' || isBlank(rows[i - 1]))) return i;
    if (fenced) continue;
    while (written < i || (written < rows.length && isBlank(rows[written]))) written += 1;
    if (kind === 'shell' ? isBlank(row) : !goesOn(rows[written], written > i, i > from)) return i;
  }
  return rows.length;
}

/** In plain text: whether a row, the next one that is not blank, is still output of a `(QEMU)` line. Prose never begins like this. */
function goesOn(row: Row | undefined, isBehindBlanks: boolean, inside: boolean): boolean {
  const text = row?.text.trimStart() ?? '';
  if (isBehindBlanks || !inside) return /^([{}\]"]|u?'|\.\.\.$|\(QEMU\)\s*$)/.test(text);
  return /^([{}[\]"'.,\d-]|u'|\(QEMU\)\s*$|(true|false|null|True|False|None)\b)/.test(text);
}

export function isComment(row: Row): boolean {
  return /^\s*(\(QEMU\)\s+|\$\s+)?#/.test(row.text);
}

function unindent(text: string, indent: string): string {
  return text.startsWith(indent) ? text.slice(indent.length) : text.trimStart();
}
