// What the live part of the screen shows: the line being typed and what belongs to it. A function from the state to
// rows that are never wider than the screen, and never more than it has.
import { fitLine } from '../text/line.ts';
import { isSafe, safe } from '../text/safe.ts';
import type { Place } from '../text/span.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { head, letters, width } from '../text/width.ts';
import { cellsOf, drawn, layOut, type Row, rowOf } from './layout.ts';
import { menuRows } from './menu.ts';
import type { EditorSettings, EditorState, Size } from './state.ts';
import { searchText } from './walk.ts';

/** The meaning of a part of the line; parts do not overlap and come in order. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly role: Role;
  readonly underline?: boolean;
}

/** How a line is coloured; pure, and asked anew for each text and cursor. */
export interface Decor {
  colour(text: string, cursor: number): readonly Mark[];
  /** Places to be underlined: what is wrong there has its sentence in the hint row. */
  problems?(text: string, cursor: number): readonly Place[];
}

export interface View {
  readonly rows: readonly StyledLine[];
  readonly cursor: { readonly row: number; readonly col: number };
  readonly columns: number;
}

/** Marks with the places of problems underlined. */
export function underline(marks: readonly Mark[], places: readonly Place[], length: number): readonly Mark[] {
  if (places.length === 0) return marks;
  const edges = new Set([0, length]);
  for (const { start, end } of [...marks, ...places]) edges.add(start).add(end);
  const cuts = [...edges].filter(at => at >= 0 && at <= length).sort((a, b) => a - b);
  const holding = (all: readonly Place[], at: number) =>
    all.some(place => place.start <= at && at < place.end);
  return cuts.slice(0, -1).map((start, i): Mark => {
    const end = cuts[i + 1] ?? length;
    const role = marks.find(mark => mark.start <= start && start < mark.end)?.role ?? 'plain';
    return holding(places, start) ? { start, end, role, underline: true } : { start, end, role };
  });
}

/** The rows of the live region and the cursor in it. */
export function view(state: EditorState, size: Size, decor: Decor, settings: EditorSettings): View {
  const columns = Math.max(2, size.columns);
  if (state.question) return closing(questionRows(state.question.text, columns), state, columns, size.rows);
  if (state.panel)
    return closing(panelRows(state.panel, columns, size.rows), { status: [] }, columns, size.rows);
  if (state.busy) return closing([busyRow(state.busy, columns)], state, columns, size.rows);

  const body = lineRows(state, columns, decor, settings);
  const height = Math.max(1, size.rows);
  const least = Math.min(body.count, Math.max(1, Math.floor(height / 2)));
  let left = height - least;
  const note = hintRow(state);
  const noted = note && left > 0 ? 1 : 0;
  const wanted = left - noted - Math.min(1, state.status.length);
  const menu = state.menu && left > 0 ? menuRows(state.menu, columns, Math.max(1, wanted)) : [];
  left -= menu.length;
  const status = state.status.slice(0, Math.max(0, left - noted));
  left -= status.length;
  // The row for the hint also says which rows of a long text are shown.
  const shownWithHint = Math.min(body.count, least + left - Math.min(left, noted));
  const clipped = shownWithHint < body.count;
  const shown = clipped && !note && left > 0 ? Math.min(body.count, least + left - 1) : shownWithHint;
  const top = Math.max(0, Math.min(body.cursor.row - Math.floor(shown / 2), body.count - shown));
  const rows = body.rows(top, top + shown);
  const place: StyledLine = [{ text: `rows ${top + 1}-${top + shown} of ${body.count}`, role: 'dim' }];
  const hint = note ?? (clipped ? place : undefined);
  const under = [...menu, ...(hint && left > 0 ? [hint] : []), ...status].map(row => fitted(row, columns));
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
  const marks = decor.colour(text, text.length);
  let start = 0;
  const lines = text.split('\n').map((row, i) => {
    const spans = paintPart(text, start, start + row.length, marks, Number.POSITIVE_INFINITY);
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
  const prompt = cut(state.prompt, Math.max(room, Math.min(columns - 1, 2)));
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
  const marks = decor.colour(text, cursor);
  const grey = cursor === text.length && !state.search ? (state.suggestion.split('\n')[0] ?? '') : '';
  return {
    count: rows.length,
    cursor: place,
    rows: (from, to) =>
      rows.slice(from, to).map((part, i) => {
        const spans = paintPart(text, part.start, part.end, marks, columns);
        const before = part.lead === 'prompt' ? [prompt] : part.lead === 'continuation' ? [continuation] : [];
        const whole = [...before, ...spans];
        if (grey === '' || from + i !== rows.length - 1) return whole;
        // Grey text never makes a row of its own.
        const fitting = head(drawnText(grey, columns), columns - place.col - 1);
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
  marks: readonly Mark[],
  columns: number,
): Span[] {
  const out: Span[] = [];
  let at = start;
  const put = (to: number, mark?: Mark) => {
    if (to <= at) return;
    const shown = drawnText(text.slice(at, to), columns);
    at = to;
    if (!mark) out.push({ text: shown });
    else out.push({ text: shown, role: mark.role, ...(mark.underline ? { underline: true } : {}) });
  };
  for (const mark of marks) {
    if (mark.end <= at) continue;
    if (mark.start >= end) break;
    put(Math.min(mark.start, end));
    put(Math.min(mark.end, end), mark);
  }
  put(end);
  return out;
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
    let rest = drawnText(row, columns);
    // One cell is kept free for the blank behind the question.
    while (width(rest) > columns - 1) {
      const first = head(rest, columns - 1) || rest.slice(0, 1);
      // At a blank where there is one.
      const blank = first.lastIndexOf(' ');
      const end = blank > 0 ? blank : Math.max(1, first.length);
      out.push(rest.slice(0, end));
      rest = rest.slice(blank > 0 ? end + 1 : end);
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

// What is in the foreground, and behind it what is typed ahead.
function busyRow(busy: NonNullable<EditorState['busy']>, columns: number): StyledLine {
  let ahead = '';
  for (const input of busy.kept) {
    if (input.type !== 'key') ahead += input.text;
    else if (input.key === 'Enter') ahead = '';
    else if (input.key === 'Backspace') ahead = ahead.slice(0, -1);
  }
  const spans: Span[] = busy.text === '' ? [] : [{ text: drawnText(`${busy.text} `, columns), role: 'dim' }];
  const tail = drawnText(ahead.slice(ahead.lastIndexOf('\n') + 1), columns);
  return fitLine(tail === '' ? spans : [...spans, { text: tail }], columns - 1);
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
