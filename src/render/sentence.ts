// The events people watch, each with a sentence of its own.
import type { QmpEvent } from '../qmp/message.ts';
import type { JsonObject } from '../text/json.ts';
import { member } from '../text/json.ts';
import { lineWidth, span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Role, StyledLine } from '../text/style.ts';
import { jsonSpans } from './json.ts';
import {
  amount,
  at,
  device,
  jobReaction,
  name,
  note,
  object,
  panic,
  part,
  path,
  peer,
  problem,
  progress,
  reaction,
  signed,
  text,
  what,
  who,
} from './part.ts';

interface SentenceContext {
  /** For JOB_STATUS_CHANGE: the state before. */
  readonly before?: string;
}

type Teller = (data: JsonObject, context: SentenceContext) => readonly StyledLine[];

/** What an event tells, in parts; its data as JSON where no sentence is known. */
export function sentence(event: QmpEvent, context: SentenceContext): readonly StyledLine[] {
  const tell = TELLERS.get(event.name);
  if (tell !== undefined) {
    const parts = tell(event.data, context).filter(part => lineWidth(part) > 0);
    // An event that lacks what its sentence is made of is shown as it is.
    if (parts.length > 0 || Object.keys(event.data).length === 0) return parts;
  }
  return Object.keys(event.data).length === 0 ? [] : [jsonSpans(event.data)];
}

const TELLERS: ReadonlyMap<string, Teller> = new Map<string, Teller>([
  ['BLOCK_JOB_READY', data => [who(data), what(data), progress(data)]],
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
    (data, context) => {
      const state = text(data, 'status');
      const before =
        context.before === undefined || context.before === state ? '' : `${safe(context.before)} -> `;
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
