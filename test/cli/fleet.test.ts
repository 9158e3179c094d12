// Lines and pages on several monitors at once: real QEMUs, one that is not there, one that refuses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, type Done, qmpsh, type RunOptions } from '../command.ts';
import { openSession, type Qemu, startQemu } from '../qemu.ts';
import { withScreen } from '../screen.ts';

const folder = mkdtempSync(join(tmpdir(), 'qs-'));
const vms: Qemu[] = [];
/** Their monitors by name, as options. */
let on: readonly string[] = [];

test.before(async () => {
  vms.push(...(await Promise.all([0, 1, 2].map(() => startQemu()))));
  on = vms.flatMap(({ address }, i) => ['--on', `${'abc'[i]}=${address}`]);
  writeFileSync(join(folder, 'p.md'), PAGE);
  writeFileSync(
    join(folder, 'hosts'),
    `# the VMs\na=${vms[0]?.address} node=x\n\n${vms[1]?.address} node=y\nc=${vms[2]?.address} 'node=z'\n`,
  );
});
test.after(async () => {
  await Promise.all(vms.map(vm => vm.close()));
  rmSync(folder, { recursive: true, force: true });
});

const PAGE = `---
params:
  node: { help: a node }
---
\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=$node
$ echo made $node
(QEMU) query-named-block-nodes flat=true
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=$node
\`\`\`
`;

const run = (args: readonly string[], options: RunOptions = {}): Promise<Done> =>
  qmpsh(args, { cwd: folder, ...options });
const rows = (text: string) => text.trim().split('\n').sort();
const json = (text: string) => rows(text).map(row => JSON.parse(row));

/** The nodes of each VM, which are taken away. */
async function nodes(): Promise<readonly string[]> {
  const all = await Promise.all(
    vms.map(async ({ address }) => {
      const session = await openSession(address);
      const reply = await session.execute('query-named-block-nodes', { flat: true });
      const names = JSON.stringify(reply.raw).match(/(?<="node-name":")[^"]+/g) ?? [];
      for (const name of names) await session.execute('blockdev-del', { 'node-name': name });
      await session.close();
      return names.join(' ');
    }),
  );
  return all;
}

test('lines run on each, their rows are marked, one that is not there does not touch the others', async () => {
  const done = await run(['-c', 'query-name', '-c', 'query-uuid | wc -l', ...on, '--on', './nosuch']);
  assert.equal(
    rows(done.out),
    ['a', 'b', 'c'].flatMap(name => [`${name}: 3`, `${name}: {"return": {}}`]),
    done.err,
  );
  assert.match(done.err, /^\.\/nosuch: qmpsh: there is no socket/m);
  assert.match(done.err, /^\.\/nosuch: exit status 3\n4 monitors: 3 well, 1 failed$/m);
  assert.is(done.status, 3);
});

test('--json: the address is in each row, in those of problems and of exit statuses, too', async () => {
  const done = await run(['--json', '-c', 'query-name', '-c', 'nosuch', ...on.slice(0, 4)]);
  const addresses = vms.slice(0, 2).map(vm => vm.address);
  assert.is(done.status, 1);
  assert.equal(new Set(json(done.out).map(row => row.address)), new Set(addresses));
  assert.is(json(done.out).length, 4);
  for (const row of json(done.err)) assert.ok(addresses.includes(row.address), JSON.stringify(row));
  assert.equal(
    json(done.err).flatMap(row => row.exit ?? []),
    [1, 1],
  );
});

test('a page is played on each with its own values; the worst exit status is that of all', async () => {
  const done = await run(['play', 'p.md', '--hosts', 'hosts', '--allow-shell']);
  assert.is(done.status, 0, done.err);
  for (const [name, node] of [
    ['a', 'x'],
    [vms[1]?.address, 'y'],
    ['c', 'z'],
  ])
    assert.ok(done.out.includes(`\n${name}: made ${node}\n`), done.out);
  assert.equal(await nodes(), ['x', 'y', 'z']);
});

test('where it fails it is undone, and nowhere else', async () => {
  const session = await openSession(vms[1]?.address ?? '');
  await session.execute('blockdev-add', { driver: 'null-co', 'node-name': 'n' });
  await session.close();
  const done = await run(['play', 'p.md', 'node=n', ...on, '--allow-shell', '--json']);
  assert.is(done.status, 1);
  assert.equal(
    json(done.err)
      .map(row => [row.address, row.exit])
      .sort(),
    vms.map(({ address }, i) => [address, i === 1 ? 1 : 0]).sort(),
  );
  assert.equal(await nodes(), ['n', 'n', 'n']);
});

