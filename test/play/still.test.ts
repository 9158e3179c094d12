// A guest that stands still for the moment of a backup: the real qemu-ga, whose freezing is a stand-in's. Whatever ends the page, the
// guest is let go.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject, parseJson } from '../../src/text/json.ts';
import { type Agent, startAgent } from '../agent.ts';
import { type Done, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';

const isLinux = process.platform === 'linux';

/** On another system there is no qemu-ga. */
function still(
  name: string,
  run: (stand: Stand, agent: Agent) => Promise<void>,
  disks: readonly string[] = [],
): void {
  if (!isLinux) return;
  test(name, () =>
    onStand(
      async stand => {
        const agent = await startAgent(stand.vm.folder);
        await run(stand, agent).finally(() => agent.close());
      },
      { disk: '8M', disks },
    ),
  );
}

const flat = ({ out, err }: Done) => (out + err).replaceAll(/\s+/g, ' ');

function well(done: Done): string {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
  return flat(done);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > 30_000) throw new Error(`never: ${what}`);
    await new Promise(resume => setTimeout(resume, 10));
  }
}

/** File and label of the points. */
async function labels({ vm }: Stand): Promise<readonly string[]> {
  const { out } = await qmpsh(['points', '--json', vm.folder]);
  const rows = out.trimEnd().split('\n').map(parseJson).filter(isObject);
  return rows.filter(row => row['point'] !== null).map(row => `${row['file']} ${row['consistent']}`);
}

const ASKED = [
  'guest-sync-delimited',
  'guest-fsfreeze-status',
  'guest-fsfreeze-freeze',
  'guest-fsfreeze-thaw',
];

still(
  'points of a still guest are consistent, and it stands still until all backups have begun',
  async (stand, agent) => {
    const { play, vm, value, quit } = stand;
    const disks = ['moment', vm.address, 'nodes=node-A,node-B', '--allow-shell'];
    let begun: readonly string[] = [];
    agent.beforeThaw = async () => {
      const jobs = await value('query-jobs');
      begun = isArray(jobs) ? jobs.map(job => String(isObject(job) && job['type'])) : [];
    };
    well(await play([...disks, 'name=sun', 'agent=agent.sock', 'speed=2M']));
    assert.equal(begun, ['backup', 'backup']);
    assert.equal(agent.log, ASKED);
    agent.beforeThaw = async () => {};
    well(await play([...disks, 'name=mon']));
    assert.is(agent.log.length, 4);
    agent.counts = { freeze: 2, thaw: 1 };
    const told = well(await play([...disks, 'name=tue', 'agent=agent.sock']));
    assert.match(
      told,
      /warning: of 2 file systems that were frozen only 1 still were: .*crash-consistent only/,
    );
    agent.counts = { freeze: 0, thaw: 0 };
    const none = await play([
      'incremental',
      vm.address,
      'action=next',
      'node=node-A',
      'file=w.qcow2',
      'agent=agent.sock',
      '--allow-shell',
    ]);
    assert.match(well(none), /warning: the agent has frozen no file system/);
    agent.counts = { freeze: 1, thaw: 1 };
    well(
      await play([
        'incremental',
        vm.address,
        'action=next',
        'node=node-A',
        'file=x.qcow2',
        'agent=agent.sock',
        '--allow-shell',
      ]),
    );
    assert.not(agent.frozen);
    await quit();
    assert.equal(await labels(stand), [
      ...[
        'node-A-sun.qcow2 true',
        'node-B-sun.qcow2 true',
        'node-A-mon.qcow2 false',
        'node-B-mon.qcow2 false',
      ],
      ...['node-A-tue.qcow2 false', 'node-B-tue.qcow2 false', 'w.qcow2 false', 'x.qcow2 true'],
    ]);
    const table = await qmpsh(['points', vm.folder]);
    assert.match(table.out, /node-A-sun\.qcow2 +full +consistent/);
    assert.match(table.out, /w\.qcow2 +since node-A-tue\.qcow2 +crash-consistent/);
    // A full point that is made of others is as consistent as it was.
    assert.is((await qmpsh(['points', '--keep-points', '1', '--yes', vm.folder])).status, 0);
    assert.equal(await labels(stand), ['node-B-tue.qcow2 false', 'x.qcow2 true']);
  },
  ['4M'],
);

