import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobView } from '../../src/render/job.ts';
import { actions, renderJob, renderJobRow } from '../../src/render/job.ts';
import { type Estimate, estimate, rateOf } from '../../src/render/rate.ts';
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
    'job0  mirror  node-B -> node-E  █████░░░░░░░░░  41%  2 MiB/s       ▂▄▂▄▆▂▄█  12 s left    16 MiB of 39 MiB',
  ],
  ['running, 40 cells', MIRROR, 40, 'job0  mirror  ██░░░░  41%  12 s left'],
  ['running, 20 cells', MIRROR, 20, 'job0  ██░░░░  41%'],
  ['ready', READY, 79, 'job0  mirror  ████████ 100%  ready  job-complete, block-job-cancel, job-cancel'],
  ['ready, 20 cells', READY, 20, 'job0  100%  ready'],
  ['pending', BACKUP, 60, 'b  backup  ██████ 100%  pending  job-finalize, job-cancel'],
  [
    'FAILED',
    { ...BACKUP, state: 'concluded', offset: MIB, error: 'No space' },
    60,
    'b  backup  ░░░░░░   2%  1 MiB of 39 MiB  FAILED  job-dismiss',
  ],
  [
    'failed, and QEMU did not say why',
    { ...BACKUP, state: 'concluded', result: 'failed', offset: MIB },
    60,
    'b  backup  ░░░░░░   2%  1 MiB of 39 MiB  FAILED  job-dismiss',
  ],
  [
    'stopped by an error',
    { ...BACKUP, state: 'paused', halted: 'write', offset: MIB },
    79,
    'b  backup  ░░░░░░░░   2%  paused by a write error  job-resume, job-cancel',
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
  ['one byte short is not 100%', { id: 's', state: 'running', len: 1000, offset: 999 }, 17, 's  █████░  99%'],
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

/** The columns at which each part of a row begins. */
function columns(row: string): readonly number[] {
  return [...row.matchAll(/(?<= {2}|^)\S|(?<=[█░]) *\d+%/g)].map(({ index }) => index);
}

test('job row: while it runs each part stands where it stood, whatever the figures are', () => {
  const GIB = 2 ** 30;
  const paces = [1, 7.3 * MIB, 33 * MIB, 121.5 * MIB, 999 * MIB, 1.25 * GIB];
  for (const width of [40, 79, 80, 100, 120, 200]) {
    const rows = paces.map(pace => {
      const history = Array.from({ length: 9 }, (_, i) => [i * 1000, i * pace] as const);
      const job = { ...MIRROR, len: 4000 * GIB, offset: 8 * pace, history, left: 3599 - pace / GIB };
      return plain(renderJobRow(job, width));
    });
    assert.is(new Set(rows.map(row => columns(row).join(' '))).size, 1, rows.join('\n'));
  }
});

test('job: the time left never grows while the rate stays, follows another rate, and is whole seconds, then minutes', () => {
  // Looks once a second: MiB/s that waver by a tenth, then half of that.
  const rates = [
    ...Array.from({ length: 30 }, (_, i) => 10 + Math.sin(i * 1.7)),
    ...Array<number>(30).fill(5),
  ];
  const len = 1000 * MIB;
  let before: Estimate | undefined;
  let offset = 0;
  const looks: (readonly [number, number])[] = [[0, 0]];
  const left: number[] = [];
  for (const [i, pace] of rates.entries()) {
    offset += pace * MIB;
    looks.push([(i + 1) * 1000, offset]);
    before = estimate(before, looks.slice(-40), len);
    left.push(((before?.end ?? 0) - (i + 1) * 1000) / 1000);
  }
  const steady = left.slice(0, 30);
  for (const [i, now] of steady.entries())
    assert.ok(i === 0 || now <= (steady[i - 1] ?? 0), `second ${i}: ${steady}`);
  const real = (len - offset) / (5 * MIB);
  assert.ok(Math.abs((left.at(-1) ?? 0) - real) < 0.25 * real, `${left.at(-1)} s left, really ${real}`);
  for (const [seconds, said] of [
    [0.2, '1 s left'],
    [4.2, '5 s left'],
    [99, '99 s left'],
    [100, '2 min left'],
    [3541, '1 h left'],
    [4000, '1 h 7 min left'],
  ] as const)
    assert.match(plain(renderJobRow({ ...MIRROR, left: seconds }, 200)), `  ${said} `);
});

test('job rate: over the last ten seconds; a job that starts over has none', () => {
  assert.is(rateOf(HISTORY), 2 * MIB);
  assert.is(rateOf(HISTORY.slice(0, 1)), undefined);
  assert.is(
    rateOf([[0, 0], [1000, 900 * MIB], ...HISTORY.map(([ms, at]) => [ms + 5000, at + 900 * MIB] as const)]),
    2 * MIB,
  );
  assert.is(
    rateOf([
      [0, 10],
      [1000, 5],
    ]),
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
  // One with a limit copies a piece and then waits.
  const slow = { ...still, speed: 65536 };
  for (const rows of [texts([renderJobRow(slow, 120)]), texts(renderJob(slow, 120))])
    assert.not.match(rows.join('\n'), /no progress|(?<!\d)0 B\/s +(?!.*limit)/);
  assert.match(plain(renderJobRow(slow, 120)), /max 64 KiB\/s/);
});

/** Limits in bytes a second, and the pieces that a job copies at once and waits behind. */
const LIMITED: readonly (readonly [limit: number, piece: number])[] = [
  [64 * 1024, MIB],
  [100_000, MIB],
  [300_000, MIB],
  [MIB, MIB],
  [20 * MIB, MIB],
];
for (const [limit, piece] of LIMITED)
  test(`job with a limit of ${limit}: never faster, the time left is right, the row keeps its form`, () => {
    const len = 600 * limit;
    let before: Estimate | undefined;
    const looks: (readonly [number, number])[] = [];
    const forms = new Set<string>();
    for (let second = 0; second < 80; second++) {
      const offset = Math.min(len, piece * Math.floor((second * limit) / piece + 1));
      looks.push([second * 1000, offset]);
      before = estimate(before, looks.slice(-40), len, { speed: limit });
      const left = before === undefined ? {} : { left: (before.end - second * 1000) / 1000 };
      const job = { ...MIRROR, len, offset, speed: limit, history: looks.slice(-40), ...left };
      if (limit >= 2 * MIB && second < 2) continue; // it is not known yet whether it is as fast
      const [row = '', ...details] = texts(renderJob(job, 80));
      forms.add(columns(row).join(' '));
      assert.match(row, / max \d/);
      const minutes = Number(/ (\d+) min left/.exec(row)?.[1]);
      const real = (len - second * limit) / limit / 60;
      assert.ok(minutes >= real - 0.5 && minutes <= real + 1.5, `${row}: really ${real} min`);
      // What the row says is not said again.
      assert.not.match(details.join('\n'), /\/s|left/);
    }
    assert.is(forms.size, 1, [...forms].join('\n'));
  });

/** Disks that a job with a limit copies in pieces of so much: each is there at once, and then it waits for it. */
const PIECES: readonly (readonly [limit: number, piece: number, len: number])[] = [
  [MIB, 16 * MIB, 39 * MIB],
  [MIB, 32 * MIB, 39 * MIB],
  [64 * 1024, MIB, 39 * MIB],
  [512 * 1024, 16 * MIB, 1000 * MIB],
];
for (const [speed, piece, len] of PIECES)
  test(`job with a limit of ${speed} in pieces of ${piece}: the time left only falls, and ends with the job`, () => {
    let before: Estimate | undefined;
    const looks: (readonly [number, number])[] = [];
    let lowest = Number.POSITIVE_INFINITY;
    for (let second = 0; second * speed < len; second++) {
      looks.push([second * 1000, Math.min(len, piece * Math.floor((second * speed) / piece + 1))]);
      before = estimate(before, looks.slice(-40), len, { speed, since: [0, 0] });
      const left = before === undefined ? undefined : (before.end - second * 1000) / 1000;
      assert.ok(left !== undefined && left <= lowest, `second ${second}: ${left} s left, before ${lowest}`);
      assert.ok(Math.abs(left - (len / speed - second)) < 1, `second ${second}: ${left}`);
      lowest = left;
    }
  });

test('job with a limit: no time is told of one that has taken longer than its limit makes it', () => {
  const looks = Array.from({ length: 40 }, (_, i) => [i * 1000, 16 * MIB] as const);
  assert.is(estimate(undefined, looks, 20 * MIB, { speed: MIB, since: [0, 0] }), undefined);
});

test('job with a limit: one that is slower for another reason has its own rate', () => {
  const row = plain(renderJobRow({ ...MIRROR, speed: 100 * MIB }, 120));
  assert.match(row, / 2 MiB\/s .*12 s left/);
  const still = [
    [0, 5],
    [1000, 5],
  ] as const;
  assert.match(plain(renderJobRow({ ...MIRROR, speed: 100 * MIB, history: still }, 120)), /no progress/);
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

test('job: how long one takes that is held is not known', () => {
  const lines = texts(renderJob({ ...MIRROR, state: 'paused' }, 80));
  assert.is(lines[1], '  16 MiB of 39 MiB   no limit');
});

test('job: in full, with figures and the lines that act on it', () => {
  assert.equal(texts(renderJob({ ...READY, speed: 65536 }, 80)).slice(1, 3), [
    '  39 MiB of 39 MiB   limit 64 KiB/s',
    '  job-complete id=job0          switch over to the target',
  ]);
});

test.run();
