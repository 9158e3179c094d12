// Two screens of `.watch` compared: what changed since the last look is marked, by more than a colour.
import { plain, span } from '../text/line.ts';
import type { Span, StyledLine } from '../text/style.ts';

/**
 * The later screen, with each changed text underlined and bold. Rows are paired by what stays the same around them,
 * so that a row that comes or goes does not mark all rows below it. Runs of letters, digits and dashes are compared
 * as wholes: 99 and 100 is one change.
 */
export function markChanges(
  before: readonly StyledLine[],
  after: readonly StyledLine[],
): readonly StyledLine[] {
  const texts = before.map(plain);
  const partners = pairRows(texts, after.map(plain));
  return after.map((row, i) => {
    const partner = partners[i];
    if (partner === undefined) return mark(row, [[0, plain(row).length]]);
    return mark(row, changes(texts[partner] ?? '', plain(row)));
  });
}

// Equal rows first, by the longest common run; what is left between two equal rows is paired in order.
function pairRows(before: readonly string[], after: readonly string[]): readonly (number | undefined)[] {
  const equal = common(before, after);
  const out: (number | undefined)[] = after.map(() => undefined);
  let [a, b] = [0, 0];
  for (const [i, j] of [...equal, [before.length, after.length] as const]) {
    for (; b < j; b++, a++) if (a < i) out[b] = a;
    out[j] = i;
    [a, b] = [i + 1, j + 1];
  }
  return out.slice(0, after.length);
}

/** The places in `text` of what is not in `old`. */
function changes(old: string, text: string): readonly (readonly [start: number, end: number])[] {
  if (old === text) return [];
  const [was, is] = [tokens(old), tokens(text)];
  const kept = new Set(common(was, is).map(([, j]) => j));
  const out: (readonly [number, number])[] = [];
  let at = 0;
  for (const [i, token] of is.entries()) {
    if (!kept.has(i) && token.trim() !== '') out.push([at, at + token.length]);
    at += token.length;
  }
  return out;
}

function tokens(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_.-]+| +|./gu) ?? [];
}

// The longest common subsequence, after what is equal at both ends is set aside. Screens are small; beyond the limit
// only the ends are compared.
const LIMIT = 250_000;

function common(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const [n, m] = [a.length - start - end, b.length - start - end];
  const middle: (readonly [number, number])[] = [];
  if (n > 0 && m > 0 && n * m <= LIMIT) {
    const wide = m + 1;
    const best = new Uint32Array((n + 1) * wide);
    const at = (i: number, j: number) => best[i * wide + j] ?? 0;
    for (let i = n - 1; i >= 0; i--) {
      for (let j = m - 1; j >= 0; j--) {
        best[i * wide + j] =
          a[start + i] === b[start + j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      }
    }
    for (let i = 0, j = 0; i < n && j < m; ) {
      if (a[start + i] === b[start + j]) middle.push([start + i++, start + j++]);
      else if (at(i + 1, j) >= at(i, j + 1)) i++;
      else j++;
    }
  }
  const ends = (count: number, from: number, to: number) =>
    Array.from({ length: count }, (_, i) => [from + i, to + i] as const);
  return [...ends(start, 0, 0), ...middle, ...ends(end, a.length - end, b.length - end)];
}

function mark(row: StyledLine, places: readonly (readonly [start: number, end: number])[]): StyledLine {
  if (places.length === 0) return row;
  const out: Span[] = [];
  let at = 0;
  for (const part of row) {
    const cuts = new Set([0, part.text.length]);
    for (const [start, end] of places) {
      for (const cut of [start - at, end - at]) if (cut > 0 && cut < part.text.length) cuts.add(cut);
    }
    const sorted = [...cuts].sort((x, y) => x - y);
    for (const [i, from] of sorted.entries()) {
      const to = sorted[i + 1];
      if (to === undefined) break;
      const changed = places.some(([start, end]) => start <= at + from && at + to <= end);
      const text = part.text.slice(from, to);
      out.push(changed ? { ...part, text, bold: true, underline: true } : { ...part, text });
    }
    at += part.text.length;
  }
  return out.length === 0 ? [span('')] : out;
}