still(
  'an agent that does not answer, or whose guest is frozen already, is told, and nothing is left',
  async (stand, agent) => {
    const { play, state, vm } = stand;
    const before = await state();
    const refused = async (message: RegExp) => {
      const done = await play([
        'moment',
        vm.address,
        'nodes=node-A',
        'name=sun',
        'agent=agent.sock',
        '--allow-shell',
      ]);
      assert.is(done.status, 1, done.out + done.err);
      assert.match(flat(done), message);
      assert.match(flat(done), /Everything this page did is undone/);
      assert.is(await state(), before);
    };
    agent.silent = ['guest-sync-delimited'];
    await refused(/failed .*the guest's agent has not answered within 5 s/);
    agent.silent = [];
    agent.frozen = true;
    await refused(/the guest is frozen already, by somebody else/);
    assert.ok(agent.frozen);
  },
);

function page(stand: Stand, ...steps: string[]): string {
  const lines = steps.map(step => (step.startsWith('$') ? step : `(QEMU) ${step}`)).join('\n');
  writeFileSync(join(stand.vm.folder, 'still.md'), `# Still\n\n\`\`\`qmp\n${lines}\n\`\`\`\n`);
  return './still.md';
}

still('a page that fails, is late, or is left in the middle lets the guest go', async (stand, agent) => {
  const { play, vm } = stand;
  const run = (...steps: string[]) => play([page(stand, ...steps), vm.address, '--allow-shell']);
  const failed = await run('.freeze agent=agent.sock', 'blockdev-del node-name=nothing', '.thaw');
  assert.is(failed.status, 1);
  assert.match(flat(failed), /undone \.thaw/);
  assert.not(agent.frozen);
  const late = await run('.freeze agent=agent.sock limit=300ms', '.wait RESUME timeout=1s');
  assert.is(late.status, 4, late.out + late.err);
  assert.not(agent.frozen);
  const slow = await run(
    '.freeze agent=agent.sock limit=300ms',
    '$ sleep 1',
    '.thaw',
    '.expect consistent == false',
  );
  assert.match(well(slow), /warning: time was over, and the guest was let go before/);
  well(await run('.freeze agent=agent.sock'));
  assert.not(agent.frozen);
  agent.silent = ['guest-fsfreeze-freeze'];
  const thaws = agent.log.filter(name => name === 'guest-fsfreeze-thaw').length;
  const dumb = await run('.freeze agent=agent.sock limit=300ms', '.thaw');
  assert.match(flat(dumb), /failed .*the agent has not frozen the guest within \d+ s/);
  assert.is(agent.log.filter(name => name === 'guest-fsfreeze-thaw').length, thaws + 1);
  let shell = 0;
  const stopped = play([page(stand, '.freeze agent=agent.sock', '.thaw'), vm.address], {
    started: pid => {
      shell = pid;
    },
  });
  const asked = agent.log.length;
  await until('asked to freeze', () => agent.log.slice(asked).includes('guest-fsfreeze-freeze'));
  process.kill(shell, 'SIGINT');
  assert.is((await stopped).status, 130);
  assert.ok(agent.log.slice(asked).includes('guest-fsfreeze-thaw'));
  agent.silent = [];
  const twice = await run('.thaw');
  assert.match(flat(twice), /the guest was not frozen/);
  const wrong = await run('.freeze');
  assert.match(flat(wrong), /\.freeze wants the address of a guest agent/);
  const other = await run('.freeze agent=exec:true');
  assert.match(flat(other), /failed/);
});

still('a connection to the agent that breaks is made anew, and the guest let go', async (stand, agent) => {
  const { play, vm } = stand;
  const done = play([
    page(stand, '.freeze agent=agent.sock', '.wait RESUME', '.thaw', '.expect consistent == true'),
    vm.address,
  ]);
  await until('frozen', () => agent.frozen);
  agent.hangUp();
  await stand.session.execute('cont');
  well(await done);
  assert.not(agent.frozen);
});

still('the guest is let go after each signal, SIGKILL too, and when QEMU is gone', async (stand, agent) => {
  const { play, vm } = stand;
  const steps = page(stand, '.freeze agent=agent.sock', '.wait RESUME', '.thaw');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'QEMU'] as const) {
    let shell = 0;
    const done = play([steps, vm.address], {
      started: pid => {
        shell = pid;
      },
    });
    await until(`frozen for ${signal}`, () => agent.frozen);
    process.kill(signal === 'QEMU' ? vm.pid : shell, signal === 'QEMU' ? 'SIGKILL' : signal);
    await until(`thawed after ${signal}`, () => !agent.frozen);
    const { out, err } = await done;
    if (signal !== 'SIGKILL') assert.match(out + err, /undone +\.thaw/, `${signal}: ${out}${err}`);
  }
});

test.run();
