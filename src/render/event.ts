// An event as one readable line: when, what, who, and its own sentence for the families people watch.
import type { QmpEvent } from '../qmp/message.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member, stringifyJson } from '../text/json.ts';
import { joinLines, lineWidth, span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes, timeOfDay } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { width } from '../text/width.ts';
import { jsonSpans } from './json.ts';

export interface EventOptions {
  readonly width: number;
  /** Minutes the shown clock is east of UTC. */
  readonly utcOffsetMinutes?: number;
  /** How many events this line stands for; said when it is more than one. */
  readonly count?: number;
  /** For JOB_STATUS_CHANGE: the state before, which the event does not tell. */
  readonly before?: string;
}

const NAME_CELLS = 19;

/**
 * One line for an event. Where the width is short the name is not padded and the time loses its milliseconds, below
 * 40 cells it is left out; what is told of the event is never cut, so that the line may take more than one row.
 */
export function renderEvent(event: QmpEvent, options: EventOptions): StyledLine {
  const name = safe(event.name);
  const many = (options.count ?? 1) > 1 ? [span(` x ${options.count}`, 'warning')] : [];
  const time = event.time === undefined ? '--:--:--.---' : timeOfDay(event.time, options.utcOffsetMinutes);
  const told = sentence(event, options);
  const body = told.length === 0 ? [] : [span('  '), ...joinLines(told, '  ')];
  const short: StyledLine = [span(name, severity(event)), ...many, ...body];
  const gap = span(' '.repeat(Math.max(0, NAME_CELLS - lineWidth(short) + lineWidth(body))));
  const padded = [span(name, severity(event)), ...many, gap, ...body];
  const when = [span(time, 'time'), span('  ')];
  const choices: readonly StyledLine[] = [
    [...when, ...(body.length === 0 ? short : padded)],
    [...when, ...short],
    [span(time.slice(0, 8), 'time'), span('  '), ...short],
  ];
  const fitting = choices.find(choice => lineWidth(choice) <= options.width);
  // A line that takes two rows in any case may as well say when.
  return fitting ?? (options.width >= 40 ? (choices.at(-1) ?? short) : short);
}

/** What a line says beside time and name, without either: `job0  mirror  39 MiB of 39 MiB`. */
export function renderEventData(event: QmpEvent, options: Pick<EventOptions, 'before'> = {}): StyledLine {
  return joinLines(sentence(event, options), '  ');
}

type Parts = readonly StyledLine[];
type Teller = (data: JsonObject, options: Pick<EventOptions, 'before'>) => Parts;

function sentence(event: QmpEvent, options: Pick<EventOptions, 'before'>): Parts {
  const tell = TELLERS.get(event.name);
  if (tell !== undefined) {
    const parts = tell(event.data, options).filter(part => lineWidth(part) > 0);
    // An event that lacks what its sentence is made of is shown as it is.
    if (parts.length > 0 || Object.keys(event.data).length === 0) return parts;
  }
  return Object.keys(event.data).length === 0 ? [] : [jsonSpans(event.data)];
}

