// Tables that fit a width: columns are narrowed, then left out by rank, and what is not shown is said.
import Table from 'cli-table3';
import { fitLine, lineWidth, span } from './line.ts';
import type { Role, StyledLine } from './style.ts';
import { fit, width } from './width.ts';

export interface Column {
  readonly name: string;
  /** What stands above the column, if not the name. */
  readonly title?: string;
  readonly align?: 'left' | 'right';
  /** The higher, the sooner the column is left out. Columns of rank 0 stay to the last. */
  readonly rank?: number;
  /** Cells below which the column is left out rather than narrowed; without it the column is never narrowed. */
  readonly least?: number;
  /** Where a text that is too long is cut; paths tell most at their end. */
  readonly cut?: 'end' | 'middle';
}

/** One cell: text, or styled text. */
type Cell = string | StyledLine;

interface FittedTable {
  readonly lines: readonly StyledLine[];
  /** Columns that had no room. */
  readonly leftOut: readonly string[];
  /** Whether a cell lost a part of its text. */
  readonly cut: boolean;
}

const GAP = 2;

/**
 * Lays rows out below a head, two blanks between columns, in at most `columns` cells.
 * At least one column is always shown, cut if it must be.
 */
export function table(
  heads: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly head?: boolean; readonly indent?: number },
): FittedTable {
  const indent = Math.max(0, Math.min(options.indent ?? 0, options.width - 8));
  const styled = rows.map(row => heads.map((_, i) => asLine(row[i] ?? '')));
  const natural = heads.map((column, i) =>
    styled.reduce(
      (most, row) => Math.max(most, lineWidth(row[i] ?? [])),
      Math.max(1, options.head === false ? 0 : width(column.title ?? column.name)),
    ),
  );
  const sizes = share(heads, natural, options.width - indent);
  const shown = [...sizes.keys()];
  let cut = false;
  const fitted = styled.map(row =>
    shown.map(i => {
      const cell = row[i] ?? [];
      const room = sizes.get(i) ?? 0;
      if (lineWidth(cell) <= room) return cell;
      cut = true;
      const only = cell.length === 1 ? cell[0] : undefined;
      return only !== undefined && heads[i]?.cut === 'middle'
        ? [{ ...only, text: fit(only.text, room, 'middle') }]
        : fitLine(cell, room);
    }),
  );
  const head = shown.map(i => {
    const column = heads[i];
    const title = column?.title ?? column?.name ?? '';
    return [span(fit(title, sizes.get(i) ?? 0), 'title')];
  });
  const widths = shown.map(i => sizes.get(i) ?? 1);
  const aligns = shown.map(i => heads[i]?.align ?? 'left');
  const body = frame(fitted, widths, aligns, indent);
  const top = options.head === false ? [] : [...frame([head], widths, aligns, indent), rule(widths, indent)];
  return {
    lines: [...top, ...body],
    leftOut: heads.filter((_, i) => !sizes.has(i)).map(column => column.name),
    cut,
  };
}

/** The width of each column that is shown, by its index. */
function share(
  heads: readonly Column[],
  natural: readonly number[],
  room: number,
): ReadonlyMap<number, number> {
  const shown = heads.map((_, i) => i);
  const need = (i: number) => Math.min(natural[i] ?? 1, heads[i]?.least ?? Number.POSITIVE_INFINITY);
  const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, GAP * (sizes.length - 1));
  while (shown.length > 1 && sum(shown.map(need)) > room) {
    const ranks = shown.map(i => heads[i]?.rank ?? 0);
    shown.splice(ranks.lastIndexOf(Math.max(...ranks)), 1);
  }
  const sizes = new Map(shown.map(i => [i, natural[i] ?? 1]));
  // The widest column that may shrink gives way, cell by cell, until the row fits.
  for (let over = sum([...sizes.values()]) - room; over > 0; over--) {
    const widest = shown
      .filter(i => (sizes.get(i) ?? 0) > Math.min(need(i), room))
      .sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))[0];
    if (widest === undefined) break;
    sizes.set(widest, (sizes.get(widest) ?? 1) - 1);
  }
  return sizes;
}

/**
 * Has cli-table3 lay out the cells. It is given a stand-in of the same width for each text, and the styled texts are put
 * in their places afterwards: its options hold no function that measures (version 0.6), and its own measure, string-width
 * 4, counts a cell for each mark of Thai, Hebrew and Devanagari and for lone variation selectors, which take none. In a
 * column that fits, it would cut such a text by what it thinks too much, and pad others too little. Colours as escape
 * sequences it would measure right; it is only the texts that cannot be given to it.
 */
function frame(
  rows: readonly (readonly StyledLine[])[],
  widths: readonly number[],
  aligns: readonly ('left' | 'right')[],
  indent: number,
): readonly StyledLine[] {
  if (rows.length === 0) return [];
  // cli-table3 compares every row with every other.
  if (rows.length > AT_ONCE) {
    const parts = Array.from({ length: Math.ceil(rows.length / AT_ONCE) }, (_, i) =>
      rows.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
    );
    return parts.flatMap(part => frame(part, widths, aligns, indent));
  }
  const grid = new Table({
    chars: NO_FRAME,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths: widths.map(cells => cells + GAP),
    colAligns: [...aligns],
  });
  grid.push(...rows.map(cells => cells.map(cell => STAND_IN.repeat(lineWidth(cell)))));
  return grid
    .toString()
    .split('\n')
    .map((row, i) => {
      const texts = (rows[i] ?? []).filter(cell => lineWidth(cell) > 0);
      const parts = row.trimEnd().split(RUN);
      const spans = parts.flatMap(part => (part.startsWith(STAND_IN) ? (texts.shift() ?? []) : [span(part)]));
      return [span(' '.repeat(indent)), ...spans].filter(part => part.text !== '');
    });
}

const AT_ONCE = 32;
const STAND_IN = 'x';
const RUN = /(x+)/;
const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

function rule(widths: readonly number[], indent: number): StyledLine {
  const dashes = widths.map(cells => '─'.repeat(cells)).join(' '.repeat(GAP));
  return [span(' '.repeat(indent)), span(dashes, 'dim')].filter(part => part.text !== '');
}

function asLine(cell: Cell): StyledLine {
  return typeof cell === 'string' ? [span(cell)] : cell;
}

/** Short texts side by side in as many columns as fit, filled downwards. Too long ones are cut, marked by `…`. */
export function grid(
  texts: readonly string[],
  columns: number,
  role?: Role,
  indent = 0,
): readonly StyledLine[] {
  if (texts.length === 0) return [];
  const room = Math.max(1, columns - indent);
  const widest = Math.min(
    room,
    texts.reduce((most, text) => Math.max(most, width(text)), 0),
  );
  const across = Math.max(1, Math.floor((room + GAP) / (widest + GAP)));
  const down = Math.ceil(texts.length / across);
  return Array.from({ length: down }, (_, row) => {
    const cells: string[] = [];
    for (let i = row; i < texts.length; i += down) cells.push(texts[i] ?? '');
    return cells.flatMap((text, i) => {
      const shown = fit(text, room);
      const gap = i === cells.length - 1 ? 0 : widest + GAP - width(shown);
      const start = i === 0 && indent > 0 ? [span(' '.repeat(indent))] : [];
      return [...start, span(shown, role), ...(gap > 0 ? [span(' '.repeat(gap))] : [])];
    });
  });
}
