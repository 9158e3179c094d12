// A play whose shell is killed: the next start on that VM tells what it did, and undoes, finishes or forgets it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject, member } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { withPrompt } from '../desk.ts';
import { openSession, type Qemu, withQemu } from '../qemu.ts';

const DISK = {
  disks: [['a.qcow2', '39M']],
  args: [
    '-blockdev',
    '{"driver":"qcow2","node-name":"node-A","file":{"driver":"file","filename":"a.qcow2"}}',
    '-device',
    'virtio-blk-pci,id=virtio0,drive=node-A',
  ],
} as const;

interface Place {
  readonly vm: Qemu;
  readonly env: NodeJS.ProcessEnv;
  /** Where the journals are. */
  readonly journals: string;
  readonly run: (line: string) => ReturnType<typeof qmpsh>;
}

function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qj-'));
  const env = { XDG_STATE_HOME: home };
  return withQemu(DISK, vm =>
    body({
      vm,
      env,
      journals: join(home, 'qmpsh/plays'),
      run: line => qmpsh(['-y', '-c', line, vm.address], { cwd: vm.folder, env }),
    }),
  ).finally(() => rmSync(home, { recursive: true, force: true }));
}

/** Plays, and kills the shell when it has printed a text. */
async function kill({ vm, env }: Place, page: string, values: readonly string[], at: string): Promise<void> {
  let seen = false;
  const done = await qmpsh(['play', page, vm.address, '-y', ...values], {
    cwd: vm.folder,
    env,
    onOutput: (out, pid) => {
      if (seen || !out.includes(at)) return;
      seen = true;
      process.kill(pid, 'SIGKILL');
    },
  });
  assert.ok(seen, `${at} was not seen: ${done.out}${done.err}`);
  // What was sent may still be on its way.
  const session = await openSession(vm.address, { greetingTimeout: 20_000 });
  await session.close();
}

/** Nodes and jobs that are there, names that QEMU gave left out. */
async function state(vm: Qemu): Promise<string> {
  const session = await openSession(vm.address, { greetingTimeout: 20_000 });
  const names = async (command: string, args: object, key: string) => {
    const reply = await session.execute(command, { ...args });
    const list = reply.kind === 'success' && isArray(reply.value) ? reply.value : [];
    return list
      .flatMap(one => (isObject(one) ? [String(member(one, key))] : []))
      .filter(one => !one.startsWith('#'));
  };
  const nodes = await names('query-named-block-nodes', { flat: true }, 'node-name');
  const jobs = await names('query-jobs', {}, 'id');
  await session.close();
  return [...nodes, ...jobs].sort().join(' ');
}

const left = ({ journals }: Place) => (existsSync(journals) ? readdirSync(journals) : []);

/** The page, its values, and where it is killed. */
const KILLED: readonly (readonly [page: string, values: readonly string[], at: string])[] = [
  ['mirror', ['node=node-A', 'file=copy.qcow2', 'then=complete'], '(QEMU) blockdev-create'],
  ['mirror', ['node=node-A', 'file=copy.qcow2', 'then=complete'], '(QEMU) blockdev-add driver=qcow2'],
  ['mirror', ['node=node-A', 'file=copy.qcow2', 'speed=1M'], '(QEMU) blockdev-mirror'],
  ['backup', ['node=node-A', 'file=copy.qcow2', 'speed=1M'], '(QEMU) blockdev-backup'],
  ['pull', ['node=node-A', 'socket=pull.sock'], '(QEMU) block-export-add'],
];

for (const [page, values, at] of KILLED)
  test(`${page} is killed at ${at}, and undone by another shell`, () =>
    withPlace(async place => {
      const before = await state(place.vm);
      await kill(place, page, values, at);
      assert.is(left(place).length, 1);
      const told = await place.run('.unfinished');
      assert.is(told.status, 0, told.err);
      assert.match(told.out + told.err, '.unfinished undo');
      const undone = await place.run('.unfinished undo');
      assert.is(undone.status, 0, undone.out + undone.err);
      assert.is(await state(place.vm), before, undone.out + undone.err);
      assert.not(existsSync(join(place.vm.folder, 'copy.qcow2')), undone.out + undone.err);
      assert.equal(left(place), []);
      assert.match((await place.run('.unfinished')).err, 'no page was broken off on this VM');
    }));

test('a page that was killed while its job ran goes on when the job is done', () =>
  withPlace(async place => {
    const values = ['node=node-A', 'file=copy.qcow2', 'then=complete', 'speed=16M'];
    await kill(place, 'mirror', values, '(QEMU) blockdev-mirror');
    // Its command was sent as it was printed; where QEMU did not get it, there is nothing to go on with.
    const found = await place.run('.unfinished finish');
    const graph = await place.run('query-block');
    if (found.status === 0) assert.match(graph.out, 'mirror-');
    else assert.match(found.out + found.err, 'whether this was done is not known');
    assert.is(left(place).length, found.status === 0 ? 0 : 1);
  }));

