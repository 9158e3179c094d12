// Rows of a name and what it does: words, keys, settings; and names side by side.
import { lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { grid } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';

/** Rows of two columns, a name and what it does: words, keys, settings. Sections have a title above their rows. */
export function renderPairs(
  sections: readonly {
    readonly title?: string;
    readonly rows: readonly (readonly [name: string, does: string])[];
  }[],
  width: number,
): readonly StyledLine[] {
  const wide = Math.max(
    0,
    ...sections.flatMap(section => section.rows.map(([name]) => lineWidth([span(name)]))),
  );
  return sections.flatMap((section, i) => {
    const title: readonly StyledLine[] = section.title === undefined ? [] : [[span(section.title, 'title')]];
    const rows = section.rows.flatMap(([name, does]) => pair([span(name, 'word')], does, wide, width));
    return [...(i > 0 ? [[]] : []), ...title, ...rows];
  });
}

/** Names in columns below a title. */
export function renderNames(title: string, names: readonly string[], width: number): readonly StyledLine[] {
  return [
    [span(title, 'title')],
    ...grid(
      names.map(name => safe(name)),
      width,
      undefined,
      2,
    ),
  ];
}

// A name and its text side by side; the text goes on under itself, or below the name where the width is short.
function pair(name: StyledLine, does: string, wide: number, width: number): readonly StyledLine[] {
  const column = Math.min(wide, Math.floor(width / 2)) + 4;
  const rows = wrap(does, Math.max(12, width - column));
  const lead: StyledLine = [span('  '), ...name];
  const gap = column - lineWidth(lead);
  const below = (row: string): StyledLine => [
    span(' '.repeat(Math.min(column, Math.max(4, width - 12)))),
    span(row),
  ];
  if (does === '') return wrapUsage(lead, width);
  if (gap < 2 || width - column < 12) {
    return [
      ...wrapUsage(lead, width),
      ...wrap(does, Math.max(8, width - 4)).map((row): StyledLine => [span(`    ${row}`)]),
    ];
  }
  const [first = '', ...more] = rows;
  return [[...lead, span(' '.repeat(gap)), span(first)], ...more.map(below)];
}

/** A usage in as many rows as it takes: broken between arguments and behind a `|`, within a bracket only where it must be. */
export function wrapUsage(usage: StyledLine, width: number): readonly StyledLine[] {
  const whole = wrapLine(usage, width, INDENT);
  if (whole.length === 1) return whole;
  const rows: StyledLine[] = [];
  let row: StyledLine = [];
  for (const part of usage.flatMap(({ text, ...style }) =>
    unitsOf(text).map(unit => ({ ...style, text: unit })),
  )) {
    if (row.length > 0 && lineWidth([...row, { ...part, text: part.text.trimEnd() }]) > width) {
      rows.push(...wrapLine(trimmed(row), width, INDENT));
      row = [span(' '.repeat(INDENT))];
    }
    row = [...row, part];
  }
  return [...rows, ...wrapLine(row, width, INDENT)];
}

function trimmed(row: StyledLine): StyledLine {
  return row.map((part, i) => (i === row.length - 1 ? { ...part, text: part.text.trimEnd() } : part));
}

const INDENT = 4;

/** The parts of a usage that belong together, with the blanks behind them. */
function unitsOf(usage: string): readonly string[] {
  const units: string[] = [];
  let depth = 0;
  let unit = '';
  for (const [i, letter] of [...usage].entries()) {
    unit += letter;
    if (letter === '[') depth += 1;
    else if (letter === ']') depth -= 1;
    const ends = (letter === ' ' && depth === 0 && usage[i + 1] !== ' ') || (letter === '|' && depth <= 1);
    if (!ends) continue;
    units.push(unit);
    unit = '';
  }
  return unit === '' ? units : [...units, unit];
}
