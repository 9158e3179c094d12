// A line that was written for something else than this prompt: what all that is wrong with it comes from, as one problem,
// and the line that was meant where it is one that is taken.
import { meantElsewhere } from '../schema/elsewhere.ts';
import type { Schema } from '../schema/model.ts';
import type { Line, Problem, Takes } from './line.ts';
import type { Value } from './literal.ts';
import { meantOf } from './meant.ts';
import { readLiteralWord } from './scalar.ts';
import { linesIn } from './several.ts';
import { slipIn } from './slips.ts';
import type { Tree } from './tokens.ts';

/** The one cause of what is wrong with a line; undefined where none is known. */
export function causeOf(tree: Tree, takes: Takes, schema: Schema | undefined): Problem | undefined {
  const text = tree.text.trim();
  if (text === '' || text.length > LONGEST) return undefined;
  return (
    ofHostShell(tree, takes, schema) ??
    forThisHost(tree, takes) ??
    parted(tree, takes) ??
    (tree.kind === 'command' && schema !== undefined ? slipIn(tree, takes, schema) : undefined) ??
    inQuotes(tree, takes) ??
    printed(tree, takes) ??
    unquoted(tree, takes) ??
    (tree.kind === 'command' && schema !== undefined ? meantOf(tree, takes, schema) : undefined)
  );
}

// Nobody types more, and what a program wrote is not mended by hand.
const LONGEST = 20_000;

function isTaken(line: Line): boolean {
  return line.kind === 'command' || line.kind === 'raw' || (line.kind === 'word' && line.name === '.hmp');
}

function whole(text: string): { readonly start: number; readonly end: number } {
  return { start: text.length - text.trimStart().length, end: text.trimEnd().length };
}

