// What the doctor names and no line cures, or what no test can bring about on demand: by replies and by real VMs.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobLook } from '../../src/doctor/chart.ts';
import { examine } from '../../src/doctor/examine.ts';
import { guestFindings } from '../../src/doctor/guest.ts';
import { jobFindings } from '../../src/doctor/jobs.ts';
import { waitingFinding } from '../../src/doctor/process.ts';
import { askWhetherStalled } from '../../src/doctor/stall.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { lookAtProcess } from '../../src/io/vmprocess.ts';
import { parse } from '../../src/language/parse.ts';
import { openSession, withQemu } from '../qemu.ts';
import { schemaOf } from '../schemas.ts';
import { EMPTY, job } from './charts.ts';
import { DISK, run } from './faults.ts';

/** Looks at one job, and what is found: the kind and the lines. */
const JOBS: readonly (readonly [what: string, looks: readonly JobLook[], found: readonly string[]])[] = [
  ['gets on', [job({}), job({ offset: 41 })], []],
  ['stands still', [job({}), job({})], ['job-stuck', 'job-cancel id=job0']],
  ['stands still and has a limit, as it may', [job({ speed: 10 }), job({ speed: 10 })], []],
  ['has all and will be ready in a moment', [job({ offset: 100 }), job({ offset: 100 })], []],
  ['only passes through a pause', [job({ status: 'paused' }), job({ status: 'running', offset: 41 })], []],
  ['gets more to do than it does', [job({}), job({ offset: 50, length: 120 })], ['job-never-ready', '']],
  [
    'gets more to do than its limit lets it do',
    [job({ speed: 10 }), job({ speed: 10, offset: 50, length: 110 })],
    ['job-never-ready', 'block-job-set-speed device=job0 speed=0', ''],
  ],
  ['gets more to do, and still gets on', [job({}), job({ offset: 60, length: 110 })], []],
  [
    'is of a kind that counts in other units',
    [{ ...job({}), type: 'create' }].map(({ speed: _, io: __, ...one }) => one),
    [],
  ],
];

for (const [what, looks, found] of JOBS)
  test(`a job that ${what}`, () => {
    const told = jobFindings({ ...EMPTY, looks: looks.map(look => [look]) });
    assert.equal(
      told.flatMap(({ kind, remedies }) => [kind, ...remedies.map(({ lines }) => lines.join())]),
      found,
    );
  });

test('where QEMU can change how a mirror copies, that is shown for one that is never ready', () => {
  const looks = [[job({})], [job({ offset: 50, length: 120 })]];
  const schema = schemaOf('11.1');
  const [found] = jobFindings({ ...EMPTY, schema, looks });
  const [line = ''] = found?.remedies[0]?.lines ?? [];
  assert.is(line, 'block-job-change id=job0 type=mirror copy-mode=write-blocking');
  assert.is(parse(line, schema).kind, 'command');
});

const STATES: readonly (readonly [state: string, found: string])[] = [
  ['running', ''],
  ['prelaunch', ''],
  ['inmigrate', ''],
  ['postmigrate', ''],
  ['paused', 'guest-paused cont'],
  ['io-error', 'guest-io-error cont'],
  ['guest-panicked', 'guest-panicked system_reset'],
  ['internal-error', 'guest-internal-error system_reset quit'],
  ['watchdog', 'guest-watchdog system_reset quit'],
  ['shutdown', 'guest-shutdown system_reset quit'],
  ['suspended', 'guest-suspended system_wakeup'],
];

for (const [state, found] of STATES)
  test(`a guest that is ${state}`, () => {
    const told = guestFindings({ ...EMPTY, state });
    assert.is(
      told.map(({ kind, remedies }) => [kind, ...remedies.flatMap(({ lines }) => lines)].join(' ')).join(),
      found,
    );
  });

test('a process is said to hang in the kernel when it does at both looks', () => {
  const here = lookAtProcess(process.pid);
  assert.ok(here);
  const [waits, sleeps] = [
    { ...here, state: 'D' },
    { ...here, state: 'S' },
  ];
  assert.is(waitingFinding(waits, waits)?.kind, 'process-waits');
  assert.is(waitingFinding(waits, sleeps), undefined);
  assert.is(waitingFinding(sleeps, waits), undefined);
});

test('a main loop that hangs is named on a connection that was there before, with what it is busy with', () =>
  withQemu(DISK, async vm => {
    const session = await openSession(vm.address, { greetingTimeout: 20_000 });
    const signal = new AbortController().signal;
    assert.is(await askWhetherStalled(session, undefined, signal), undefined);
    const busy = session.execute('human-monitor-command', { 'command-line': 'qemu-io node-A "sleep 8000"' });
    busy.catch(() => {});
    const found = await askWhetherStalled(session, undefined, signal);
    assert.is(found?.kind, 'monitor-stalled');
    assert.match(
      found?.seen ?? '',
      /human-monitor-command is not answered yet; what overtakes it is answered/,
    );
    const stopped = spawn('kill', ['-STOP', String(vm.pid)]);
    await new Promise(resolve => stopped.once('exit', resolve));
    assert.is((await askWhetherStalled(session, undefined, signal))?.kind, 'monitor-silent');
    await session.close();
  }));

test('storage that is nearly full is named, and so is a backing file that somebody wrote to', () =>
  withQemu(DISK, async vm => {
    const session = await openSession(vm.address, { greetingTimeout: 20_000 });
    const look = async () => {
      const schema = await session.schema();
      const limits = { timeout: 20_000 };
      const { findings } = await examine({ session, address: vm.address, clock: CLOCK, schema, limits });
      return findings.map(({ kind, about }) => `${kind} ${about}`);
    };
    await run(session, 'blockdev-snapshot-sync', {
      'node-name': 'node-A',
      'snapshot-file': 'over.qcow2',
      'snapshot-node-name': 'over',
    });
    assert.equal(await look(), []);
    const later = Date.now() / 1000 + 60;
    utimesSync(join(vm.folder, 'a.qcow2'), later, later);
    assert.equal(await look(), ['backing-written node-A']);
    truncateSync(join(vm.folder, 't.qcow2'), 64 << 20);
    await run(session, 'blockdev-add', {
      driver: 'qcow2',
      'node-name': 'small',
      file: {
        driver: 'raw',
        'node-name': 'volume',
        size: 4 << 20,
        file: { driver: 'file', filename: 't.qcow2' },
      },
    });
    await run(session, 'human-monitor-command', { 'command-line': 'qemu-io small "write 0 3600k"' });
    assert.ok((await look()).includes('image-nearly-full small'), String(await look()));
    await session.close();
  }));

test('docs/doctor.md has each kind of finding', () => {
  const page = readFileSync(join(process.cwd(), 'docs/doctor.md'), 'utf8');
  const folder = join(process.cwd(), 'src/doctor');
  const kinds = readdirSync(folder).flatMap(name => [
    ...readFileSync(join(folder, name), 'utf8').matchAll(
      /kind:[^;{}]*?'([a-z]+(?:-[a-z]+)+)'(?: : '([a-z-]+)')?/g,
    ),
  ]);
  const names = new Set(kinds.flatMap(([, one = '', other = '']) => [one, other]).filter(Boolean));
  assert.ok(names.size > 25, String(names.size));
  assert.equal(
    [...names].filter(name => !page.includes(`\`${name}\``)),
    [],
  );
});

test.run();
