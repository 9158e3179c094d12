// The live part of the screen: the line being typed with its hint, menu and status rows. A function from the state to
// rows that are never wider than the screen, and never more than it has.
import { fitLine, lineWidth, wrapLine } from '../text/line.ts';
import type { Place } from '../text/place.ts';
import { isSafe, safe } from '../text/safe.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { fit, head, letters, width } from '../text/width.ts';
import { ahead } from './ahead.ts';
import { cellsOf, drawn, layOut, type Row, rowOf } from './layout.ts';
import { menuRows } from './menu.ts';
import type { EditorSettings, EditorState, Size } from './state.ts';
import { searchText } from './walk.ts';

/** A part of the line with the role that colours it. Highlights of a line do not overlap and come in order. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
  readonly role: Role;
  readonly underline?: boolean;
}

/**
 * How a line is coloured, with what is wrong underlined: that has its sentence in the hint row. Pure, and asked anew for
 * each text and cursor.
 */
export interface Decor {
  colour(text: string, cursor: number): readonly Highlight[];
}

export interface View {
  readonly rows: readonly StyledLine[];
  readonly cursor: { readonly row: number; readonly col: number };
  readonly columns: number;
}

/** Highlights with the places of problems underlined. */
export function underline(
  highlights: readonly Highlight[],
  places: readonly Place[],
  length: number,
): readonly Highlight[] {
  if (places.length === 0) return highlights;
  const edges = new Set([0, length]);
  for (const { start, end } of [...highlights, ...places]) edges.add(start).add(end);
  const cuts = [...edges].filter(at => at >= 0 && at <= length).sort((a, b) => a - b);
  let next = 0; // the mark that ends behind `start`
  let reach = 0; // how far the places that begin up to `start` go
  const begun = places.toSorted((a, b) => a.start - b.start).values();
  let place = begun.next();
  return cuts.slice(0, -1).map((start, i): Highlight => {
    const end = cuts[i + 1] ?? length;
    while ((highlights[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1;
    const highlight = highlights[next];
    const role = highlight !== undefined && highlight.start <= start ? highlight.role : 'plain';
    for (; place.done !== true && place.value.start <= start; place = begun.next())
      reach = Math.max(reach, place.value.end);
    return reach > start ? { start, end, role, underline: true } : { start, end, role };
  });
}

/** The rows of the live region and the cursor in it. */
export function view(state: EditorState, size: Size, decor: Decor, settings: EditorSettings): View {
  const columns = Math.max(2, size.columns);
  if (state.question) return closing(questionRows(state.question.text, columns), state, columns, size.rows);
  if (state.panel)
    return closing(panelRows(state.panel, columns, size.rows), { status: [] }, columns, size.rows);
  if (state.busy) return closing(busyRows(state.busy, columns), state, columns, size.rows);

  const body = lineRows(state, columns, decor, settings);
  const height = Math.max(1, size.rows);
  const least = Math.min(body.count, Math.max(1, Math.floor(height / 2)));
  let left = height - least;
  const notes = hintRows(state, columns, left - 1);
  const noted = left > 0 ? notes.length : 0;
  const wanted = left - noted - Math.min(1, state.status.length);
  const menu = state.menu && left > 0 ? menuRows(state.menu, columns, Math.max(1, wanted)) : [];
  left -= menu.length;
  const status = state.status.slice(0, Math.max(0, left - noted));
  left -= status.length;
  // The row for the hint also says which rows of a long text are shown.
  const shownWithHint = Math.min(body.count, least + left - Math.min(left, noted));
  const clipped = shownWithHint < body.count;
  const note = notes.length > 0;
  const shown = clipped && !note && left > 0 ? Math.min(body.count, least + left - 1) : shownWithHint;
  const top = Math.max(0, Math.min(body.cursor.row - Math.floor(shown / 2), body.count - shown));
  const rows = body.rows(top, top + shown);
  const place: StyledLine = [{ text: `rows ${top + 1}-${top + shown} of ${body.count}`, role: 'dim' }];
  const hint = note ? notes : clipped ? [place] : [];
  const under = [...menu, ...hint.slice(0, Math.max(0, left)), ...status].map(row => fitted(row, columns));
  return { rows: [...rows, ...under], cursor: { row: body.cursor.row - top, col: body.cursor.col }, columns };
}

/** The line as it stays on the screen once it was run: whole rows, which the terminal itself breaks. */
export function finished(
  text: string,
  mark: string,
  state: Pick<EditorState, 'prompt'>,
  decor: Decor,
  settings: EditorSettings,
): readonly StyledLine[] {
  const highlights = decor.colour(text, text.length);
  let start = 0;
  const lines = text.split('\n').map((row, i) => {
    const spans = paintPart(text, start, start + row.length, highlights, Number.POSITIVE_INFINITY);
    start += row.length + 1;
    return [i === 0 ? state.prompt : settings.continuation, ...spans];
  });
  const last = lines.at(-1);
  if (mark !== '' && last) last.push({ text: mark, role: 'dim' });
  return lines;
}

interface Body {
  readonly count: number;
  readonly cursor: { readonly row: number; readonly col: number };
  rows(from: number, to: number): readonly StyledLine[];
}

function lineRows(state: EditorState, columns: number, decor: Decor, settings: EditorSettings): Body {
  const { text, cursor } = state.buffer;
  // A narrow screen keeps room for at least a few letters beside the prompt.
  const room = Math.max(0, columns - 6);
  // In vi's normal mode the blank behind the prompt is a mark.
  const isNormal = settings.keys === 'vi' && state.vi.mode === 'normal';
  const shown = isNormal ? { ...state.prompt, text: state.prompt.text.replace(/ $/, ':') } : state.prompt;
  const prompt = cut(shown, Math.max(room, Math.min(columns - 1, 2)));
  const continuation = cut(settings.continuation, Math.min(room, Math.floor(columns / 3)));
  const leads = { prompt: width(prompt.text), continuation: width(continuation.text) };
  const laid = layOut(text, leads, columns);
  const at = rowOf(laid, cursor);
  const row = laid[at] ?? { start: 0, end: 0, lead: 'prompt' };
  const lead = row.lead === 'none' ? 0 : leads[row.lead];
  let place = { row: at, col: lead + cellsOf(text.slice(row.start, cursor), columns) };
  // Behind the last cell of a full row the cursor stands at the beginning of the next, which is there for it alone.
  const overflow = place.col >= columns;
  if (overflow) place = { row: at + 1, col: 0 };
  const blank: Row = { start: cursor, end: cursor, lead: 'none' };
  const rows = overflow ? [...laid.slice(0, at + 1), blank, ...laid.slice(at + 1)] : laid;
  const highlights = decor.colour(text, cursor);
  const grey = cursor === text.length && !state.search ? (state.suggestion.split('\n')[0] ?? '') : '';
  return {
    count: rows.length,
    cursor: place,
    rows: (from, to) =>
      rows.slice(from, to).map((part, i) => {
        const spans = paintPart(text, part.start, part.end, highlights, columns);
        const before = part.lead === 'prompt' ? [prompt] : part.lead === 'continuation' ? [continuation] : [];
        const whole = [...before, ...spans];
        if (grey === '' || from + i !== rows.length - 1) return whole;
        // Grey text never makes a row of its own.
        const room = columns - place.col - 1;
        const fitting = room > 0 ? fit(drawnText(grey, columns), room) : '';
        return fitting === '' ? whole : [...whole, { text: fitting, role: 'suggestion' as const }];
      }),
  };
}

// What others give to be shown may hold control characters, which take more cells when they are made visible.
function fitted(row: StyledLine, columns: number): StyledLine {
  return fitLine(
    row.map(span => (isSafe(span.text) ? span : { ...span, text: safe(span.text) })),
    columns,
  );
}

function cut(span: Span, columns: number): Span {
  const text = safe(span.text);
  return { ...span, text: width(text) <= columns ? text : head(text, columns) };
}

function drawnText(text: string, columns: number): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : letters(text)
        .map(letter => drawn(letter, columns))
        .join('');
}

function paintPart(
  text: string,
  start: number,
  end: number,
  highlights: readonly Highlight[],
  columns: number,
): Span[] {
  const out: Span[] = [];
  let at = start;
  const put = (to: number, highlight?: Highlight) => {
    if (to <= at) return;
    const shown = drawnText(text.slice(at, to), columns);
    at = to;
    if (!highlight) out.push({ text: shown });
    else out.push({ text: shown, role: highlight.role, ...(highlight.underline ? { underline: true } : {}) });
  };
  for (const highlight of highlights) {
    if (highlight.end <= at) continue;
    if (highlight.start >= end) break;
    put(Math.min(highlight.start, end));
    put(Math.min(highlight.end, end), highlight);
  }
  put(end);
  return out;
}

/** A hint that is too wide for one row takes a second one where there is room. */
function hintRows(state: EditorState, columns: number, most: number): readonly StyledLine[] {
  const row = hintRow(state);
  if (row === undefined) return [];
  if (most < 2 || lineWidth(row) <= columns) return [fitLine(row, columns)];
  const [first = [], ...rest] = wrapLine(row, columns, 2);
  const joined = rest.flatMap((part, i) => [
    ...(i > 0 ? [{ text: ' ' }] : []),
    ...(i > 0 ? part.slice(1) : part),
  ]);
  return rest.length === 0 ? [first] : [first, fitLine(joined, columns)];
}

function hintRow(state: EditorState): StyledLine | undefined {
  if (state.search) return [{ text: searchText(state.search), role: 'dim' }];
  if (state.hint) return state.hint;
  if (state.vi.mode === 'normal') return [{ text: 'normal mode', role: 'dim' }];
  return undefined;
}

function questionRows(text: string, columns: number): readonly StyledLine[] {
  const rows = text.split('\n').flatMap((row): string[] => {
    const out: string[] = [];
    let rest = '';
    let used = 0;
    for (const letter of letters(drawnText(row, columns))) {
      const cells = width(letter);
      // One cell is kept free for the blank behind the question.
      if (used + cells > columns - 1 && rest !== '') {
        // At a blank where there is one.
        const blank = letter === ' ' ? rest.length : rest.lastIndexOf(' ');
        out.push(blank > 0 ? rest.slice(0, blank) : rest);
        rest = blank > 0 ? rest.slice(blank + 1) : '';
        used = width(rest);
        if (letter === ' ') continue;
      }
      rest += letter;
      used += cells;
    }
    return [...out, rest];
  });
  const last = rows.length - 1;
  return rows.map((row, i) => [{ text: i === last ? `${row} ` : row, role: 'prompt' }]);
}

// What does not fit is said; the last row, which tells the keys, stays.
function panelRows(panel: readonly StyledLine[], columns: number, height: number): readonly StyledLine[] {
  const rows = panel.length === 0 ? [[]] : panel.map(row => fitted(row, columns));
  if (rows.length <= height) return rows;
  const last = rows.slice(-1);
  if (height < 3) return rows.slice(0, height);
  const hidden = rows.length - height + 1;
  const more = fitLine([{ text: `and ${hidden} more rows`, role: 'dim' }], columns);
  return [...rows.slice(0, height - 2), more, ...last];
}

/** So many of the lines that wait are shown. */
const MOST_WAITING = 3;

// The lines that wait, then what is in the foreground, and behind it what is typed now.
function busyRows(busy: NonNullable<EditorState['busy']>, columns: number): readonly StyledLine[] {
  const { lines, rest } = ahead(busy.kept);
  const shown = lines.slice(0, lines.length > MOST_WAITING ? MOST_WAITING - 1 : MOST_WAITING);
  const more = lines.length - shown.length;
  const waiting = shown.map(
    (line): StyledLine => [
      { text: 'then ', role: 'dim' },
      { text: drawnText(line.replace(/\s*\n\s*/g, ' '), columns) },
    ],
  );
  if (more > 0) waiting.push([{ text: `and ${more} more lines`, role: 'dim' }]);
  const spans: Span[] = busy.text === '' ? [] : [{ text: drawnText(`${busy.text} `, columns), role: 'dim' }];
  const tail = drawnText(rest.slice(rest.lastIndexOf('\n') + 1), columns);
  const typed: StyledLine[] = tail === '' ? [] : [[{ text: tail }]];
  const together = [...spans, ...typed.flat()];
  const fits = together.reduce((sum, span) => sum + width(span.text), 0) < columns;
  const rows = fits || spans.length === 0 ? [together] : [spans, ...typed];
  return [...waiting, ...rows].map(row => fitLine(row, columns - 1));
}

// Rows with the cursor behind the last one, and the status rows under them where there is room.
function closing(
  rows: readonly StyledLine[],
  state: Pick<EditorState, 'status'>,
  columns: number,
  height: number,
): View {
  const shown = rows.slice(-Math.max(1, height));
  const status = state.status.slice(0, Math.max(0, height - shown.length)).map(row => fitted(row, columns));
  const last = shown.at(-1) ?? [];
  const col = Math.min(
    columns - 1,
    last.reduce((sum, span) => sum + width(span.text), 0),
  );
  return { rows: [...shown, ...status], cursor: { row: shown.length - 1, col }, columns };
}
