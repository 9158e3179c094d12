// Notes are kept as rows of text, which cost nothing at start: they become a map at the first question.

/** A function that looks up a row of `text`: each row is a name, two blanks, and what there is to say. */
export function lazyTable(text: string): (name: string) => string | undefined {
  let rows: ReadonlyMap<string, string> | undefined;
  return name => {
    rows ??= parseTable(text);
    return rows.get(name);
  };
}

/** The rows of a table, in order. */
export function parseTable(text: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  for (const row of text.split('\n')) {
    const at = row.indexOf('  ');
    if (at > 0) rows.set(row.slice(0, at), row.slice(at + 2));
  }
  return rows;
}
