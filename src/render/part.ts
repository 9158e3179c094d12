// The parts an event's sentence is made of: each takes the event's data and gives a few words, or nothing.
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member, stringifyJson } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { jsonSpans } from './json.ts';

export function part(words: string, role?: Role): StyledLine {
  return words === '' ? [] : [span(words, role)];
}

export function note(words: string): StyledLine {
  return [span(words, 'dim')];
}

export function text(data: JsonObject, key: string): string {
  const value = member(data, key);
  if (value === undefined) return '';
  return typeof value === 'string' ? safe(value) : stringifyJson(value);
}

export function name(data: JsonObject, key: string): StyledLine {
  return part(text(data, key), 'key');
}

export function path(data: JsonObject, key: string): StyledLine {
  return part(text(data, key), 'dim');
}

// Jobs are `id` in one family and `device` in another; a device without a drive name is told by its path.
export function who(data: JsonObject): StyledLine {
  for (const key of ['id', 'device', 'qom-path']) {
    const value = text(data, key);
    if (value !== '') return [span(value, 'key')];
  }
  return [];
}

export function device(data: JsonObject): StyledLine {
  const own = text(data, 'id') || text(data, 'device');
  return own === '' ? name(data, 'path') : [span(own, 'key')];
}

export function what(data: JsonObject): StyledLine {
  return part(text(data, 'type'));
}

/** `16 MiB of 39 MiB`; jobs without a length have nothing to tell. */
export function progress(data: JsonObject): StyledLine {
  const len = member(data, 'len');
  const offset = member(data, 'offset');
  if (!isAmount(len) || !isAmount(offset)) return [];
  if (Number(len) === 0) return [];
  return [span(`${bytes(offset)} of ${bytes(len)}`, 'number')];
}

function isAmount(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function amount(data: JsonObject, key: string): string {
  const value = member(data, key);
  return isAmount(value) ? bytes(value) : '?';
}

export function at(data: JsonObject): StyledLine {
  const offset = member(data, 'offset') ?? member(data, 'sector-num');
  if (!isAmount(offset)) return [];
  return note(`${member(data, 'offset') === undefined ? 'sector' : 'offset'} ${offset}`);
}

export function problem(data: JsonObject): StyledLine | undefined {
  const error = text(data, 'error');
  return error === '' ? undefined : [span(`FAILED: ${error}`, 'error')];
}

const REACTIONS: ReadonlyMap<string, string> = new Map([
  ['report', 'reported to the guest'],
  ['ignore', 'ignored'],
  ['stop', 'the guest is stopped'],
  ['pause', 'the guest is paused'],
  ['poweroff', 'QEMU ends'],
  ['shutdown', 'QEMU ends'],
  ['run', 'the guest goes on'],
  ['reset', 'the guest is reset'],
]);

const JOB_REACTIONS: ReadonlyMap<string, string> = new Map([
  ['report', 'the job ends'],
  ['ignore', 'ignored'],
  ['stop', 'the job is paused'],
]);

export function jobReaction(data: JsonObject): StyledLine {
  const action = text(data, 'action');
  return part(JOB_REACTIONS.get(action) ?? action);
}

export function reaction(data: JsonObject): StyledLine {
  const action = text(data, 'action');
  return part(REACTIONS.get(action) ?? action);
}

export function panic(data: JsonObject): StyledLine {
  const info = member(data, 'info');
  return isObject(info) ? jsonSpans(info) : [];
}

export function object(data: JsonObject, key: string): JsonObject {
  const value = member(data, key);
  return isObject(value) ? value : {};
}

export function signed(value: Json | undefined): string {
  return isAmount(value) ? `${value > 0 ? '+' : ''}${value}` : '?';
}

export function peer(data: JsonObject): StyledLine {
  const client = object(data, 'client');
  const host = text(client, 'host');
  if (host === '') return [];
  return [
    span(
      `client ${host.includes(':') ? `[${host}]` : host}:${text(client, 'service') || text(client, 'port')}`,
    ),
  ] satisfies Span[];
}
