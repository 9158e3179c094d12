// The recorder: what was done at the prompt becomes the text of a page, piece by piece. Each piece is whole when it is
// given out, so that a recording cut short by a crash ends at a step.
import { type Json, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { trimTail } from '../text/trim.ts';
import { rowsOf } from './rows.ts';
import { findSteps, type IsOpen } from './steps.ts';

export type Happening =
  /** A line that ran, secrets masked, with what it sent and what came back. */
  | {
      readonly kind: 'line';
      readonly text: string;
      readonly request?: Json;
      readonly reply?: Json;
      /** Names in it that the page gives values to: their dollars stay. */
      readonly names?: ReadonlySet<string>;
    }
  /** A line that was refused, or could not be understood: kept as a comment. */
  | { readonly kind: 'failed'; readonly text: string; readonly why: string }
  /** A line that ran and holds a secret where no parameter can stand: kept as a comment that says so. */
  | { readonly kind: 'left'; readonly what: string }
  /** What the reader should know, as a comment. */
  | { readonly kind: 'remark'; readonly text: string }
  /** A host command and what it printed. */
  | { readonly kind: 'shell'; readonly text: string; readonly output: string }
  /** The user saw this event come before going on. */
  | { readonly kind: 'waited'; readonly event: string; readonly with: Readonly<Record<string, string>> };

export interface RecordOptions {
  /** Markdown: each step in a fence of its own, so that the file is well-formed after every step. */
  readonly markdown: boolean;
  /** Also write requests and replies. */
  readonly replies: boolean;
}

/** What a recording begins with. */
export function recordingHead(title: string, options: RecordOptions): string {
  const words = safe(title.replace(/[\r\n]+/g, ' ').trim());
  return options.markdown ? `# ${words}\n` : `# ${words}\n\n`;
}

/**
 * The text to append for one happening. What would be read as something else than it is (rows that look like steps or
 * fences) becomes a comment; `isOpen` says whether a line goes on in the next row.
 */
export function recordingOf(happening: Happening, options: RecordOptions, isOpen: IsOpen): string {
  const meant = bodyOf(happening, options);
  const body = readsBack(meant, happening, options, isOpen)
    ? meant
    : comment(['left out: it would be read as something else than it is', meant]);
  return options.markdown ? `\n\`\`\`qmp\n${body}\`\`\`\n` : body;
}

/** Whether a recording of a line would be read as that one step. */
export function isOneStep(text: string, isOpen: IsOpen): boolean {
  const happening = { kind: 'line', text } as const;
  const options = { markdown: true, replies: false };
  return readsBack(bodyOf(happening, options), happening, options, isOpen);
}

function readsBack(body: string, happening: Happening, { markdown }: RecordOptions, isOpen: IsOpen): boolean {
  if (/^\s*(```|~~~|---\s*$)/m.test(body)) return false;
  let problems = 0;
  const steps = findSteps(body, rowsOf(body), markdown, isOpen, () => {
    problems += 1;
  });
  if (['failed', 'left', 'remark'].includes(happening.kind)) return steps.length === 0;
  const [step] = steps;
  const rows = 'text' in happening ? happening.text.trim().split('\n').length : 1;
  const isShell = happening.kind === 'shell';
  return (
    problems === 0 &&
    steps.length === 1 &&
    step?.from === 0 &&
    step.to === rows &&
    (step.kind === 'shell') === isShell
  );
}

function bodyOf(happening: Happening, options: RecordOptions): string {
  switch (happening.kind) {
    case 'line': {
      const shown = options.replies ? [happening.request, happening.reply] : [];
      const output = shown.flatMap(value =>
        value === undefined ? [] : `${dollars(stringifyJson(value, 4), happening.names)}\n`,
      );
      return `(QEMU) ${dollars(happening.text.trim(), happening.names)}\n${output.join('')}`;
    }
    case 'shell': {
      const output = options.replies ? trimTail(happening.output.replace(/\r/g, '')) : '';
      return `$ ${dollars(happening.text.trim())}\n${output === '' ? '' : `${output}\n`}${options.markdown ? '' : '\n'}`;
    }
    case 'failed':
      return comment([
        `failed: ${happening.text.trim()}`,
        ...happening.why
          .trim()
          .split('\n')
          .map(row => `  ${row}`),
      ]);
    case 'remark':
      return comment(happening.text.split('\n'));
    case 'left':
      return comment([`left out: ${happening.what} with a secret`]);
    case 'waited': {
      const conditions = Object.entries(happening.with).map(([key, value]) => ` ${key}=${word(value)}`);
      return `(QEMU) ${dollars(`.wait ${happening.event}${conditions.join('')}`)}\n`;
    }
  }
}

export interface Suggestion {
  readonly name: string;
  readonly kind: 'node' | 'file' | 'job';
  readonly value: string;
  readonly count: number;
}

/** What is longer is no name, nor a path that the system takes. */
const LONGEST = 4096;

/** Values of a recording that look like parameters: the names of nodes, files and jobs its requests hold. */
export function suggestParams(requests: readonly Json[]): Suggestion[] {
  const seen = new Map<string, { kind: Suggestion['kind']; count: number }>();
  for (const request of requests)
    walk(request, (key, value) => {
      const kind = KINDS.get(key);
      if (!kind || value === '' || value.length > LONGEST || value.startsWith('#')) return;
      const known = seen.get(value);
      seen.set(value, { kind: known?.kind ?? kind, count: (known?.count ?? 0) + 1 });
    });
  const used = new Set<string>(['run']);
  return [...seen].map(([value, { kind, count }]) => {
    let name: string = kind;
    for (let i = 2; used.has(name); i++) name = `${kind}${i}`;
    used.add(name);
    return { name, kind, value, count };
  });
}

/**
 * A recording with values made parameters: front matter is put before it, and each whole value becomes `$name`.
 * `secrets` are names in it already, for which there is no default; `more` are rows of YAML for further parameters, and
 * for what else the front matter holds.
 */
export function parametrize(
  text: string,
  chosen: readonly Pick<Suggestion, 'name' | 'kind' | 'value'>[],
  secrets: readonly string[] = [],
  more: { readonly params?: readonly string[]; readonly rows?: readonly string[] } = {},
): string {
  const { params: others = [], rows: below = [] } = more;
  if ([...chosen, ...secrets, ...others, ...below].length === 0) return text;
  const byLength = [...chosen].sort((a, b) => b.value.length - a.value.length);
  const rows = text.split('\n').map(row => {
    if (!/^\s*(\(QEMU\)|\$) /.test(row)) return /^\s*["{]/.test(row) ? inJson(row, byLength) : row;
    if (/^\s*\(QEMU\) \.(let|expect)\b/.test(row)) return inQuery(row, byLength);
    return byLength.reduce((changed, { name, value }) => {
      const whole = new RegExp(
        `(?<![\\w./$-])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w./-])`,
        'g',
      );
      return changed.replace(whole, () => `\${${name}}`);
    }, row);
  });
  const params = chosen.map(
    ({ name, kind, value }) => `  ${name}: { kind: ${kind}, default: ${JSON.stringify(value)} }\n`,
  );
  const asked = secrets.map(name => `  ${name}: { help: a secret that was left out of the recording }\n`);
  const all = [...others.map(row => `  ${row}\n`), ...params, ...asked];
  const head = [all.length > 0 ? `params:\n${all.join('')}` : '', ...below.map(row => `${row}\n`)];
  return `---\n${head.join('')}---\n${rows.join('\n')}`;
}

/** In a query a text is a literal of its own, and so is a parameter. */
function inQuery(row: string, chosen: readonly Pick<Suggestion, 'name' | 'value'>[]): string {
  return chosen.reduce(
    (changed, { name, value }) =>
      [`'${value}'`, `\`"${value}"\``].reduce(
        (text, literal) => text.replaceAll(literal, () => `\${${name}}`),
        changed,
      ),
    row,
  );
}

