// What came back from QEMU, for the eyes.
import type { Refusal, Reply, Request } from '../qmp/message.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isArray, isObject, member, stringifyJson } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { wrap } from '../text/wrap.ts';
import { nameGrid, renderItems } from './items.ts';
import { renderJson } from './json.ts';

/** What a refusal of QEMU's means in plain words, and the line that would work, where there is one. */
export interface Explanation {
  readonly text: string;
  readonly line?: string;
}

export interface ReplyContext {
  /** The command that was sent; it says which members of a reply matter most. */
  readonly command: string;
  /** Cells of the screen. */
  readonly width: number;
  /** `table`: for reading. `json`: the value as QEMU's documents print it. `raw`: the message on one row. */
  readonly format: 'table' | 'json' | 'raw';
  readonly request?: Request;
  /** Depth from which `table` folds JSON; 0 never. */
  readonly fold?: number;
  /** Explains a refusal from its `desc` and the request that got it. */
  readonly explain?: (desc: string, request?: Request) => Explanation | undefined;
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
  if (text !== undefined) return renderText(text);
  if (isEmpty(value)) return [[span(isArray(value) ? '[]' : '{}', 'dim')]];
  if (format === 'json') return renderJson(value, { indent: 4, compact: false });
  if (isArray(value)) {
    const list = renderList(value, context);
    if (list !== undefined) return list;
  }
  return renderJson(value, { width, fold: context.fold ?? FOLD });
}

/** Text that QEMU made for a screen, row by row, with everything that could act on a terminal made visible. */
export function renderText(text: string): readonly StyledLine[] {
  const body = safe(text, { keepNewlines: true }).replace(/\n+$/, '');
  if (body === '') return [[span('(no output)', 'dim')]];
  return body.split('\n').map(row => [span(row)]);
}

/** `error  CLASS: description`, and what it means where that is known. */
export function renderRefusal(refusal: Refusal, context: ReplyContext): readonly StyledLine[] {
  const { width } = context;
  const first: StyledLine = [span('error', 'error'), span('  '), span(`${safe(refusal.class)}: `, 'dim')];
  // A description may hold newlines: they are QEMU's own layout of a long message.
  const rows = safe(refusal.desc, { keepNewlines: true }).split('\n');
  const out = rows.flatMap((row, i) =>
    wrapLine(i === 0 ? [...first, span(row)] : [indent(), span(row)], width, INDENT),
  );
  const meaning = context.explain?.(refusal.desc, context.request);
  if (meaning === undefined) return out;
  const why = wrap(meaning.text, Math.max(width - INDENT, 12)).map(
    (row): StyledLine => [indent(), span(row, 'comment')],
  );
  if (meaning.line === undefined) return [...out, ...why];
  const line: StyledLine = [span('try', 'ok'), span(' '.repeat(INDENT - 3)), span(meaning.line, 'command')];
  return [...out, ...why, ...wrapLine(line, width, INDENT)];
}

const INDENT = 7;

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
