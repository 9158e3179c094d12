// Expected output: the text below a step, read as requests, replies and events, or as rows of text.
import type { Expected } from './model.ts';
import { type Pattern, readPattern } from './pattern.ts';
import { isBlank, type Row } from './rows.ts';

const BARE_PROMPT = /^\s*\(QEMU\)\s*$/;

/** Reads the rows below a `$` step as text, to be compared row by row. */
export function readText(rows: readonly Row[], indent: string): Expected[] {
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return [];
  const lines = rows.map(row =>
    (row.text.startsWith(indent) ? row.text.slice(indent.length) : row.text).trimEnd(),
  );
  return [{ kind: 'text', lines, row: first.number, place: { start: first.start, end: last.end } }];
}

/** Reads the rows below a `(QEMU)` step: one JSON value after another. What is no JSON is one malformed piece. */
export function readMessages(text: string, rows: readonly Row[]): Expected[] {
  const found: Expected[] = [];
  const limit = rows.at(-1)?.end ?? 0;
  let i = 0;
  while (i < rows.length) {
    const row = rows[i];
    if (!row || isBlank(row) || BARE_PROMPT.test(row.text)) {
      i += 1;
      continue;
    }
    const start = row.start + (row.text.length - row.text.trimStart().length);
    const result = readPattern(text, start, limit);
    const fault = result.ok ? trailing(text, result.end, limit) : result.message;
    if (result.ok && fault === undefined) {
      found.push(classify(text, result.pattern, row.number, { start, end: result.end }));
      i = rows.findIndex(next => next.start >= result.end);
      if (i < 0) break;
      continue;
    }
    let to = i + 1;
    while (to < rows.length && !restarts(rows[to], row)) to += 1;
    const end = rows[to - 1]?.end ?? row.end;
    found.push({
      kind: 'malformed',
      text: text.slice(start, end).trimEnd(),
      message: row.text.trimStart().startsWith('{')
        ? `not well-formed JSON: ${fault}`
        : 'not well-formed JSON: it does not begin with {',
      row: row.number,
      place: { start, end },
    });
    i = to;
  }
  return found;
}

/** Behind a value its row must be over. */
function trailing(text: string, end: number, limit: number): string | undefined {
  const rest = text.slice(end, limit).split('\n', 1)[0]?.trim() ?? '';
  return rest === '' || rest.startsWith('{') ? undefined : 'there is more text behind the end of the value';
}

/** Whether a row may begin a new value after a piece that could not be read. */
function restarts(row: Row | undefined, first: Row): boolean {
  if (!row || isBlank(row) || BARE_PROMPT.test(row.text)) return true;
  const indent = (text: string) => text.length - text.trimStart().length;
  return row.text.trimStart().startsWith('{') && indent(row.text) <= indent(first.text);
}

function classify(text: string, pattern: Pattern, row: number, place: Expected['place']): Expected {
  const has = (name: string) => pattern.kind === 'object' && pattern.members.has(name);
  if (has('execute') || has('exec-oob')) return { kind: 'request', pattern, row, place };
  if (has('return') || has('error')) return { kind: 'reply', pattern, row, place };
  if (has('event')) return { kind: 'event', pattern, row, place };
  const message = 'no QMP message: it has none of the members execute, return, error and event';
  return { kind: 'malformed', text: text.slice(place.start, place.end), message, row, place };
}