/** In requests and replies a value is a whole JSON string. */
function inJson(row: string, chosen: readonly Pick<Suggestion, 'name' | 'value'>[]): string {
  return chosen.reduce(
    (changed, { name, value }) => changed.replaceAll(`: ${stringifyJson(value)}`, () => `: "\${${name}}"`),
    row,
  );
}

const KINDS: ReadonlyMap<string, Suggestion['kind']> = new Map([
  // What is a job's name has been seen as one by then.
  ['device', 'node'],
  ['node-name', 'node'],
  ['snapshot-node-name', 'node'],
  ['node', 'node'],
  ['target', 'node'],
  ['base-node', 'node'],
  ['top-node', 'node'],
  ['overlay', 'node'],
  ['filename', 'file'],
  ['snapshot-file', 'file'],
  ['job-id', 'job'],
]);

function walk(value: Json, visit: (key: string, value: string) => void): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') visit(key, item);
    else walk(item, visit);
  }
}

function comment(rows: readonly string[]): string {
  const safely = rows.flatMap(row => safe(row.trimEnd(), { keepNewlines: true }).split('\n'));
  return `${safely.map(row => `# ${row}`).join('\n')}\n`;
}

/** A dollar that a name could follow is doubled, so that it is played as it was typed. */
function dollars(text: string, names: ReadonlySet<string> = new Set()): string {
  return text.replace(/\$(\{?)(?=([A-Za-z_]\w*|[{$])?)/g, (dollar, brace: string, next = '') => {
    const doubled = brace !== '' || (next !== '' && !names.has(next));
    return doubled && !names.has(next) ? `$${dollar}` : dollar;
  });
}

/** A text as one argument of a word; a control character cannot be written there, and is shown. */
export function word(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : `"${safe(text).replace(/["\\]/g, '\\$&')}"`;
}
