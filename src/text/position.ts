// Rows and columns of offsets in a text, as editors and compilers count them: from 1, in UTF-16 units.

export interface Position {
  readonly row: number;
  readonly column: number;
}

/** Gives the position of an offset in `text`; made once for a text, each answer takes the logarithm of its rows. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return offset => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { row: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