test('--parallel and --fail-fast: after a failure no further one is begun', async () => {
  const args = ['-c', 'query-name', '--on', './nosuch', ...on, '--parallel', '1'];
  const done = await run([...args, '--fail-fast']);
  assert.is(done.out, '');
  assert.match(done.err, /^a: not begun\nb: not begun\nc: not begun\n4 monitors: 1 failed, 3 not begun$/m);
  assert.is(done.status, 3);
  assert.is(rows((await run(args)).out).length, 3);
});

test('at a terminal the consent and a missing value are asked once, and each monitor has a row', () =>
  withScreen(
    { command: process.execPath, args: [BIN, 'play', join(folder, 'p.md'), ...on], cwd: folder },
    async screen => {
      await screen.waitFor(/node/);
      screen.type('q\r');
      await screen.waitFor(/runs on this host[\s\S]*\$ echo made q\n.*Run them\? \[y\/N\]/);
      screen.type('y\r');
      await screen.waitForExit();
      const shown = screen.lines().join('\n');
      assert.match(shown, /3 monitors: 3 well/);
      assert.is(shown.match(/Run them\?/g)?.length, 1);
      assert.match(screen.raw(), /a {2,}(connects|waits|runs)/);
      assert.equal(await nodes(), ['q', 'q', 'q']);
    },
  ));

test('a monitor that hangs has its row, and Ctrl-C ends the waiting for all', async () => {
  process.kill(vms[0]?.pid ?? 0, 'SIGSTOP');
  try {
    await withScreen(
      { command: process.execPath, args: [BIN, '--timeout', '20s', '-c', 'query-name', ...on], cwd: folder },
      async screen => {
        await screen.waitFor(/^a +connects\nb +done\nc +done/m);
        screen.key('C-c');
        assert.is((await screen.waitForExit()).code, 130);
      },
    );
  } finally {
    process.kill(vms[0]?.pid ?? 0, 'SIGCONT');
  }
});

const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
  [['--parallel', '2', '-c', 'x', './a'], /--parallel is for several monitors\nName them by --on/],
  [['--fail-fast', 'play', 'p.md', './a'], /--fail-fast is for several monitors/],
  [['--on', './a', '-c', 'x', '--parallel', '0'], /--parallel wants a number from 1 to 9999, not 0/],
  [['--on', './a'], /several monitors have no prompt\nGive the lines with -c/],
  [['--on', './a', '--on', './a', '-c', 'x'], /\.\/a is there twice\nA monitor serves one client/],
  [['--on', 'x=./a', '--on', 'x=./b', '-c', 'x'], /x is there twice/],
  [['--on', './a', '-c', 'x', './b'], /either an address \(\.\/b\) or --on/],
  [['--on', './a', '-c', 'x', '-l', 'log'], /--logfile is for one monitor/],
  [['--on', '', '-c', 'x'], /--on: there is no address/],
  [['--on', './a b', '-c', 'x'], /behind the address stand values, name=value; what is b\?/],
  [['--hosts', 'nosuch', '-c', 'x'], /cannot read nosuch:.*\nIt has one monitor a row/],
  [['--hosts', 'empty', '-c', 'x'], /empty names no monitor/],
  [['--hosts', 'runs', '-c', 'x'], /runs:2: this address runs a command on this host\n--allow-shell lets it/],
  [['play', 'p.md', '--on', './a', '--step'], /--step and several monitors exclude each other/],
  [['play', 'p.md', '--on', './a', '--html', 'x'], /--html is for one monitor/],
  [['play', 'p.md', '--on', 'x=./a', '--on', './b node=n'], /x: .*node/],
  [['check', 'p.md', '--on', './a'], /--on belongs to qmpsh ADDRESS and qmpsh play/],
];
test('what cannot be meant has its sentence, and connects to nobody', async () => {
  writeFileSync(join(folder, 'empty'), '# nobody\n');
  writeFileSync(join(folder, 'runs'), '\nx=exec:touch ran\n');
  for (const [args, says] of WRONG) {
    const done = await run(args);
    assert.is(done.status, 2, args.join(' '));
    assert.match(done.err, says);
  }
});

test.run();
