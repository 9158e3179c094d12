// The human monitor (HMP), which QMP reaches by human-monitor-command. Lines of text go in, a text comes out, and only
// that text tells whether something went wrong.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request } from '../qmp/message.ts';
import { nearest } from '../text/fuzzy.ts';
import { safe } from '../text/safe.ts';
import { HMP_COMMANDS } from './notes/hmp.ts';
import { HMP_NAMES, IN_QMP } from './notes/hmpnames.ts';
import { CONTENT, DESTROYING, TELLING, TELLING_BEHIND, USAGE } from './notes/hmprefusals.ts';
import { parseTable } from './notes/table.ts';

const COMMAND = 'human-monitor-command';

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['q', 'quit'],
  ['c', 'cont'],
  ['s', 'stop'],
  ['p', 'print'],
  ['?', 'help'],
]);

/** The request for a line; `cpu` is the processor that it is about, where that was chosen. */
export function hmpRequest(line: string, cpu?: number): Request {
  const more = cpu === undefined ? {} : { 'cpu-index': cpu };
  return { execute: COMMAND, arguments: { 'command-line': line, ...more } };
}

/** The line for the human monitor that a request holds; undefined for any other request. */
export function hmpLineOf(request: Request | undefined): string | undefined {
  const line = request?.execute === COMMAND ? request.arguments['command-line'] : undefined;
  return typeof line === 'string' ? line : undefined;
}

/**
 * The processor that a line chooses; undefined where it chooses none. QEMU forgets the choice at the end of the line,
 * so it is sent along with each line behind it. Throws a `usage` error where it is no plain number.
 */
export function chosenCpu(line: string): number | undefined {
  const given = /^cpu(?:\s+(.*))?$/.exec(line.trim())?.[1];
  if (given === undefined) return undefined;
  if (!/^(?:0x[\da-f]{1,8}|\d{1,9})$/i.test(given))
    throw new QmpshError('usage', `cpu takes the number of a processor, not ${safe(given)}`, {
      advice: 'Write for instance: cpu 1',
    });
  return /^0[0-7]+$/.test(given) ? Number.parseInt(given, 8) : Number(given);
}

/** The command of a line with its alias spelt out: `quit`, `x`, `info block`. */
export function hmpName(line: string): string {
  const [name = '', topic] = spelt(line).split(/[ /]/);
  return name === 'info' && topic !== undefined ? `info ${topic}` : name;
}

/** The row by which the human monitor tells that a line failed; undefined where it tells of no failure. */
export function hmpFailure(line: string, text: string): string | undefined {
  const rows = text.split(/\r?\n/).filter(row => row.trim() !== '');
  const last = rows.at(-1);
  if (last !== undefined && USAGE.test(last)) return rows.at(-2) ?? last;
  const given = spelt(line);
  const behind = TELLING_BEHIND.filter(([command]) => command.test(given)).map(([, row]) => row);
  const telling = CONTENT.has(hmpName(line)) ? behind : [...TELLING, ...behind];
  return rows.find(row => telling.some(pattern => pattern.test(row)));
}

/** Why a reply to a request is a failure although QMP calls it a success; undefined where it is none. */
export function failureInBand(request: Request | undefined, reply: Reply): string | undefined {
  const line = hmpLineOf(request);
  if (line === undefined || reply.kind !== 'success' || typeof reply.value !== 'string') return undefined;
  return hmpFailure(line, reply.value);
}

/** What a line destroys, as a sentence; undefined where nothing is known to be lost by it. */
export function hmpDestroys(line: string): string | undefined {
  return DESTROYING.get(hmpName(line));
}

/** Whether QEMU ends when it carries the line out. */
export function hmpLeaves(line: string): boolean {
  return spelt(line) === 'quit';
}

/** For a line that begins like one of the human monitor's and is no QMP: what to write instead, as a sentence. */
export function hmpMeant(line: string): string | undefined {
  const [name = ''] = line.trim().split(/[\s/]/);
  names ??= new Set(HMP_NAMES.trim().split(/\s+/));
  // With arguments as QMP has them only the name is a slip: `object_add qom-type=...`.
  if (!names.has(name) || /^\s*\S+\s+[\w.-]+=/.test(line)) return undefined;
  inQmp ??= parseTable(IN_QMP);
  const twin = inQmp.get(hmpName(line)) ?? inQmp.get(name);
  return `Write .hmp ${line.trim()}${twin === undefined ? '' : ` (in QMP: ${twin})`}.`;
}

/** What is wrong with a line's name, and names near it; undefined for every command of QEMU 7.2 to 11.1. */
export function hmpUnknown(
  line: string,
): { readonly name: string; readonly nearest: readonly string[] } | undefined {
  const name = hmpName(line);
  all ??= new Set([...parseTable(HMP_COMMANDS).keys(), ...HMP_NAMES.trim().split(/\s+/)]);
  return all.has(name) ? undefined : { name, nearest: nearest(name, [...all]) };
}

let all: ReadonlySet<string> | undefined;
let names: ReadonlySet<string> | undefined;
let inQmp: ReadonlyMap<string, string> | undefined;

/** A name ends at a blank or a slash, as in `x/4x 0`. */
function spelt(line: string): string {
  const [, name = '', rest = ''] = /^\s*([^\s/]*)(.*)$/s.exec(line) ?? [];
  return `${ALIASES.get(name) ?? name}${rest}`.trim().replaceAll(/\s+/g, ' ');
}
