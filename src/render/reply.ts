// What came back from QEMU, for the eyes.
import type { Refusal, Reply, Request } from '../qmp/message.ts';
import { hmpFailure, hmpLineOf } from '../schema/hmp.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isArray, isObject, member, stringifyJson } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { trimTail } from '../text/trim.ts';
import { wrap } from '../text/wrap.ts';
import { readDrives, renderDrives } from './drives.ts';
import { nameGrid, renderItems } from './items.ts';
import { renderJson } from './json.ts';

/** What a refusal of QEMU's means in plain words, and the line that would work, where there is one. */
interface Explanation {
  readonly text: string;
  readonly line?: string;
}

interface ReplyContext {
  /** The command that was sent; it says which members of a reply matter most. */
  readonly command: string;
  /** Cells of the screen. */
  readonly width: number;
  /** `table`: for reading. `json`: the value as QEMU's documents print it. `raw`: the message on one row. */
  readonly format: 'table' | 'json' | 'raw';
  readonly request?: Request;
  /** Depth from which `table` folds JSON; 0 never. */
  readonly fold?: number;
  /** What a refusal means, where that is known. */
  readonly meaning?: Explanation;
}

/** Where JSON is folded unless told otherwise: a reply's own members and two levels below them are seen. */
const FOLD = 4;

/** A reply as styled lines, ready to be printed above the prompt. */
export function renderReply(reply: Reply, context: ReplyContext): readonly StyledLine[] {
  if (context.format === 'raw') return [[span(safe(stringifyJson(reply.raw)))]];
  return reply.kind === 'refusal' ? renderRefusal(reply, context) : renderValue(reply.value, context);
}

/** The `return` member of a reply. */
export function renderValue(value: Json, context: ReplyContext): readonly StyledLine[] {
  const { width, format } = context;
  const text = hmpText(value, context.command);
  if (text !== undefined) return renderText(text, wrongRow(text, context.request));
  if (isEmpty(value)) return [[span(isArray(value) ? '[]' : '{}', 'dim')]];
  if (format === 'json') return renderJson(value, { indent: 4, compact: false });
  if (isArray(value)) {
    const drives = context.command === 'query-blockstats' ? readDrives(value) : undefined;
    if (drives !== undefined && drives.length <= MOST_ITEMS) return renderDrives(drives, width);
    const list = renderList(value.slice(0, MOST_ITEMS), context);
    if (list !== undefined) return value.length > MOST_ITEMS ? [...list, ...cut(value.length, width)] : list;
  }
  return renderJson(value, { width, fold: context.fold ?? FOLD });
}

/** Rows of a table that are drawn; a larger one would keep the keys waiting for longer than anybody reads it. */
const MOST_ITEMS = 2000;

function cut(all: number, width: number): readonly StyledLine[] {
  const text = `${MOST_ITEMS} of ${all} are shown: .format json shows more, | less behind the command all`;
  return wrapLine([span(text, 'warning')], width, 2);
}

/**
 * Text that QEMU made for a screen, row by row, with everything that could act on a terminal made visible. `wrong` is
 * the row that tells of a failure.
 */
function renderText(text: string, wrong?: string): readonly StyledLine[] {
  const body = trimTail(safe(text, { keepNewlines: true }));
  if (body === '') return [[span('(no output)', 'dim')]];
  const fault = wrong === undefined ? undefined : safe(wrong);
  return body.split('\n').map(row => [row === fault ? span(row, 'error') : span(row)]);
}

function wrongRow(text: string, request: Request | undefined): string | undefined {
  const line = hmpLineOf(request);
  return line === undefined ? undefined : hmpFailure(line, text);
}

/** `error  CLASS: description`, and what it means where that is known. */
function renderRefusal(refusal: Refusal, context: ReplyContext): readonly StyledLine[] {
  const { width } = context;
  const first: StyledLine = [span('error', 'error'), span('  '), span(`${safe(refusal.class)}: `, 'dim')];
  // A description may hold newlines: they are QEMU's own layout of a long message.
  const rows = safe(refusal.desc, { keepNewlines: true }).split('\n');
  const out = rows.flatMap((row, i) =>
    wrapLine(i === 0 ? [...first, span(row)] : [indent(), span(row)], width, INDENT),
  );
  const { meaning } = context;
  if (context.request?.execute === 'transaction')
    for (const row of wrap(NOTHING_DONE, Math.max(width - INDENT, 12)))
      out.push([indent(), span(row, 'warning')]);
  if (meaning === undefined) return out;
  const why = wrap(meaning.text, Math.max(width - INDENT, 12)).map(
    (row): StyledLine => [indent(), span(row, 'comment')],
  );
  if (meaning.line === undefined) return [...out, ...why];
  const line: StyledLine = [span('try', 'ok'), span(' '.repeat(INDENT - 3)), span(meaning.line, 'command')];
  return [...out, ...why, ...wrapLine(line, width, INDENT)];
}

const INDENT = 7;

/** What a refused transaction has done to the VM. An action may have made a file by then, which stays. */
export const NOTHING_DONE = 'None of the transaction was done; image files that it has made stay.';

function indent() {
  return span(' '.repeat(INDENT));
}

function renderList(value: readonly Json[], context: ReplyContext): readonly StyledLine[] | undefined {
  const objects: JsonObject[] = value.filter(isObject);
  if (objects.length === value.length) return renderItems(objects, context);
  const names = value.filter(item => typeof item === 'string');
  return names.length === value.length && names.length > 8 ? nameGrid(names, context.width) : undefined;
}

function hmpText(value: Json, command: string): string | undefined {
  if (command === 'human-monitor-command' && typeof value === 'string') return value;
  const text = isObject(value) ? member(value, 'human-readable-text') : undefined;
  return typeof text === 'string' ? text : undefined;
}

function isEmpty(value: Json): boolean {
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
