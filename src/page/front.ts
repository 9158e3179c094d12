// The front matter of a page: YAML between two rows of `---`. The YAML reader is loaded only where there is one.
import type { Json } from '../text/json.ts';
import type { Exemption } from './exemption.ts';
import { readExemptions } from './exemptions.ts';
import { PARAM_KINDS, type PageProblem, type Param, type ParamKind, type PracticeSpec } from './model.ts';
import type { Row } from './rows.ts';
import { readTargets, type Target } from './targets.ts';

export interface Front {
  readonly title?: string;
  readonly about?: string;
  readonly params: readonly Param[];
  readonly practice?: PracticeSpec;
  readonly exemptions?: readonly Exemption[];
  readonly targets?: readonly Target[];
}

/** The number of rows the front matter takes, both marks included; 0 where there is none. */
export function frontLength(rows: readonly Row[]): number {
  if (rows[0]?.text.trimEnd() !== '---') return 0;
  const close = rows.findIndex((row, i) => i > 0 && row.text.trimEnd() === '---');
  return close < 0 ? 0 : close + 1;
}

// The YAML reader takes time with the square of its text, and goes as deep as its brackets.
const LONGEST = 16_384;
const DEEPEST = 64;

function tooMuch(yaml: string): string | undefined {
  if (yaml.length > LONGEST) return `longer than ${LONGEST} characters`;
  let depth = 0;
  for (const mark of yaml.match(/[[\]{}]/g) ?? []) {
    depth += mark === '[' || mark === '{' ? 1 : -1;
    if (depth > DEEPEST) return `nested more than ${DEEPEST} deep`;
  }
  const marks = (row: string) => row.match(/[-?:](?=\s)/g)?.length ?? 0;
  return yaml.split('\n').some(row => marks(row) > DEEPEST) ? `nested more than ${DEEPEST} deep` : undefined;
}

