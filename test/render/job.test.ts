import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobView } from '../../src/render/job.ts';
import { actions, jobRate, renderJob, renderJobRow } from '../../src/render/job.ts';
import { plain } from '../../src/text/line.ts';
import { texts, WIDTHS, widest } from './replies.ts';

const MIB = 2 ** 20;
const HISTORY = [0, 1, 3, 4, 6, 9, 10, 12, 16].map((mib, i) => [i * 1000, mib * MIB] as const);
const MIRROR: JobView = {
  id: 'job0',
  type: 'mirror',
  state: 'running',
  len: 39 * MIB,
  offset: 16 * MIB,
  speed: 0,
  source: 'node-B',
  target: 'node-E',
  history: HISTORY,
};
const READY: JobView = { ...MIRROR, state: 'ready', offset: 39 * MIB };
const BACKUP: JobView = { id: 'b', type: 'backup', state: 'pending', len: 39 * MIB, offset: 39 * MIB };

const ROWS: readonly (readonly [string, JobView, number, string])[] = [
  [
    'running',
    MIRROR,
    120,
    'job0  mirror  node-B -> node-E  █████████░░░░░░░░░░░░░░░  41%  2 MiB/s  ▂▄▂▄▆▂▄█  12 s left  16 MiB of 39 MiB',
  ],
  ['running, 40 cells', MIRROR, 40, 'job0  mirror  ███░░░░░░  41%  12 s left'],
  ['running, 20 cells', MIRROR, 20, 'job0  ███░░░░░  41%'],
  ['ready', READY, 79, 'job0  mirror  ████████ 100%  ready  job-complete, block-job-cancel, job-cancel'],
  ['ready, 20 cells', READY, 20, 'job0  100%  ready'],
  ['pending', BACKUP, 60, 'b  backup  ████████ 100%  pending  job-finalize, job-cancel'],
  [
    'failed',
    { ...BACKUP, state: 'concluded', offset: MIB, error: 'No space' },
    60,
    'b  backup  ░░░░░░░░░░░░░░░░░░░░░░   2%  failed  job-dismiss',
  ],
  [
    'no length yet',
    { id: 'm', type: 'mirror', state: 'running', len: 0, offset: 0 },
    60,
    'm  mirror  no length yet',
  ],
  [
    'empty disk, ready',
    { id: 'm', type: 'mirror', state: 'ready', len: 0, offset: 0 },
    30,
    'm  nothing to copy  ready',
  ],
  [
    'one byte short is not 100%',
    { id: 's', state: 'running', len: 1000, offset: 999 },
    17,
    's  ███████░  99%',
  ],
  ['a long name', { id: 'a-very-long-job-identifier', state: 'running' }, 10, 'a-very-lo…'],
  ['hostile name', { id: '\x1b[31m', state: 'paused' }, 40, '\\x1b[31m  paused  job-resume, job-cancel'],
];
for (const [name, job, width, row] of ROWS) {
  test(`job row: ${name}`, () => assert.is(plain(renderJobRow(job, width)), row));
}

test('job row: fits every width in every state', () => {
  for (const state of [
    'created',
    'running',
    'paused',
    'ready',
    'standby',
    'waiting',
    'pending',
    'aborting',
    'concluded',
    'null',
  ]) {
    for (const width of [1, 5, ...WIDTHS]) {
      assert.ok(widest([renderJobRow({ ...MIRROR, state }, width)]) <= width, `${state} in ${width}`);
      if (width >= 20)
        assert.ok(widest(renderJob({ ...MIRROR, state }, width)) <= width, `${state} in ${width}`);
    }
  }
});

test('job rate: over the last looks; a job that starts over has none', () => {
  assert.is(jobRate(MIRROR), 2 * MIB);
  assert.is(jobRate({ ...MIRROR, history: HISTORY.slice(0, 1) }), undefined);
  assert.is(
    jobRate({
      ...MIRROR,
      history: [
        [0, 10],
        [1000, 5],
      ],
    }),
    undefined,
  );
});

test('job: no progress is said, not an endless time', () => {
  const still = {
    ...MIRROR,
    history: [
      [0, 5],
      [1000, 5],
    ] as const,
  };
  assert.match(plain(renderJobRow(still, 120)), /no progress/);
});

const ACTIONS: readonly (readonly [string, JobView, readonly string[]])[] = [
  ['ready mirror', READY, ['job-complete id=job0', 'block-job-cancel device=job0', 'job-cancel id=job0']],
  ['ready commit', { ...READY, type: 'commit' }, ['job-complete id=job0', 'job-cancel id=job0']],
  ['pending', BACKUP, ['job-finalize id=b', 'job-cancel id=b']],
  ['concluded', { ...BACKUP, state: 'concluded' }, ['job-dismiss id=b']],
  ['paused', { ...BACKUP, state: 'paused' }, ['job-resume id=b', 'job-cancel id=b']],
  ['aborting', { ...BACKUP, state: 'aborting' }, []],
];
for (const [name, job, lines] of ACTIONS) {
  test(`job actions: ${name}`, () =>
    assert.equal(
      actions(job).map(action => action.line),
      lines,
    ));
}

test('job: in full, with figures and the lines that act on it', () => {
  assert.equal(texts(renderJob({ ...READY, speed: 65536 }, 80)).slice(1, 3), [
    '  39 MiB of 39 MiB   limit 64 KiB/s',
    '  job-complete id=job0          switch over to the target',
  ]);
});

test.run();