const TELLERS: ReadonlyMap<string, Teller> = new Map<string, Teller>([
  ['BLOCK_JOB_READY', data => [who(data), what(data), progress(data), note('complete or cancel it')]],
  [
    'BLOCK_JOB_COMPLETED',
    data => [who(data), what(data), progress(data), problem(data) ?? part('done', 'ok')],
  ],
  ['BLOCK_JOB_CANCELLED', data => [who(data), what(data), progress(data), part('cancelled', 'warning')]],
  [
    'BLOCK_JOB_ERROR',
    data => [who(data), part(`${text(data, 'operation')} error`, 'error'), jobReaction(data)],
  ],
  ['BLOCK_JOB_PENDING', data => [who(data), what(data), note('waits for job-finalize')]],
  [
    'JOB_STATUS_CHANGE',
    (data, options) => {
      const state = text(data, 'status');
      const before =
        options.before === undefined || options.before === state ? '' : `${safe(options.before)} -> `;
      return [
        who(data),
        [
          span(before, 'dim'),
          span(state, STATES.get(state)),
          ...(state === 'null' ? [span(' (gone)', 'dim')] : []),
        ],
      ];
    },
  ],
  [
    'BLOCK_IO_ERROR',
    data => [
      who(data),
      name(data, 'node-name'),
      part(`${text(data, 'operation')} error`, 'error'),
      part(text(data, 'reason')),
      member(data, 'nospace') === true && !/space/i.test(text(data, 'reason'))
        ? part('no space left', 'error')
        : [],
      reaction(data),
    ],
  ],
  [
    'BLOCK_IMAGE_CORRUPTED',
    data => [
      who(data),
      name(data, 'node-name'),
      part(text(data, 'msg'), 'error'),
      at(data),
      member(data, 'fatal') === true ? part('the image is no longer used', 'error') : [],
    ],
  ],
  [
    'BLOCK_WRITE_THRESHOLD',
    data => [
      name(data, 'node-name'),
      part(`${amount(data, 'amount-exceeded')} beyond the threshold of ${amount(data, 'write-threshold')}`),
    ],
  ],
  ['BLOCK_EXPORT_DELETED', data => [who(data), part('export is gone')]],
  ['QUORUM_FAILURE', data => [name(data, 'reference'), part('no quorum', 'error'), at(data)]],
  [
    'QUORUM_REPORT_BAD',
    data => [
      name(data, 'node-name'),
      part(`bad ${text(data, 'type')}`, 'warning'),
      part(text(data, 'error')),
      at(data),
    ],
  ],
  ['DEVICE_DELETED', data => [device(data), part('is gone')]],
  [
    'DEVICE_TRAY_MOVED',
    data => [device(data), part(member(data, 'tray-open') === true ? 'tray open' : 'tray closed')],
  ],
  ['DEVICE_UNPLUG_GUEST_ERROR', data => [device(data), part('the guest refused to let it go', 'error')]],
  ['MEM_UNPLUG_ERROR', data => [who(data), part(text(data, 'msg'), 'error')]],
  [
    'MEMORY_DEVICE_SIZE_CHANGE',
    data => [who(data), part(`guest uses ${amount(data, 'size')}`), path(data, 'qom-path')],
  ],
  ['UNPLUG_PRIMARY', data => [name(data, 'device-id'), part('asked to unplug')]],
  ['FAILOVER_NEGOTIATED', data => [name(data, 'device-id'), part('failover agreed')]],
  ['NIC_RX_FILTER_CHANGED', data => [name(data, 'name'), path(data, 'path')]],
  ['VSERPORT_CHANGE', data => [who(data), part(member(data, 'open') === true ? 'opened' : 'closed')]],
  ['GUEST_PANICKED', data => [part('the guest crashed', 'error'), reaction(data), panic(data)]],
  [
    'GUEST_CRASHLOADED',
    data => [part('the guest crashed and runs its crash kernel', 'error'), reaction(data), panic(data)],
  ],
  ['GUEST_PVSHUTDOWN', () => [part('the guest asked to shut down')]],
  ['MEMORY_FAILURE', data => [part(`${text(data, 'recipient')} memory error`, 'error'), reaction(data)]],
  ['SHUTDOWN', data => [part(shutdown(data))]],
  ['RESET', data => [part(reset(data))]],
  ['POWERDOWN', () => [part('the guest was asked to power down')]],
  ['STOP', () => [part('the guest is paused')]],
  ['RESUME', () => [part('the guest runs')]],
  ['SUSPEND', () => [part('the guest sleeps')]],
  ['SUSPEND_DISK', () => [part('the guest hibernates')]],
  ['WAKEUP', () => [part('the guest woke up')]],
  ['WATCHDOG', data => [part('the guest stopped feeding its watchdog', 'warning'), reaction(data)]],
  [
    'RTC_CHANGE',
    data => [
      part(`guest clock ${signed(member(data, 'offset'))} s off the start value`),
      path(data, 'qom-path'),
    ],
  ],
  ['BALLOON_CHANGE', data => [part(`guest has ${amount(data, 'actual')}`)]],
  [
    'MIGRATION',
    data => {
      const state = text(data, 'status');
      return [part(state, state === 'failed' ? 'error' : state === 'completed' ? 'ok' : undefined)];
    },
  ],
  ['MIGRATION_PASS', data => [part(`pass ${text(data, 'pass')} over memory`)]],
  [
    'DUMP_COMPLETED',
    data => [part(amount(object(data, 'result'), 'completed')), problem(data) ?? part('done', 'ok')],
  ],
  ['VNC_CONNECTED', data => [peer(data)]],
  ['VNC_INITIALIZED', data => [peer(data)]],
  ['VNC_DISCONNECTED', data => [peer(data)]],
  ['SPICE_CONNECTED', data => [peer(data)]],
  ['SPICE_INITIALIZED', data => [peer(data)]],
  ['SPICE_DISCONNECTED', data => [peer(data)]],
]);

const STATES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['running', 'plain'],
  ['ready', 'ok'],
  ['pending', 'warning'],
  ['aborting', 'warning'],
  ['concluded', 'title'],
]);

const BAD =
  /^(BLOCK_IO_ERROR|BLOCK_JOB_ERROR|BLOCK_IMAGE_CORRUPTED|GUEST_PANICKED|GUEST_CRASHLOADED|MEMORY_FAILURE|QUORUM_FAILURE|.*_GUEST_ERROR|MEM_UNPLUG_ERROR)$/;

