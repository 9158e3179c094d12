// Backups to real NBD servers, raw copies, compressed images: each holds what the disk did, and where one cannot be made the cause
// is told, and what is left.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Done, qmpsh } from '../command.ts';
import { type NbdServer, serve } from '../nbd.ts';
import { onStand, type Stand } from '../plays.ts';

const MIB = 1024 * 1024;
const ROOM = 10 * MIB;

function on(
  exports: Readonly<Record<string, number>>,
  run: (stand: Stand, server: NbdServer) => Promise<void>,
  single = false,
) {
  return () =>
    onStand(
      async stand => {
        const server = await serve({ folder: stand.vm.folder, exports, single });
        await run(stand, server).finally(server.kill);
      },
      { disk: '8M', disks: ['4M'] },
    );
}

const flat = ({ out, err }: Done) => (out + err).replaceAll(/\s+/g, ' ');

function well(done: Done): string {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
  return flat(done);
}

const one = ({ play, vm }: Stand, action: string, ...args: string[]) =>
  play(['incremental', vm.address, `action=${action}`, 'node=node-A', '--allow-shell', ...args]);

/** Compares images of the folder, which the server's clients have closed. */
function same({ vm }: Stand, disk: string, image: string, format: string): string {
  const args = ['compare', '-U', '-f', 'qcow2', disk, '-F', format, image];
  return spawnSync('qemu-img', args, { cwd: vm.folder, encoding: 'utf8' }).stdout.trim();
}

const IDENTICAL = 'Images are identical.';

test(
  'a series that goes from a file to exports and back is one series, and each point is restored',
  on({ mon: ROOM, 'd/tue': ROOM }, async (stand, server) => {
    const { guest, play, vm, quit, state } = stand;
    well(await one(stand, 'start', 'file=full.qcow2'));
    await guest('write -P 0x61 1M 64k');
    const nowhere = await one(stand, 'next', `target=${server.uri('mon')}`);
    assert.match(
      flat(nowhere),
      /an image at an NBD server cannot say where full\.qcow2 is Give the whole path of the parent: previous=/,
    );
    well(await one(stand, 'next', `target=${server.uri('mon')}`, `previous=${vm.folder}/full.qcow2`));
    await guest('write -P 0x62 2M 64k');
    well(await one(stand, 'next', `target=${server.uri('d/tue')}`, 'compress=yes'));
    await guest('write -P 0x63 3M 64k');
    well(await one(stand, 'next', 'file=wed.qcow2', 'compress=yes'));
    const last = `previous=${vm.folder}/wed.qcow2`;
    const over = await one(stand, 'next', `target=${server.uri('mon')}`, last);
    assert.is(over.status, 1);
    assert.match(
      flat(over),
      /failed .*the export holds a qcow2 image already: a point.* Name another export, or overwrite=yes/,
    );
    assert.match(await state(), /^node-A node-B\n\n/);
    well(
      await play(['restore', vm.address, `point=${server.uri('d/tue')}`, 'to=out.qcow2', '--allow-shell']),
    );
    const listed = await qmpsh(['points', vm.folder], { cwd: vm.folder });
    assert.match(listed.out, /wed\.qcow2 +since d-tue\.img .* good/);
    await quit();
    assert.is(same(stand, 'a.qcow2', 'wed.qcow2', 'qcow2'), IDENTICAL);
    assert.ok(stand.holds('out.qcow2', 0x62, '2M 64k'));
    assert.not(stand.holds('out.qcow2', 0x63, '3M 64k'));
  }),
);

test(
  'a full point goes to a qemu-nbd that ends with its first client',
  on(
    { full: ROOM },
    async (stand, server) => {
      well(await one(stand, 'start', `target=${server.uri('full')}`, 'compress=yes'));
      await stand.quit();
      assert.is(same(stand, 'a.qcow2', server.file('full'), 'qcow2'), IDENTICAL);
    },
    true,
  ),
);