/** Reads the front matter `yaml`, whose first row is row `row` of the page. */
export async function readFront(
  yaml: string,
  row: number,
  problem: (problem: PageProblem) => void,
): Promise<Front> {
  const most = tooMuch(yaml);
  if (most !== undefined) {
    const advice = 'Keep what a page does in its steps, and only its parameters above them.';
    problem({ row, message: `the front matter is ${most}`, advice });
    return { params: [] };
  }
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter, intAsBigInt: true });
  const rowAt = (offset: number | undefined) =>
    row - 1 + (offset === undefined ? 1 : counter.linePos(offset).line);
  const fault = (offset: number | undefined, message: string, advice?: string) =>
    problem({ row: rowAt(offset), message, ...(advice ? { advice } : {}) });
  const [error] = document.errors;
  if (error) {
    fault(
      error.pos[0],
      `the front matter is no YAML: ${(error.message.split('\n', 1)[0] ?? '').replace(/ at line \d+.*$/, '')}`,
    );
    return { params: [] };
  }
  const root = document.contents;
  if (root === null) return { params: [] };
  if (!isMap(root)) {
    fault(
      0,
      'the front matter must be a table of names and values',
      'It may hold title, about, params and practice.',
    );
    return { params: [] };
  }

  /** The members of a table with their offsets, or nothing and a problem. */
  function table(
    node: unknown,
    what: string,
    example: string,
  ): { name: string; value: unknown; offset: number | undefined }[] {
    if (!isMap(node)) {
      fault(offsetOf(node), `${what} must be a table`, `Write it as ${example}.`);
      return [];
    }
    return node.items.map(pair => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      return { name, value: pair.value, offset: offsetOf(pair.key) };
    });
  }

  function plain(node: unknown): Json | undefined {
    if (node === null || node === undefined) return null;
    if (isScalar(node)) return toJson(node.value);
    const value: unknown = isMap(node) || isSequence(node) ? node.toJSON() : undefined;
    return toJson(value);
  }

  function param(name: string, node: unknown, offset: number | undefined): Param | undefined {
    const at = rowAt(offset);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      fault(
        offset,
        `${JSON.stringify(name)} cannot be a parameter's name`,
        'Names are letters, digits and _.',
      );
      return undefined;
    }
    if (name === 'run') {
      fault(offset, 'run is a name that every page has', 'Give the parameter another name.');
      return undefined;
    }
    let help: string | undefined;
    let kind: ParamKind | undefined;
    let fallback: Json | undefined;
    let choices: readonly string[] | undefined;
    if (node === null || (isScalar(node) && node.value === null)) return { name, row: at };
    for (const entry of table(node, `parameter ${name}`, `${name}: { help: what it is, kind: node }`)) {
      const value = plain(entry.value);
      if (entry.name === 'help' && typeof value === 'string') help = value;
      else if (entry.name === 'kind' && PARAM_KINDS.some(known => known === value))
        kind = PARAM_KINDS.find(known => known === value);
      else if (entry.name === 'default' && value !== undefined) fallback = value;
      else if (entry.name === 'choices' && Array.isArray(value) && value.length > 0)
        choices = value.map(textOf);
      else if (entry.name === 'kind')
        fault(
          entry.offset,
          `parameter ${name}: there is no kind ${JSON.stringify(value ?? null)}`,
          `Kinds are ${PARAM_KINDS.join(', ')}.`,
        );
      else
        fault(
          entry.offset,
          `parameter ${name}: ${entry.name} is not understood`,
          'It may have help (text), kind, default and choices (a list).',
        );
    }
    if (choices && fallback !== undefined && fallback !== null && !choices.includes(textOf(fallback))) {
      fault(
        offset,
        `parameter ${name}: its default ${textOf(fallback)} is none of its choices`,
        `Choices are ${choices.join(', ')}.`,
      );
    }
    return {
      name,
      row: at,
      ...(help === undefined ? {} : { help }),
      ...(kind === undefined ? {} : { kind }),
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(choices === undefined ? {} : { choices }),
    };
  }

  function practice(node: unknown): PracticeSpec {
    let spec: PracticeSpec = {};
    for (const entry of table(node, 'practice', 'practice: { disk: 39M }')) {
      const value = plain(entry.value);
      const list = Array.isArray(value) ? value.map(textOf) : undefined;
      if (entry.name === 'disk' && value !== null && value !== undefined && typeof value !== 'object')
        spec = { ...spec, disk: textOf(value) };
      else if (entry.name === 'disks' && list) spec = { ...spec, disks: list };
      else if (entry.name === 'args' && list) spec = { ...spec, args: list };
      else if (entry.name === 'nodes' && list?.every(isNodeName)) spec = { ...spec, nodes: list };
      else if (entry.name === 'files' && list?.every(name => name === '' || isNodeName(name)))
        spec = { ...spec, files: list };
      else if (entry.name === 'loose' && list?.every(isNodeName)) spec = { ...spec, loose: list };
      else if (entry.name === 'images' && list?.every(isImageName)) spec = { ...spec, images: list };
      else if (entry.name === 'second' && typeof value === 'string') spec = { ...spec, second: value };
      else
        fault(
          entry.offset,
          `practice: ${entry.name} is not understood`,
          'It may have disk (a size), disks (a list of sizes), nodes and files (lists of names for the nodes of the disks, and for those of their files), images (a list of names for their images, each ending in .qcow2), loose (a list of the nodes that no device uses), args (a list of QEMU arguments) and second (the parameter that gets a second VM).',
        );
    }
    return spec;
  }

  let front: Front = { params: [] };
  for (const entry of table(root, 'the front matter', 'title: ...')) {
    const value = plain(entry.value);
    const isText = value !== null && value !== undefined && typeof value !== 'object';
    if (entry.name === 'title' && isText) front = { ...front, title: textOf(value) };
    else if (entry.name === 'about' && isText) front = { ...front, about: textOf(value) };
    else if (entry.name === 'params') {
      const params = table(entry.value, 'params', 'params: { node: { help: node to copy } }');
      front = { ...front, params: params.flatMap(item => param(item.name, item.value, item.offset) ?? []) };
    } else if (entry.name === 'practice') front = { ...front, practice: practice(entry.value) };
    else if (entry.name === 'skip' || entry.name === 'faults') {
      const kind = entry.name === 'skip' ? 'skip' : 'fault';
      const found = readExemptions(kind, listOf(entry.value), rowAt(entry.offset), problem);
      front = { ...front, exemptions: [...(front.exemptions ?? []), ...found] };
    } else if (entry.name === 'on')
      front = { ...front, targets: readTargets(listOf(entry.value), rowAt(entry.offset), problem) };
    else
      fault(
        entry.offset,
        `the front matter's ${entry.name} is not understood`,
        'It may have title and about (text), params, practice, skip, faults and on.',
      );
  }
  return front;
}

/** A name as QEMU takes it for a node. */
function isNodeName(name: string): boolean {
  return /^[A-Za-z][\w.-]{0,30}$/.test(name);
}

function isImageName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,99}\.qcow2$/.test(name);
}

/** Where a YAML node begins. */
function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}

function isSequence(node: unknown): node is { toJSON(): unknown } {
  return typeof node === 'object' && node !== null && 'items' in node && 'toJSON' in node;
}

function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (!Array.isArray(value)) return undefined;
  const items = value.map(toJson);
  return items.every(item => item !== undefined) ? items : undefined;
}

/** A list of tables of texts. */
function listOf(node: unknown): Json | undefined {
  const list: unknown = isSequence(node) ? node.toJSON() : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.map((item: unknown): Json => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return toJson(item) ?? null;
    return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, toJson(value) ?? null]));
  });
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : String(value);
}