function severity(event: QmpEvent): Role {
  if (BAD.test(event.name) || typeof member(event.data, 'error') === 'string') return 'error';
  if (event.name === 'MIGRATION' && text(event.data, 'status') === 'failed') return 'error';
  return 'event';
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['host-error', 'a host error'],
  ['host-qmp-quit', 'quit, over QMP'],
  ['host-qmp-system-reset', 'system_reset, over QMP'],
  ['host-signal', 'a signal to QEMU'],
  ['host-ui', 'its window'],
  ['guest-shutdown', 'the guest'],
  ['guest-reset', 'the guest'],
  ['guest-panic', 'a crash of the guest'],
  ['subsystem-reset', 'a reset of a part of the machine'],
  ['snapshot-load', 'loading a snapshot'],
]);

function reason(data: JsonObject): string {
  const given = text(data, 'reason');
  const words = REASONS.get(given) ?? given;
  if (words !== '') return words;
  return member(data, 'guest') === true ? 'the guest' : 'the host';
}

function shutdown(data: JsonObject): string {
  return `QEMU shuts down, caused by ${reason(data)}`;
}

function reset(data: JsonObject): string {
  return `the machine starts again, caused by ${reason(data)}`;
}

// --- the parts of a sentence ---

function part(words: string, role?: Role): StyledLine {
  return words === '' ? [] : [span(words, role)];
}

function note(words: string): StyledLine {
  return [span(words, 'dim')];
}

function text(data: JsonObject, key: string): string {
  const value = member(data, key);
  if (value === undefined) return '';
  return typeof value === 'string' ? safe(value) : stringifyJson(value);
}

function name(data: JsonObject, key: string): StyledLine {
  return part(text(data, key), 'key');
}

function path(data: JsonObject, key: string): StyledLine {
  return part(text(data, key), 'dim');
}

// Jobs are `id` in one family and `device` in another; a device without a drive name is told by its path.
function who(data: JsonObject): StyledLine {
  for (const key of ['id', 'device', 'qom-path']) {
    const value = text(data, key);
    if (value !== '') return [span(value, 'key')];
  }
  return [];
}

function device(data: JsonObject): StyledLine {
  const own = text(data, 'id') || text(data, 'device');
  return own === '' ? name(data, 'path') : [span(own, 'key')];
}

function what(data: JsonObject): StyledLine {
  return part(text(data, 'type'));
}

/** `16 MiB of 39 MiB`; jobs without a length have nothing to tell. */
function progress(data: JsonObject): StyledLine {
  const len = member(data, 'len');
  const offset = member(data, 'offset');
  if (!isAmount(len) || !isAmount(offset)) return [];
  if (Number(len) === 0) return [];
  return [span(`${bytes(offset)} of ${bytes(len)}`, 'number')];
}

function isAmount(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function amount(data: JsonObject, key: string): string {
  const value = member(data, key);
  return isAmount(value) ? bytes(value) : '?';
}

function at(data: JsonObject): StyledLine {
  const offset = member(data, 'offset') ?? member(data, 'sector-num');
  if (!isAmount(offset)) return [];
  return note(`${member(data, 'offset') === undefined ? 'sector' : 'offset'} ${offset}`);
}

function problem(data: JsonObject): StyledLine | undefined {
  const error = text(data, 'error');
  return error === '' ? undefined : [span(error, 'error')];
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

function jobReaction(data: JsonObject): StyledLine {
  const action = text(data, 'action');
  return part(JOB_REACTIONS.get(action) ?? action);
}

function reaction(data: JsonObject): StyledLine {
  const action = text(data, 'action');
  return part(REACTIONS.get(action) ?? action);
}

function panic(data: JsonObject): StyledLine {
  const info = member(data, 'info');
  return isObject(info) ? jsonSpans(info) : [];
}

function object(data: JsonObject, key: string): JsonObject {
  const value = member(data, key);
  return isObject(value) ? value : {};
}

function signed(value: Json | undefined): string {
  return isAmount(value) ? `${value > 0 ? '+' : ''}${value}` : '?';
}

function peer(data: JsonObject): StyledLine {
  const client = object(data, 'client');
  const host = text(client, 'host');
  if (host === '') return [];
  return [
    span(
      `client ${host.includes(':') ? `[${host}]` : host}:${text(client, 'service') || text(client, 'port')}`,
    ),
  ] satisfies Span[];
}

/** Cells of the time column and the name column, so that other rows can line up with events. */
export const EVENT_INDENT = width('12:04:31.120  ') + NAME_CELLS + 2;
