// A text as rows with their places. Line ends (LF or CRLF, or none at the end) belong to the row they end.

export interface Row {
  /** Without its line end. */
  readonly text: string;
  readonly start: number;
  /** Line end included. */
  readonly end: number;
  /** From 1. */
  readonly number: number;
}

export function rowsOf(text: string): Row[] {
  const rows: Row[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    rows.push({ text: text.slice(start, end).replace(/\r?\n$/, ''), start, end, number: rows.length + 1 });
    start = end;
  }
  return rows;
}

export function isBlank(row: Row | undefined): boolean {
  return row === undefined || row.text.trim() === '';
}