test(
  'several disks go to one server, as points, and raw as copies that no series knows of',
  on(
    {
      'x/node-A-sun': ROOM,
      'x/node-B-sun': ROOM,
      'x/node-A-mon': ROOM,
      'x/node-B-mon': ROOM,
      'node-A-c': 9 * MIB,
      'node-B-c': 4 * MIB,
    },
    async (stand, server) => {
      const { guest, play, vm, quit, value } = stand;
      const moment = (name: string, ...args: string[]) =>
        play(['moment', vm.address, 'nodes=node-A,node-B', `name=${name}`, '--allow-shell', ...args]);
      well(await moment('sun', `target=${server.uri('x/')}`, 'compress=yes'));
      await guest('write -P 0x61 1M 64k');
      const before = JSON.stringify(await value('query-block')).match(/"name":"qmpsh[^"]*"/g);
      const copied = well(await moment('c', `target=${server.uri('')}`, 'format=raw'));
      assert.not.match(copied, /warning/);
      well(await moment('files', 'format=raw'));
      assert.equal(JSON.stringify(await value('query-block')).match(/"name":"qmpsh[^"]*"/g), before);
      assert.not.match(well(await moment('mon', `target=${server.uri('x/')}`)), /warning/);
      assert.match(
        flat(await moment('tue', 'format=raw', 'compress=yes')),
        /a raw image cannot be compressed/,
      );
      well(
        await play([
          'restore',
          vm.address,
          `point=${server.uri('x/node-A-mon')}`,
          'to=out.qcow2',
          '--allow-shell',
        ]),
      );
      await quit();
      assert.is(same(stand, 'a.qcow2', 'out.qcow2', 'qcow2'), IDENTICAL);
      assert.is(same(stand, 'b.qcow2', 'node-B-files.raw', 'raw'), IDENTICAL);
      assert.is(statSync(`${vm.folder}/node-B-files.raw`).size, 4 * MIB);
      assert.is(same(stand, 'a.qcow2', 'node-A-files.raw', 'raw'), IDENTICAL);
      assert.match(same(stand, 'a.qcow2', server.file('node-A-c'), 'raw'), /Images are identical\.$/);
    },
  ),
);

test(
  'what cannot be is refused before a byte is copied, and nothing is left',
  on({ small: 8 * MIB, tiny: 7 * MIB, thin: 2 * MIB }, async (stand, server) => {
    const { state, vm } = stand;
    well(await one(stand, 'start', 'file=full.qcow2'));
    const before = await state();
    const images = [server.file('small'), server.file('tiny'), server.file('thin')].map(
      file => statSync(file).blocks,
    );
    const rows: readonly (readonly [RegExp, ...string[]])[] = [
      [/it is not said where the backup goes/, 'start', 'series=b'],
      [
        /cannot go to a file and to an NBD server/,
        'start',
        'series=b',
        'file=x',
        `target=${server.uri('small')}`,
      ],
      [/Requested export not available/, 'start', 'series=b', `target=${server.uri('none')}`],
      [
        /Failed to connect to 'nowhere\.sock'/,
        'start',
        'series=b',
        'target=nbd+unix:///x?socket=nowhere.sock',
      ],
      [/has 8 MiB, and the image can take 9\.\d+ MiB/, 'start', 'series=b', `target=${server.uri('small')}`],
      [/has 7 MiB, and the image can take 8 MiB/, 'copy', 'format=raw', `target=${server.uri('tiny')}`],
      [/a raw image cannot say which point it is/, 'start', 'series=b', 'format=raw', 'file=x'],
      [/a raw image cannot say which point it is/, 'next', 'format=raw', 'file=x'],
      [/asks for TLS/, 'copy', 'target=nbds://host/x'],
      [/names no export/, 'copy', 'target=nbd://host'],
      [/names no socket/, 'copy', 'target=nbd+unix:///x'],
      [/QEMU cannot be told by a URI/, 'copy', 'target=nbd://host/a%20b'],
      [/is no address of an NBD server/, 'copy', 'target=backup.example'],
      [/is no file An NBD server: target=nbd:\/\/host\/x/, 'copy', 'file=nbd://host/x'],
    ];
    for (const [message, action, ...args] of rows) {
      const done = await one(stand, action ?? '', ...args);
      assert.is(done.status, 1, `${args.join(' ')}: ${done.out}${done.err}`);
      assert.match(flat(done), message, args.join(' '));
      assert.is(await state(), before, args.join(' '));
    }
    assert.equal(
      [server.file('small'), server.file('tiny'), server.file('thin')].map(file => statSync(file).blocks),
      images,
    );
    // What an increment can take is what was written since.
    well(await one(stand, 'next', `target=${server.uri('thin')}`, `previous=${vm.folder}/full.qcow2`));
  }),
);

test(
  'a server that dies in the middle is told with what is left, and the same series goes on',
  on({ mon: ROOM, tue: ROOM }, async (stand, server) => {
    const { during, guest, state, value, quit, vm } = stand;
    well(await one(stand, 'start', 'file=full.qcow2'));
    await guest('write -P 0x61 0 8M');
    const before = await state();
    const marks = async () => JSON.stringify(await value('query-block')).match(/"name":"qmpsh[^"]*"/g);
    const had = await marks();
    const killed = during('increment-', server.kill);
    const done = await one(
      stand,
      'next',
      'speed=64k',
      `target=${server.uri('mon')}`,
      `previous=${vm.folder}/full.qcow2`,
    );
    await killed;
    assert.is(done.status, 1, done.out);
    assert.match(flat(done), /failed .*job increment-\w+ failed: Input\/output error/);
    assert.match(
      flat(done),
      /\(the export mon of the NBD server at nbd\.sock was written to: what it holds is no finished image\)/,
    );
    assert.is((await state()).replace(/ nbd\.sock/, ''), before.replace(/ nbd\.sock/, ''));
    assert.equal(await marks(), had);
    const again = await serve({ folder: vm.folder, exports: { mon: ROOM, tue: ROOM }, again: true });
    try {
      const unfinished = await one(
        stand,
        'next',
        `target=${again.uri('tue')}`,
        `previous=${again.uri('mon')}`,
      );
      assert.match(flat(unfinished), /failed .*(is no finished point|cannot be opened)/);
      well(
        await one(
          stand,
          'next',
          `target=${again.uri('mon')}`,
          `previous=${vm.folder}/full.qcow2`,
          'overwrite=yes',
        ),
      );
    } finally {
      await again.kill();
    }
    await quit();
    assert.is(same(stand, 'a.qcow2', server.file('mon'), 'qcow2'), IDENTICAL);
  }),
);

test.run();
