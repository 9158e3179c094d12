// What stands between the steps of a page, as text for its reader.
import type { Row } from './rows.ts';
import { isComment } from './steps.ts';

export function proseOf(text: string, rows: readonly Row[], from: number, to: number): string {
  const first = rows[from];
  const last = rows[to - 1];
  if (!first || !last || to <= from) return '';
  return text.slice(first.start, last.end).replace(/\r\n/g, '\n').trim();
}

export function comments(rows: readonly Row[]): string {
  return rows
    .filter(isComment)
    .map(row => row.text.replace(/^\s*(\(QEMU\)\s+|\$\s+)?#\s?/, ''))
    .join('\n');
}
