// A job that stops at an error: whoever waits for it is told why, and can make it go on from where he waits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watchHalts } from '../../src/line/halts.ts';
import { Session } from '../../src/session/client.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { atPrompt, withPrompt } from '../desk.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';
import { openSession, type Qemu, withQemu } from '../qemu.ts';

const BACKUP = 'blockdev-backup device=a target=e sync=full job-id=j on-target-error';

/** A VM with the nodes a and e; the first write to e finds no room left. */
function fullDisk(run: (qemu: Qemu) => Promise<void>, more: JsonObject = {}): Promise<void> {
  const disks = [
    ['a.qcow2', '4M'],
    ['e.qcow2', '4M'],
  ] as const;
  return withQemu({ disks }, async qemu => {
    const session = await openSession(qemu.address);
    const fault = { event: 'none', iotype: 'write', errno: 28, once: true, ...more };
    const file = (filename: string): JsonObject => ({ driver: 'file', filename });
    const nodes: readonly JsonObject[] = [
      { driver: 'raw', 'node-name': 'a', file: file('a.qcow2') },
      {
        driver: 'raw',
        'node-name': 'e',
        file: { driver: 'blkdebug', image: file('e.qcow2'), 'inject-error': [fault] },
      },
    ];
    for (const node of nodes) assert.is((await session.execute('blockdev-add', node)).kind, 'success');
    await session.close();
    await run(qemu);
  });
}

const FULL = /job j has met a write error and stopped: there is no room left in its target\n/;
const WHAT = /Make room there, then job-resume id=j lets it go on; job-cancel id=j gives it\s+up\./;

test('batch says why a job that is waited for does not end, and what to do', () =>
  fullDisk(async ({ address }) => {
    const done = await qmpsh(['-c', `${BACKUP}=enospc`, '-c', '.wait job j timeout=1s', address]);
    assert.is(done.status, 4);
    assert.match(done.err, FULL);
    assert.match(done.err, WHAT);
    assert.match(done.err, /waited 1 s for job j; it is paused/);
  }));

test('an error that is no lack of room is told without a guess', () =>
  fullDisk(
    async ({ address }) => {
      const done = await qmpsh(['-c', `${BACKUP}=stop`, '-c', '.wait job j timeout=1s', address]);
      assert.match(
        done.err,
        /job j has met a write error and stopped\nMend what is wrong there, then job-resume/,
      );
    },
    { errno: 5 },
  ));

test('each stop is told once, however many errors it has; a job that ends at its error is not told', async () => {
  const fake = fakeMonitor((message, self) => {
    if (message['execute'] === 'query-block-jobs')
      self.answer([{ device: 'j', 'io-status': 'failed' }], message);
  });
  const session = await Session.open(fake, { clock: new FakeClock(), address: 'x' });
  const told: string[] = [];
  watchHalts(session, sentence => told.push(sentence));
  const error = (action: string) =>
    fake.tell({ event: 'BLOCK_JOB_ERROR', data: { device: 'j', operation: 'read', action } });
  const status = (state: string) =>
    fake.tell({ event: 'JOB_STATUS_CHANGE', data: { id: 'j', status: state } });
  for (const state of ['created', 'running', 'paused', 'running']) status(state);
  error('ignore');
  for (const times of [1, 2]) {
    error('stop');
    error('stop');
    status('paused');
    error('stop');
    for (let i = 0; i < 10; i++) await Promise.resolve();
    assert.equal(told, Array(times).fill('job j has met a read error and stopped'));
    assert.is(session.jobs.get('j')?.halted, 'read');
    status('running');
    assert.is(session.jobs.get('j')?.halted, undefined);
  }
  error('report');
  status('aborting');
  assert.is(told.length, 2);
});

for (const [line, ending] of [
  ['job-resume id=j', /100%.* done/],
  ['job-cancel id=j', /job j was cancelled/],
] as const)
  test(`a page waits for a job that stops: ${line} passes it, other lines wait`, () =>
    fullDisk(async ({ address }) => {
      const folder = mkdtempSync(join(tmpdir(), 'qp-'));
      const page = join(folder, 'copy.md');
      writeFileSync(page, `# Copy\n\n\`\`\`qmp\n(QEMU) ${BACKUP}=enospc\n\`\`\`\n`);
      await withPrompt(address, async screen => {
        screen.type(`.play ${page}\r`);
        await screen.waitFor(FULL);
        await screen.waitFor(WHAT);
        screen.type('query-name\r');
        await screen.waitFor(/^then query-name$/m);
        screen.type(`${line}\r`);
        await screen.waitFor(shown => atPrompt(shown) && /query-name\n\{\}/.test(shown.text().join('\n')));
        const all = screen.lines().join('\n');
        assert.match(all, new RegExp(`\\(QEMU\\) ${line}\\n(.|\\n)*\\(QEMU\\) query-name\\n`));
        assert.match(all, ending, all);
      }).finally(() => rmSync(folder, { recursive: true, force: true }));
    }));

test('job-complete typed while one waits for ready is meant for then', () =>
  fullDisk(async ({ address }) => {
    await withPrompt(address, async screen => {
      screen.type('blockdev-mirror device=a target=e sync=full job-id=j on-target-error=report speed=1\r');
      await screen.waitFor(atPrompt);
      screen.type('.wait job j ready\r');
      await screen.waitFor(/waiting for job j ready/);
      screen.type('job-complete id=j\r');
      await screen.waitFor(/^then job-complete id=j$/m);
      screen.type('block-job-set-speed device=j speed=0\r');
      await screen.waitFor(/\(QEMU\) block-job-set-speed/);
    });
  }));

test.run();