const HOST_PROGRAM =
  /^(?:[\w.-]+@[^$#%]*[$#%]\s+|[$#%]\s+)?\(?\s*(?:sudo\s+)?(?:\S*\/)?(echo|printf|virsh|nc|ncat|netcat|socat|telnet|qmp-shell|qmpsh|qm|cat|bash|sh)\s/;
const VERB_OF_VIRSH = /\bvirsh\s+(?:(?:-c|--connect)[\s=]\S+\s+|-\S+\s+)*([a-z][\w-]*)/;
const HMP_OF_VIRSH = /\sqemu-monitor-command\s.*?--hmp\s+(?:--domain\s+)?(?:--cmd\s+)?(.+)$/s;

/** `echo '{"execute": ...}' | nc -U ...`, `virsh qemu-monitor-command ...`: the lines for QEMU stand in it. */
function ofHostShell({ text }: Tree, takes: Takes, schema: Schema | undefined): Problem | undefined {
  const program = HOST_PROGRAM.exec(text.trim())?.[1];
  if (program === undefined) return undefined;
  const hmp = program === 'virsh' ? HMP_OF_VIRSH.exec(text)?.[1] : undefined;
  const lines = hmp === undefined ? messagesIn(text) : [`.hmp ${bare(hmp.trim())}`];
  const verb = program === 'virsh' ? VERB_OF_VIRSH.exec(text)?.[1] : undefined;
  const meant = verb && meantElsewhere(name => schema?.commands.has(name) === true, verb)?.sentence;
  const good = lines.filter(line => !/"qmp_capabilities"/.test(line) && isTaken(takes(line)));
  return {
    place: whole(text),
    message: `this is a command of the host's shell (${program}), not of QMP`,
    ...(good.length > 0
      ? { advice: `Write ${good.join(' and then ')}` }
      : meant === undefined
        ? onHost(text)
        : { advice: meant }),
  };
}

/** Programs that people run beside a VM, none of which is a command of QMP or of the human monitor. */
const HOST_NAME =
  /^(?:sudo\s+)?(?:(?:\.{0,2}\/)\S+|(qemu-(?:img|io|nbd)|qemu-system-\w+|nbdcopy|nbdinfo|nbdkit|guestfish|virt-\w+|ls|cat|cp|mv|rm|mkdir|rmdir|pwd|touch|chmod|chown|ln|find|grep|sed|awk|head|tail|less|more|file|stat|df|du|dd|truncate|fallocate|cmp|diff|md5sum|sha\d+sum|hexdump|xxd|od|lsblk|blkid|losetup|lsof|fuser|mount|umount|ps|pgrep|kill|free|uname|whoami|ip|ss|ping|ssh|scp|rsync|curl|wget|tar|gzip|xz|vi|vim|nano|man|which|sleep|date|env|python3?|perl|git|make|systemctl|journalctl|tmux|screen|sh|bash|echo|printf|socat|nc))(?=\s|$)/;

/** `/help`, as other programs have their words: no program lies at the root of the file system. */
const SLASHED = /^\/([a-z][\w-]*)(?=\s|$)/i;

/** Whether a command of the host stands right behind its "$". */
export function isGluedToMark(text: string): boolean {
  const at = /^\s*\$(?=[\w./~])/.exec(text)?.[0].length;
  return at !== undefined && HOST_NAME.test(text.slice(at));
}

function onHost(text: string): Pick<Problem, 'advice' | 'isForHost'> {
  const command = text.trim().replace(/^\(QEMU\)\s*/, '');
  return { advice: `Put "$ " before it to run it on this host: $ ${command}`, isForHost: true };
}

/** A command of the host's shell, as it is typed there. */
function forThisHost({ text, kind }: Tree, takes: Takes): Problem | undefined {
  if (kind !== 'command') return undefined;
  const glued = /^\s*\$(?=[\w./~])/.exec(text)?.[0].length;
  if (glued !== undefined) return gluedTo(text, glued, takes);
  if (text.trim() === '$')
    return {
      place: whole(text),
      message: 'nothing stands behind "$"',
      advice: 'A command of this host stands there: $ ls',
    };
  const slashed = SLASHED.exec(text.trim())?.[1];
  if (slashed !== undefined)
    return {
      place: whole(text),
      message: `there is no command ${JSON.stringify(`/${slashed}`)}`,
      advice: "The shell's own words begin with a dot: .help lists them.",
    };
  const name = HOST_NAME.exec(text.trim())?.[0];
  if (name === undefined) return undefined;
  return {
    place: whole(text),
    message: `${name} is a command of the host's shell, not of QMP`,
    ...onHost(text),
  };
}

/** `$qemu-img ...`, where `at` is the place behind the `$`. */
function gluedTo(text: string, at: number, takes: Takes): Problem | undefined {
  const command = text.slice(at).trim();
  if (isTaken(takes(command))) return undefined;
  const name = HOST_NAME.exec(command)?.[0];
  const [first = ''] = command.split(/\s/, 1);
  const place = { start: at - 1, end: at + first.length };
  return name === undefined
    ? {
        place,
        message: `there is no command ${JSON.stringify(`$${first}`)}`,
        advice: `With a blank behind "$" it runs on this host: $ ${command}`,
      }
    : {
        place,
        message: `a blank is missing behind "$": ${name} is a command of the host's shell`,
        advice: `Write $ ${command}`,
      };
}

/** Blanks around "=": `node-name = node-A`. */
function parted(tree: Tree, takes: Takes): Problem | undefined {
  if (tree.kind !== 'command') return undefined;
  const { text } = tree;
  const { args } = tree.call;
  const gaps: Span[] = [];
  let place: Span | undefined;
  for (const [i, arg] of args.entries()) {
    const next = args[i + 1];
    if (next === undefined) break;
    const before = arg.equals === undefined && next.equals !== undefined && next.key.text === '';
    const named = arg.key.text !== '' || gaps.at(-1)?.end === arg.place.start;
    const behind = named && arg.equals !== undefined && arg.value === undefined && next.equals === undefined;
    if (!before && !behind) continue;
    gaps.push({ start: arg.place.end, end: next.place.start });
    if (place === undefined || place.end === arg.place.end)
      place = { start: place?.start ?? arg.place.start, end: next.place.end };
  }
  if (place === undefined) return undefined;
  let meant = '';
  let at = 0;
  for (const { start, end } of gaps) {
    meant += text.slice(at, start);
    at = end;
  }
  meant = (meant + text.slice(at)).trim();
  const only = text.slice(place.start, place.end).replace(/\s*=\s*/, '=');
  return {
    place,
    message: 'blanks stand beside "="; a name, "=" and its value are one word',
    advice: `Write ${isTaken(takes(meant)) ? meant : only}`,
  };
}

function messagesIn(text: string): readonly string[] {
  const start = text.indexOf('{');
  if (start < 0) return [];
  // In double quotes a shell wants a backslash before those of the message.
  const source = /"\{\s*\\"/.test(text) ? text.slice(start).replaceAll('\\"', '"') : text.slice(start);
  const end = source.lastIndexOf('}') + 1;
  // Between two messages may stand what ends one string and begins the next.
  const list = source
    .slice(0, end)
    .replace(/\}(?:\\n|['";,\s]|echo|sleep \d+)*(?=\{\s*['"](?:execute|exec-oob))/g, '} ');
  return linesIn(list, 1).map(line => line.text.trim());
}

function bare(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** The whole line in quotes, as on a command line, or between the marks of code. */
function inQuotes({ text }: Tree, takes: Takes): Problem | undefined {
  const inner = /^\s*(["'`])(.+)\1;?\s*$/s.exec(text)?.[2]?.trim();
  if (inner === undefined || !isTaken(takes(inner))) return undefined;
  return { place: whole(text), message: 'the whole line stands in quotes', advice: `Write ${inner}` };
}

// What word processors and web pages make of the marks of a keyboard.
const PRINTED: readonly (readonly [pattern: RegExp, plain: string])[] = [
  [/[\u201c-\u201f\u00ab\u00bb\uff02]|&quot;|&#34;/g, '"'],
  [/[\u2018-\u201b\uff07]|&#39;|&apos;/g, "'"],
  [/[\u2010-\u2015\u2212\ufe58]/g, '-'],
  [/\u2026/g, '...'],
  [/[\u200b\u2060\ufeff\u00ad]/g, ''],
  [/\uff1d/g, '='],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&amp;/g, '&'],
];

function printed({ text }: Tree, takes: Takes): Problem | undefined {
  const found = PRINTED.flatMap(([pattern]) => [...text.matchAll(new RegExp(pattern))]);
  const [first] = found.sort((a, b) => a.index - b.index);
  if (first === undefined) return undefined;
  const meant = PRINTED.reduce((line, [pattern, plain]) => line.replace(pattern, plain), text);
  const place = { start: first.index, end: first.index + first[0].length };
  const point = first[0].codePointAt(0) ?? 0;
  const what = first[0].startsWith('&')
    ? `${first[0]} stands for a mark in a web page`
    : `U+${point.toString(16).toUpperCase().padStart(4, '0')} is not a mark of the keyboard, but one that word processors and web pages put in its place`;
  const taken = isTaken(takes(meant));
  // With other faults in it the line may mean what it says.
  if (!taken && !/[\u201c-\u201f\u2018-\u201b]|&quot;/.test(first[0])) return undefined;
  const plain = first[0].replace(first[0], found.length > 0 ? replacementOf(first[0]) : '');
  return { place, message: what, advice: taken ? `Write ${meant.trim()}` : `Write ${plain} instead` };
}

function replacementOf(mark: string): string {
  return PRINTED.reduce((line, [pattern, plain]) => line.replace(pattern, plain), mark);
}

/** Names and texts of a literal without quotes: a shell took them away. */
function unquoted(tree: Tree, takes: Takes): Problem | undefined {
  const found = literalsOf(tree).flatMap(value => barePlaces(value, tree.text));
  const [first] = found;
  if (first === undefined || found.length < 2) return undefined;
  let meant = '';
  let at = 0;
  for (const { start, end } of found) {
    meant += `${tree.text.slice(at, start)}"${tree.text.slice(start, end)}"`;
    at = end;
  }
  meant += tree.text.slice(at);
  const advice = isTaken(takes(meant))
    ? `Write ${meant.trim()}${tree.kind === 'raw' ? `, on a command line as '${meant.trim()}'` : ''}`
    : 'Write {"name": "text"}; on a command line put the whole line in single quotes.';
  return {
    place: first,
    message:
      'names and texts in brackets need quotes; a shell takes away those that are not quoted themselves',
    advice,
  };
}

function literalsOf(tree: Tree): readonly Value[] {
  if (tree.kind === 'raw') return [tree.value];
  if (tree.kind !== 'command' && tree.kind !== 'transaction') return [];
  const args = tree.kind === 'command' ? tree.call.args : tree.actions.flatMap(action => action.args);
  return args.flatMap(({ value }) => (value?.kind === 'object' || value?.kind === 'array' ? [value] : []));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function barePlaces(value: Value, text: string): readonly Span[] {
  if (value.kind === 'bare')
    return value.text === '' || readLiteralWord(value.text) !== undefined ? [] : [value.place];
  if (value.kind === 'array') return value.items.flatMap(item => barePlaces(item, text));
  if (value.kind !== 'object') return [];
  return value.entries.flatMap(entry => {
    const isBare = !/["']/.test(text.slice(entry.keyPlace.start, entry.keyPlace.end));
    const inner = entry.value === undefined ? [] : barePlaces(entry.value, text);
    return isBare && entry.key !== '' ? [entry.keyPlace, ...inner] : inner;
  });
}
