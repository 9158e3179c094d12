// Expected output: the text below a step, read as requests, replies and events, or as rows of text.
import type { Expected } from './model.ts';
import type { Pattern, Slip } from './pattern.ts';
import { readPattern } from './readpattern.ts';
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
    // A row of its own that says `...`: more came, which is not shown.
    if (!row || isBlank(row) || BARE_PROMPT.test(row.text) || row.text.trim() === '...') {
      i += 1;
      continue;
    }
    const start = row.start + (row.text.length - row.text.trimStart().length);
    const result = readPattern(text, start, limit);
    const more = result.ok ? trailing(text, result.end, limit) : undefined;
    if (result.ok && more === undefined) {
      found.push(classify(text, result, row.number, { start, end: result.end }));
      while (i < rows.length && (rows[i]?.start ?? limit) < result.end) i += 1;
      continue;
    }
    let to = i + 1;
    while (to < rows.length && !restarts(rows[to], row)) to += 1;
    const end = rows[to - 1]?.end ?? row.end;
    const begins = row.text.trimStart().startsWith('{');
    const fault = result.ok ? (more ?? '') : result.message;
    found.push({
      kind: 'malformed',
      text: text.slice(start, end).trimEnd(),
      message: `not well-formed JSON: ${begins ? fault : 'it does not begin with {'}`,
      row: row.number,
      place: { start, end },
      ...(begins ? { at: result.ok ? result.end : result.at } : {}),
    });
    i = to;
  }
  return found;
}

/** Behind a value its row must be over. */
function trailing(text: string, end: number, limit: number): string | undefined {
  const newline = text.indexOf('\n', end);
  const rest = text.slice(end, newline < 0 ? limit : Math.min(limit, newline)).trim();
  return rest === '' || rest.startsWith('{') ? undefined : 'there is more text behind the end of the value';
}

/** Whether a row may begin a new value after a piece that could not be read. */
function restarts(row: Row | undefined, first: Row): boolean {
  if (!row || isBlank(row) || BARE_PROMPT.test(row.text)) return true;
  const indent = (text: string) => text.length - text.trimStart().length;
  return row.text.trimStart().startsWith('{') && indent(row.text) <= indent(first.text);
}

/** Which message a value is, by its members. */
export function classify(
  text: string,
  { pattern, slips }: { readonly pattern: Pattern; readonly slips: readonly Slip[] },
  row: number,
  place: Expected['place'],
): Expected {
  const has = (name: string) => pattern.kind === 'object' && pattern.members.has(name);
  const more = slips.length > 0 ? { slips } : {};
  if (has('execute') || has('exec-oob')) return { kind: 'request', pattern, row, place, ...more };
  if (has('return') || has('error')) return { kind: 'reply', pattern, row, place, ...more };
  if (has('event')) return { kind: 'event', pattern, row, place, ...more };
  const message = 'no QMP message: it has none of the members execute, return, error and event';
  return { kind: 'malformed', text: text.slice(place.start, place.end), message, row, place };
}