test('where it is not known whether a step was done, nothing goes on; it can be forgotten', () =>
  withPlace(async place => {
    const page = join(place.vm.folder, 'page.md');
    writeFileSync(
      page,
      [
        '```qmp',
        '(QEMU) block-dirty-bitmap-add node=node-A name=one',
        '$ echo begun; sleep 20',
        '(QEMU) block-dirty-bitmap-add node=node-A name=two',
        '```',
        '```qmp on-failure',
        '(QEMU) block-dirty-bitmap-remove node=node-A name=one',
        '```',
      ].join('\n'),
    );
    await kill(place, './page.md', [], 'begun');
    const before = await place.run('query-block');
    const stuck = await place.run('.unfinished finish');
    assert.is(stuck.status, 1, stuck.out);
    assert.match(stuck.out + stuck.err, 'whether this was done is not known: echo begun; sleep 20');
    assert.is((await place.run('query-block')).out, before.out);
    assert.is(left(place).length, 1);
    const found = await qmpsh(['doctor', place.vm.address], { cwd: place.vm.folder, env: place.env });
    assert.match(found.out, /A page was broken off here after 2 steps/);
    writeFileSync(page, readFileSync(page, 'utf8').replace('name=two', 'name=three'));
    const changed = await place.run('.unfinished undo');
    assert.match(changed.err, 'was changed since it was played');
    assert.is((await place.run('.unfinished forget')).status, 0);
    assert.equal(left(place), []);
    assert.is((await place.run('query-block')).out, before.out);
  }));

test("the journal is its owner's alone, has stars for secrets, and tells the next prompt", () =>
  withPlace(async place => {
    const page = join(place.vm.folder, 'page.md');
    writeFileSync(
      page,
      [
        '---',
        'params:',
        '  password: { help: a secret }',
        '---',
        '```qmp',
        '(QEMU) object-add qom-type=secret id=sec0 data=$password',
        '$ echo begun; sleep 20',
        '```',
        '```qmp on-failure',
        '(QEMU) object-del id=sec0',
        '```',
      ].join('\n'),
    );
    await kill(place, './page.md', ['password=hunter2hunter2'], 'begun');
    const [name = ''] = left(place);
    const path = join(place.journals, name);
    assert.is(statSync(path).mode & 0o777, 0o600);
    assert.not.match(readFileSync(path, 'utf8'), 'hunter2');
    await withPrompt(
      place.vm.address,
      async screen => {
        await screen.waitFor(/A page was broken off here after 2 steps/);
      },
      { env: place.env },
    );
    assert.match((await place.run('.unfinished finish')).err, 'secrets, which are not kept');
    const undone = await place.run('.unfinished undo');
    assert.is(undone.status, 0, undone.out + undone.err);
    assert.match(undone.out + undone.err, 'object-del id=sec0');
    assert.match((await place.run('qom-list path=/objects')).out, /^(?!.*sec0)/);
  }));

test('lines and pages without a prompt tell of it in one row of standard error, and of nothing else', () =>
  withPlace(async place => {
    const { vm, env } = place;
    const told = (row: string) => {
      assert.match(row, /^a page was broken off on this VM after \d+ steps: Mirror/);
      assert.match(row, `qmpsh -c .unfinished ${vm.address} tells what it did`);
    };
    const asked = await place.run('query-status');
    assert.is(asked.err, '');
    await kill(place, 'mirror', ['node=node-A', 'file=copy.qcow2', 'speed=1M'], '(QEMU) blockdev-mirror');
    const run = (...args: readonly string[]) => qmpsh([...args, vm.address], { cwd: vm.folder, env });
    const line = await run('-c', 'query-status');
    assert.is(line.out, asked.out);
    assert.is(line.err.trimEnd().split('\n').length, 1);
    told(line.err);
    const input = await qmpsh([vm.address], { cwd: vm.folder, env, input: 'query-status\n' });
    assert.is(input.out, asked.out);
    told(input.err);
    const json = await run('--json', '-c', 'query-status');
    assert.is(json.out, asked.out);
    told(JSON.parse(json.err).note);
    const page = join(vm.folder, 'page.md');
    writeFileSync(page, '```qmp\n(QEMU) query-status\n```\n');
    const played = await run('play', page);
    assert.not.match(played.out, 'broken off');
    told(played.err);
    const rows = await run('play', page, '--json');
    for (const row of rows.out.trim().split('\n')) assert.ok(JSON.parse(row));
    assert.not.match(rows.out, 'broken off');
    told(JSON.parse(rows.err).note);
    // What it says is to be done can be done as it stands, and is not told of itself.
    const [, what = ''] = /qmpsh -c (\S+) /.exec(line.err) ?? [];
    const deeds = await run('-c', what);
    assert.not.match(deeds.err, 'on this VM after');
    assert.match(deeds.err, '.unfinished undo');
    assert.is((await run('-y', '-c', '.unfinished undo')).status, 0);
    assert.is((await run('-c', 'query-status')).err, '');
  }));

test('a play that ends, well or not, leaves no journal', () =>
  withPlace(async place => {
    const { vm, env } = place;
    const play = (...values: readonly string[]) =>
      qmpsh(['play', 'backup', vm.address, '-y', ...values], { cwd: vm.folder, env });
    assert.is((await play('node=node-A', 'file=copy.qcow2')).status, 0);
    assert.equal(left(place), []);
    assert.is((await play('node=node-A', 'file=copy.qcow2')).status, 1);
    assert.equal(left(place), []);
  }));

test.run();
