import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderEvent } from '../../src/render/event.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';

const NOON = 1_795_348_800_000_000;

function shown(
  name: string,
  data: JsonObject,
  options: Partial<Parameters<typeof renderEvent>[1]> = {},
): string {
  const event = { name, data, time: NOON + 120_000, raw: {} };
  return renderEvent(event, { width: 100, ...options })
    .map(plain)
    .join('\n');
}

const JOB = { device: 'job0', type: 'mirror', len: 40_894_464, offset: 16_777_216, speed: 0 };
const CASES: readonly (readonly [string, JsonObject, string])[] = [
  ['BLOCK_JOB_READY', { ...JOB, offset: 40_894_464 }, 'BLOCK_JOB_READY      job0  mirror  39 MiB of 39 MiB'],
  [
    'BLOCK_JOB_COMPLETED',
    { ...JOB, offset: 40_894_464 },
    'BLOCK_JOB_COMPLETED  job0  mirror  39 MiB of 39 MiB  done',
  ],
  [
    'BLOCK_JOB_COMPLETED',
    { ...JOB, error: 'No space' },
    'BLOCK_JOB_COMPLETED  job0  mirror  16 MiB of 39 MiB  FAILED: No space',
  ],
  ['BLOCK_JOB_COMPLETED', { ...JOB, len: 0, offset: 0 }, 'BLOCK_JOB_COMPLETED  job0  mirror  done'],
  ['BLOCK_JOB_CANCELLED', JOB, 'BLOCK_JOB_CANCELLED  job0  mirror  16 MiB of 39 MiB  cancelled'],
  [
    'BLOCK_JOB_PENDING',
    { id: 'b', type: 'backup' },
    'BLOCK_JOB_PENDING    b  backup  waits for job-finalize',
  ],
  [
    'BLOCK_JOB_ERROR',
    { device: 'j', operation: 'write', action: 'stop' },
    'BLOCK_JOB_ERROR      j  write error  the job is paused',
  ],
  ['JOB_STATUS_CHANGE', { id: 'job0', status: 'ready' }, 'JOB_STATUS_CHANGE    job0  ready'],
  ['JOB_STATUS_CHANGE', { id: 'job0', status: 'null' }, 'JOB_STATUS_CHANGE    job0  null (gone)'],
  [
    'DEVICE_DELETED',
    { device: 'virtio0', path: '/machine/peripheral/virtio0' },
    'DEVICE_DELETED       virtio0  is gone',
  ],
  ['DEVICE_DELETED', { path: '/machine/x' }, 'DEVICE_DELETED       /machine/x  is gone'],
  ['GUEST_PANICKED', { action: 'pause' }, 'GUEST_PANICKED       the guest crashed  the guest is paused'],
  [
    'SHUTDOWN',
    { guest: false, reason: 'host-qmp-quit' },
    'SHUTDOWN             QEMU shuts down, caused by quit, over QMP',
  ],
  ['SHUTDOWN', { guest: true }, 'SHUTDOWN             QEMU shuts down, caused by the guest'],
  [
    'RESET',
    { guest: true, reason: 'guest-reset' },
    'RESET                the machine starts again, caused by the guest',
  ],
  ['STOP', {}, 'STOP                 the guest is paused'],
  ['MIGRATION', { status: 'failed' }, 'MIGRATION            failed'],
  ['RTC_CHANGE', { offset: 3 }, 'RTC_CHANGE           guest clock +3 s off the start value'],
  ['NEWER_THAN_US', { a: [1], b: '\x1b' }, 'NEWER_THAN_US        {"a": [1], "b": "\\u001b"}'],
  ['NEWER_THAN_US', {}, 'NEWER_THAN_US'],
  ['BLOCK_JOB_READY', {}, 'BLOCK_JOB_READY'],
  ['\x1b[2J', {}, '\\x1b[2J'],
];
for (const [name, data, text] of CASES) {
  test(`event: ${text}`, () => assert.is(shown(name, data), `12:00:00.120  ${text}`));
}

test('event: the state before a change, where it is known', () => {
  const text = shown('JOB_STATUS_CHANGE', { id: 'j', status: 'running' }, { before: 'created' });
  assert.match(text, / j {2}created -> running$/);
});

test('event: one line for many', () => {
  assert.match(shown('RTC_CHANGE', { offset: 3 }, { count: 214 }), /RTC_CHANGE {11}x 214 {2}guest clock/);
});

test('event: the local time', () => {
  assert.match(shown('STOP', {}, { utcOffsetMinutes: -90 }), /^10:30:00\.120 /);
});

test('event: without a clock of QEMU there is no time', () => {
  assert.match(
    renderEvent({ name: 'STOP', data: {}, raw: {} }, { width: 80 }).map(plain).join('\n'),
    /^--:--:--\.--- {2}STOP/,
  );
});

test('event: on a screen with columns each part stands in its own, however long the others are', () => {
  const column = 35;
  for (const [name, data] of [...CASES, ['MEMORY_DEVICE_SIZE_CHANGE', { id: 'vm0', size: 1 }] as const])
    for (const width of [72, 80, 200])
      for (const count of [1, 1234]) {
        const [first = '', ...rest] = shown(name, data, { width, count }).split('\n');
        const told = first.length > 14 + 19 ? [first, ...rest] : rest;
        for (const row of told) {
          if (/^\d\d:\S+ {2}\S{20,}$/.test(row)) continue; // a name that takes the row for itself
          assert.match(row.slice(column - 2, column + 1), /^ {2}\S/, `${width}: ${row}`);
        }
      }
  const event = ['BLOCK_JOB_COMPLETED', { ...JOB, error: 'No space left on the device' }] as const;
  assert.is(
    shown(...event, { width: 80 }),
    '12:00:00.120  BLOCK_JOB_COMPLETED  job0  mirror  16 MiB of 39 MiB  FAILED: No\n'.concat(
      `${' '.repeat(column)}space left on the device`,
    ),
  );
});

test('event: a narrow screen costs columns and milliseconds, never what is told', () => {
  assert.is(shown('STOP', {}, { width: 71 }), '12:00:00  STOP  the guest is paused');
  assert.is(shown('STOP', {}, { width: 40 }), '12:00:00  STOP  the guest is paused');
  assert.is(shown('STOP', {}, { width: 39 }), 'STOP  the guest is paused');
  assert.is(shown('STOP', {}, { width: 20 }), 'STOP  the guest is\n  paused');
});

test.run();
