// For how long a job has waited: what a connection has seen, what a second look shows, and no more than that.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lasting } from '../../src/doctor/chart.ts';
import { examine } from '../../src/doctor/examine.ts';
import { jobFindings } from '../../src/doctor/jobs.ts';
import { isTaken } from '../../src/io/clients.ts';
import { CLOCK } from '../../src/io/clock.ts';
import type { Session } from '../../src/session/client.ts';
import { qmpsh } from '../command.ts';
import { openSession, withQemu } from '../qemu.ts';
import { EMPTY, job } from './charts.ts';
import { DISK, run } from './faults.ts';

/** What is known, and what stands behind "waits for a decision". */
const READY: readonly (readonly [lasting: Lasting | undefined, said: string, seconds: number | undefined])[] =
  [
    [undefined, '', undefined],
    [{ ms: 600, entered: false }, '', undefined],
    [{ ms: 600, entered: true }, '', undefined],
    [{ ms: 5400, entered: false }, ', for at least 5 s', 5],
    [{ ms: 80_000, entered: true }, ', for 1 min 20 s now', 80],
  ];

for (const [lasting, said, seconds] of READY)
  test(`a mirror that is ready${said}`, () => {
    const look = [job({ status: 'ready' })];
    const known = new Map(lasting === undefined ? [] : [['job0', lasting] as const]);
    const [found] = jobFindings({ ...EMPTY, looks: [look, look], lasting: known });
    assert.is(found?.seen, `the mirror job0 is ready and waits for a decision${said}`);
    assert.is(found?.seconds, seconds);
    const unknown = seconds === undefined && lasting?.entered !== true;
    assert.is(/Since when, QEMU does not tell/.test(found?.why ?? ''), unknown);
  });

test('one that runs is not said to last, however long it is seen', () => {
  const looks = [[job({})], [job({})]];
  const lasting = new Map([['job0', { ms: 9000, entered: true }]]);
  const [found] = jobFindings({ ...EMPTY, looks, lasting });
  assert.is(found?.kind, 'job-stuck');
  assert.is(found?.seconds, undefined);
});

async function mirror(session: Session): Promise<void> {
  const file = { driver: 'file', filename: 't.qcow2' };
  await run(session, 'blockdev-add', { driver: 'qcow2', 'node-name': 'node-T', file });
  const { end } = session.events;
  await run(session, 'blockdev-mirror', {
    device: 'node-A',
    target: 'node-T',
    sync: 'full',
    'job-id': 'job0',
  });
  await session.waitFor(({ name }) => name === 'BLOCK_JOB_READY', { since: end, timeout: 20_000 });
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test('a connection that saw it become ready knows since when; one that came later, that it was before', () =>
  withQemu({ ...DISK, args: [...(DISK.args ?? []), '-qmp', 'unix:second,server=on,wait=off'] }, async vm => {
    const before = await openSession(vm.address, { greetingTimeout: 20_000 });
    await mirror(before);
    const later = await openSession(join(vm.folder, 'second'), { greetingTimeout: 20_000 });
    await run(later, 'query-jobs');
    await pause(1500);
    const look = async (session: Session) => {
      const limits = { timeout: 20_000 };
      const schema = await session.schema();
      const { findings } = await examine({ session, address: vm.address, clock: CLOCK, schema, limits });
      return findings.map(({ seen }) => seen).join();
    };
    assert.match(await look(before), /^the mirror job0 is ready and waits for a decision, for [\d.]+ s now$/);
    assert.match(await look(later), /waits for a decision, for at least [\d.]+ s$/);
    await before.close();
    await later.close();
  }));

test('from outside, --for says that it was so all the time; and who else is there is told', () =>
  withQemu({ ...DISK, args: [...(DISK.args ?? []), '-qmp', 'unix:second,server=on,wait=off'] }, async vm => {
    const session = await openSession(vm.address, { greetingTimeout: 20_000 });
    await mirror(session);
    await session.close();
    const rows = async (...args: readonly string[]) => {
      const { out, status, err } = await qmpsh(['doctor', vm.address, '--json', ...args]);
      assert.is(status, 1, out + err);
      return out
        .trim()
        .split('\n')
        .map(row => JSON.parse(row));
    };
    const [once] = await rows();
    assert.is(once.finding, 'job-ready');
    assert.is(once.seconds, undefined);
    assert.match(once.why, /Since when, QEMU does not tell; --for 30s watches whether it stays so\.$/);
    const [watched] = await rows('--for', '2s');
    assert.match(watched.seen, /, for at least 2 s$/);
    assert.is(watched.seconds, 2);
    const second = join(vm.folder, 'second');
    const other = spawn(process.execPath, ['-e', `require("net").connect(${JSON.stringify(second)})`], {
      stdio: 'ignore',
    });
    for (let tries = 0; isTaken(second, vm.pid) !== true; tries++) {
      assert.ok(tries < 400);
      await pause(50);
    }
    const [shared] = await rows();
    assert.match(
      shared.why,
      /node \(process \d+\) is connected to another monitor of the VM, \S+\/second, and may/,
    );
    other.kill('SIGKILL');
  }));

test('what goes on while it is looked at is not told as waiting', () =>
  withQemu({ ...DISK, args: [...(DISK.args ?? []), '-qmp', 'unix:second,server=on,wait=off'] }, async vm => {
    const session = await openSession(vm.address, { greetingTimeout: 20_000 });
    await mirror(session);
    await session.close();
    const watching = qmpsh(['doctor', vm.address, '--json', '--for', '5s']);
    const other = await openSession(join(vm.folder, 'second'), { greetingTimeout: 20_000 });
    await pause(1500);
    await run(other, 'job-complete', { id: 'job0' });
    await other.close();
    const { out } = await watching;
    assert.not.match(out, /job-ready/);
  }));

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['doctor', '--for', '2x', '/nowhere'], /--for 2x is no time/],
  [['doctor', '--for'], /--for/],
  [['play', 'backup', '--for', '2s'], /--for belongs to|--for/],
];

for (const [args, says] of WRONG)
  test(`bad usage: ${args.join(' ')}`, async () => {
    const { status, err } = await qmpsh(args);
    assert.is(status, 2, err);
    assert.match(err, says);
  });

test.run();
