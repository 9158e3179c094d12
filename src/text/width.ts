// Text measured in terminal cells: a CJK letter or an emoji takes two, a combining mark none.
import cells from 'fast-string-width';

// Printable ASCII, the common case by far: one cell a letter.
const ASCII = /^[\x20-\x7e]*$/;
// Latin-1, dashes, the ellipsis, lines and blocks: each stands alone, unless something that joins follows.
const ALONE = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff\u2013\u2014\u2022\u2026\u2500-\u259f]*$/;
// What a cut must not tear apart: a letter with its marks, an emoji sequence, a surrogate pair.
let segmenter: Intl.Segmenter | undefined;

/** Cells the text takes on one row. Control characters count 0: pass the text through `safe` first. */
export function width(text: string): number {
  if (ALONE.test(text)) return text.length;
  return JOINING.test(text)
    ? letters(text).reduce((sum, letter) => sum + letterWidth(letter), 0)
    : cells(text);
}

// What makes one letter of several characters: its width is that of the letter wherever it stands, so that a row is as
// wide as its letters are.
const JOINING = /\u200c|\u200d|\ufe0f|\u20e3|[\u{1f1e6}-\u{1f1ff}]|[\u{1f3fb}-\u{1f3ff}]/u;

/** No letter that is joined takes more than two cells, and a joiner that joins nothing takes none. */
function letterWidth(letter: string): number {
  if (!JOINING.test(letter)) return cells(letter);
  return Math.min(2, cells(letter.replace(/\u200c|\u200d+$/g, '')));
}

// The segmenter's time grows with the square of the text: a long one is taken in pieces.
const PIECE = 512;

/** The user-perceived characters of a text, in order. */
export function letters(text: string): readonly string[] {
  if (ALONE.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const out: string[] = [];
  let from = 0;
  while (from < text.length) {
    let end = from + PIECE;
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end++;
    const piece = text.slice(from, end);
    const found = Array.from(segmenter.segment(piece), part => part.segment);
    // The last one may go on behind the piece.
    const last = end < text.length && found.length > 1 ? found.pop() : undefined;
    for (const letter of found) out.push(letter);
    from += piece.length - (last?.length ?? 0);
  }
  return out;
}

/** The longest beginning of the text that takes at most `columns` cells. */
export function head(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (ASCII.test(text)) return text.slice(0, columns);
  let out = '';
  let used = 0;
  for (const letter of letters(text)) {
    used += width(letter);
    if (used > columns) break;
    out += letter;
  }
  return out;
}

/** The longest end of the text that takes at most `columns` cells. */
export function tail(text: string, columns: number): string {
  if (columns <= 0) return '';
  let out = '';
  let used = 0;
  for (const letter of letters(text).toReversed()) {
    used += width(letter);
    if (used > columns) break;
    out = letter + out;
  }
  return out;
}

/** Cuts a text to at most `columns` cells; what was cut is marked by `…` at the end (or in the middle, for paths). */
export function fit(text: string, columns: number, where: 'end' | 'middle' = 'end'): string {
  if (width(text) <= columns) return text;
  if (columns <= 0) return '';
  if (where === 'end') return `${head(text, columns - 1)}…`;
  const left = Math.ceil((columns - 1) / 3);
  return `${head(text, left)}…${tail(text, columns - 1 - left)}`;
}

/** Blanks behind the text up to `columns` cells. A longer text stays whole. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Blanks before the text up to `columns` cells. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

/** Whether text for a terminal, escape sequences among it, leaves the cursor behind the first column. */
export function endsInRow(text: string): boolean {
  const marked = text.replace(/\x1b\[1?G/g, '\r');
  const row = marked.slice(Math.max(marked.lastIndexOf('\r'), marked.lastIndexOf('\n')) + 1);
  return /\x1b\[[\d;]*[CGHf]/.test(row) || row.replace(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^[]/g, '') !== '';
}
