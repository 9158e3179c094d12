// Faults that are put into a real VM: how, what the doctor calls each, and what else comes with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import type { Session } from '../../src/session/client.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { qmpsh } from '../command.ts';
import { freePort } from '../port.ts';
import { openSession, type Qemu, type QemuOptions, startQemu } from '../qemu.ts';

export interface Ill {
  readonly vm: Qemu;
  /** Where the doctor looks, if not at the VM's own monitor. */
  readonly address?: string;
  /** Ends what was started for the fault. */
  readonly end?: () => Promise<void> | void;
}

export interface Fault {
  readonly name: string;
  readonly kind: string;
  /** The doctor comes from the command line: nobody may be able to ask. */
  readonly outside?: true;
  readonly options?: () => Promise<QemuOptions> | QemuOptions;
  /** On a machine under load it may not show at the first look. */
  readonly fleeting?: true;
  /** Makes the fault; the session is closed afterwards. */
  readonly make: (session: Session, vm: Qemu) => Promise<Omit<Ill, 'vm'> | undefined>;
}

export async function run(session: Session, execute: string, args: JsonObject = {}): Promise<Json> {
  const reply = await session.execute(execute, args, { timeout: 20_000 });
  if (reply.kind === 'refusal') throw new Error(`${execute}: ${reply.desc}`);
  return reply.value;
}

const hmp = (session: Session, line: string) =>
  run(session, 'human-monitor-command', { 'command-line': line });

/** A disk with a chain of two below a device. */
export const DISK: QemuOptions = {
  disks: [
    ['a.qcow2', '39M'],
    ['t.qcow2', '39M'],
  ],
  args: [
    '-blockdev',
    '{"driver":"qcow2","node-name":"node-A","file":{"driver":"file","filename":"a.qcow2"}}',
    '-device',
    'virtio-blk-pci,id=virtio0,drive=node-A',
  ],
};

const target = (session: Session, file: JsonObject = { driver: 'file', filename: 't.qcow2' }) =>
  run(session, 'blockdev-add', { driver: 'qcow2', 'node-name': 'node-T', file });

/** A target on which the first write fails. */
const failing = (session: Session, errno: number) =>
  target(session, {
    driver: 'blkdebug',
    image: { driver: 'file', filename: 't.qcow2' },
    'inject-error': [{ event: 'write_aio', errno, once: true }],
  });

const copy = { device: 'node-A', target: 'node-T', sync: 'full', 'job-id': 'job0' };
const write = (session: Session, what: string) =>
  hmp(session, `qemu-io -d /machine/peripheral/virtio0/virtio-backend "${what}"`);

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await what()); tries++) {
    if (tries > 400) throw new Error('the fault did not come about');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const isJob = async (session: Session, key: string, value: Json) => {
  const jobs = await run(session, key === 'io-status' ? 'query-block-jobs' : 'query-jobs');
  return Array.isArray(jobs) && jobs.some(job => job[key] === value);
};
const isState = async (session: Session, state: string) =>
  ((await run(session, 'query-status')) as JsonObject)['status'] === state;

const overlay = (session: Session, n = 0) =>
  run(session, 'blockdev-snapshot-sync', {
    'node-name': n === 0 ? 'node-A' : `over-${n - 1}`,
    'snapshot-file': `over-${n}.qcow2`,
    'snapshot-node-name': `over-${n}`,
  });

const child = (command: string, args: readonly string[], cwd: string): ChildProcess =>
  spawn(command, args, { cwd, stdio: 'ignore' });
const over = (program: ChildProcess) => () => {
  program.kill('SIGKILL');
};

/** Plays a recipe on the VM, and kills the shell that plays it when a command of it was answered. */
async function killed(
  session: Session,
  vm: Qemu,
  [page = '', ...values]: readonly string[],
  behind: string,
): Promise<undefined> {
  await write(session, 'write -f 0 1M');
  await session.close();
  let seen = false;
  await qmpsh(['play', page, vm.address, '-y', ...values], {
    cwd: vm.folder,
    onOutput: (out, pid) => {
      const at = out.indexOf(behind);
      if (seen || at < 0 || !out.slice(at).includes('\n')) return;
      seen = true;
      process.kill(pid, 'SIGKILL');
    },
  });
  if (!seen) throw new Error(`${behind} was not seen`);
  return undefined;
}

/** A bitmap that was being written when its QEMU was killed. */
async function killedWithBitmap(): Promise<QemuOptions> {
  const first = await startQemu(DISK);
  const session = await openSession(first.address, { greetingTimeout: 20_000 });
  await run(session, 'block-dirty-bitmap-add', { node: 'node-A', name: 'bm', persistent: true });
  await run(session, 'quit');
  await first.exited;
  const again = await startQemu({
    ...DISK,
    prepare: folder => copyFileSync(join(first.folder, 'a.qcow2'), join(folder, 'a.qcow2')),
  });
  const other = await openSession(again.address, { greetingTimeout: 20_000 });
  await write(other, 'write -f 0 64k');
  await again.kill();
  const options = {
    ...DISK,
    prepare: (folder: string) => copyFileSync(join(again.folder, 'a.qcow2'), join(folder, 'a.qcow2')),
  };
  await first.close();
  setTimeout(() => again.close(), 5000).unref();
  return options;
}

/** Serves a disk, and waits: a recipe would be over before the signal comes. */
const SERVES = `# Serve

\`\`\`qmp on-failure
(QEMU) nbd-server-stop
\`\`\`

\`\`\`qmp
(QEMU) nbd-server-start addr={"type": "unix", "data": {"path": "serve.sock"}}
\`\`\`

\`\`\`qmp on-failure
(QEMU) block-export-del id=served mode=hard
\`\`\`

\`\`\`qmp
(QEMU) block-export-add type=nbd id=served node-name=node-A
(QEMU) .wait BLOCK_JOB_READY timeout=60s
\`\`\`
`;

export const FAULTS: readonly Fault[] = [
  {
    name: 'the process is stopped by a signal',
    kind: 'process-stopped',
    outside: true,
    make: async (_, vm) => {
      process.kill(vm.pid, 'SIGSTOP');
      return { end: () => void process.kill(vm.pid, 'SIGCONT') };
    },
  },
  {
    name: 'the main loop is busy',
    kind: 'monitor-stalled',
    outside: true,
    options: () => ({ ...DISK, args: [...(DISK.args ?? []), '-qmp', 'unix:second,server=on,wait=off'] }),
    make: async (_, vm) => {
      const other = await openSession(join(vm.folder, 'second'), { greetingTimeout: 20_000 });
      other
        .execute('human-monitor-command', { 'command-line': 'qemu-io node-A "sleep 9000"' })
        .catch(() => {});
      return { end: () => other.close() };
    },
  },
  {
    name: 'a forgotten client holds the monitor',
    kind: 'monitor-held',
    outside: true,
    options: async () => {
      const port = await freePort();
      return { args: ['-name', `p${port}`, '-qmp', `tcp:127.0.0.1:${port},server=on,wait=off`] };
    },
    make: async session => {
      const { name } = (await run(session, 'query-name')) as { name: string };
      const port = name.slice(1);
      const program = child(
        process.execPath,
        ['-e', `require("net").connect(${port}, "127.0.0.1")`],
        process.cwd(),
      );
      const { isTaken } = await import('../../src/io/clients.ts');
      const { servingProcess } = await import('../../src/io/peer.ts');
      const address = `127.0.0.1:${port}`;
      await until(async () => isTaken(address, servingProcess(address) ?? 0) === true);
      return { address, end: over(program) };
    },
  },
  {
    name: 'a job stops at an I/O error',
    kind: 'job-io-error',
    options: () => DISK,
    make: async session => {
      await write(session, 'write -f 0 64k');
      await failing(session, 5);
      await run(session, 'blockdev-backup', { ...copy, 'on-target-error': 'stop' });
      await until(() => isJob(session, 'io-status', 'failed'));
    },
  },
  {
    name: 'a job stops for want of space',
    kind: 'job-nospace',
    options: () => DISK,
    make: async session => {
      await write(session, 'write -f 0 64k');
      await failing(session, 28);
      await run(session, 'blockdev-backup', { ...copy, 'on-target-error': 'enospc' });
      await until(() => isJob(session, 'io-status', 'nospace'));
    },
  },
  {
    name: 'a job is paused',
    kind: 'job-paused',
    options: () => DISK,
    make: async session => {
      await target(session);
      await write(session, 'write -f 0 8M');
      await run(session, 'blockdev-backup', { ...copy, speed: 65_536 });
      await run(session, 'job-pause', { id: 'job0' });
      await run(session, 'block-job-set-speed', { device: 'job0', speed: 0 });
      await until(() => isJob(session, 'status', 'paused'));
    },
  },
  {
    name: 'a mirror is ready and nobody decides',
    kind: 'job-ready',
    options: () => DISK,
    make: async session => {
      await target(session);
      await run(session, 'blockdev-mirror', copy);
      await until(() => isJob(session, 'status', 'ready'));
    },
  },
  {
    name: 'a job waits to be made final',
    kind: 'job-pending',
    options: () => DISK,
    make: async session => {
      await target(session);
      await run(session, 'blockdev-backup', { ...copy, 'auto-finalize': false });
      await until(() => isJob(session, 'status', 'pending'));
    },
  },
  {
    name: 'a job is over and was not dismissed',
    kind: 'job-concluded',
    options: () => DISK,
    make: async session => {
      await target(session);
      await run(session, 'blockdev-backup', { ...copy, 'auto-dismiss': false });
      await until(() => isJob(session, 'status', 'concluded'));
    },
  },
  {
    name: 'a job has failed and was not dismissed',
    kind: 'job-failed',
    options: () => DISK,
    make: async session => {
      await write(session, 'write -f 0 64k');
      await failing(session, 5);
      await run(session, 'blockdev-backup', { ...copy, 'auto-dismiss': false });
      await until(() => isJob(session, 'status', 'concluded'));
    },
  },
  {
    name: 'a mirror is slower than the guest writes',
    kind: 'job-never-ready',
    fleeting: true,
    options: () => ({ ...DISK, args: [...(DISK.args ?? []), '-qmp', 'unix:second,server=on,wait=off'] }),
    make: async (session, vm) => {
      await target(session);
      await write(session, 'write -f 0 8M');
      await run(session, 'blockdev-mirror', { ...copy, speed: 512 << 10, 'buf-size': 512 << 10 });
      const guest = await openSession(join(vm.folder, 'second'), { greetingTimeout: 20_000 });
      let writes = true;
      void (async () => {
        // Over and over what has been copied already.
        while (writes) {
          await write(guest, 'write -f 0 12M').catch(() => {});
          await new Promise(resolve => setTimeout(resolve, 50));
        }
      })();
      return {
        end: async () => {
          writes = false;
          await guest.close();
        },
      };
    },
  },
  {
    name: 'a node is left of what was broken off',
    kind: 'node-unused',
    options: () => DISK,
    make: async session => void (await target(session)),
  },
  {
    name: 'a mirror recipe was killed while its job ran',
    kind: 'page-unfinished',
    options: () => DISK,
    make: (session, vm) =>
      killed(session, vm, ['mirror', 'node=node-A', 'file=copy.qcow2', 'speed=16M'], 'blockdev-mirror'),
  },
  {
    name: 'a page that serves a disk was killed while it served',
    kind: 'page-unfinished',
    options: () => DISK,
    make: (session, vm) => {
      writeFileSync(join(vm.folder, 'serve.md'), SERVES);
      return killed(session, vm, ['serve.md'], 'block-export-add');
    },
  },
  {
    name: 'an export is left to which nobody comes',
    kind: 'export-unused',
    options: () => DISK,
    make: async (session, vm) => {
      const addr = { type: 'unix', data: { path: join(vm.folder, 'nbd') } };
      await run(session, 'nbd-server-start', { addr });
      await run(session, 'block-export-add', { type: 'nbd', id: 'export0', 'node-name': 'node-A' });
    },
  },
  {
    name: 'a bitmap was in use when QEMU was killed',
    kind: 'bitmap-inconsistent',
    options: killedWithBitmap,
    make: async () => {},
  },
  {
    name: 'a bitmap is disabled',
    kind: 'bitmap-disabled',
    options: () => DISK,
    make: async session =>
      void (await run(session, 'block-dirty-bitmap-add', { node: 'node-A', name: 'bm', disabled: true })),
  },
  {
    name: 'an export holds a bitmap',
    kind: 'bitmap-busy',
    options: () => DISK,
    make: async (session, vm) => {
      await run(session, 'block-dirty-bitmap-add', { node: 'node-A', name: 'bm', disabled: true });
      const addr = { type: 'unix', data: { path: join(vm.folder, 'nbd') } };
      await run(session, 'nbd-server-start', { addr });
      const one = { type: 'nbd', id: 'export0', 'node-name': 'node-A', bitmaps: ['bm'] };
      await run(session, 'block-export-add', one);
    },
  },
  {
    name: 'the backing file was moved',
    kind: 'image-moved',
    options: () => DISK,
    make: async (session, vm) => {
      await overlay(session);
      renameSync(join(vm.folder, 'a.qcow2'), join(vm.folder, "it's here.qcow2"));
    },
  },
  {
    name: 'the backing file was deleted',
    kind: 'image-deleted',
    options: () => DISK,
    make: async (session, vm) => {
      await overlay(session);
      rmSync(join(vm.folder, 'a.qcow2'));
    },
  },
  {
    name: 'the backing file was replaced',
    kind: 'image-replaced',
    options: () => DISK,
    make: async (session, vm) => {
      await overlay(session);
      rmSync(join(vm.folder, 'a.qcow2'));
      copyFileSync(join(vm.folder, 't.qcow2'), join(vm.folder, 'a.qcow2'));
    },
  },
  {
    name: 'the image of the disk was deleted',
    kind: 'image-deleted',
    options: () => DISK,
    make: async (_, vm) => void rmSync(join(vm.folder, 'a.qcow2')),
  },
  {
    name: 'the chain has become too long',
    kind: 'chain-deep',
    options: () => DISK,
    make: async session => {
      for (let n = 0; n < 10; n++) await overlay(session, n);
    },
  },
  {
    name: 'the guest is paused',
    kind: 'guest-paused',
    options: () => DISK,
    make: async session => {
      await run(session, 'cont');
      await run(session, 'stop');
    },
  },
  {
    name: 'the guest was stopped by an I/O error',
    kind: 'guest-io-error',
    options: () => ({
      args: [
        '-blockdev',
        JSON.stringify({
          driver: 'raw',
          'node-name': 'node-A',
          file: {
            driver: 'blkdebug',
            image: { driver: 'null-co', size: 1 << 20, 'read-zeroes': true },
            'set-state': [{ event: 'read_aio', state: 1, new_state: 2 }],
            'inject-error': [{ event: 'read_aio', state: 2, errno: 5, once: true }],
          },
        }),
        '-device',
        'virtio-blk-pci,id=virtio0,drive=node-A,rerror=stop,werror=stop,bootindex=0',
      ],
    }),
    make: async session => {
      await run(session, 'cont');
      await until(() => isState(session, 'io-error'));
    },
  },
  {
    name: "the guest's kernel has panicked",
    kind: 'guest-panicked',
    options: () => ({ args: ['-device', 'pvpanic', '-action', 'panic=pause'] }),
    make: async session => {
      await run(session, 'cont');
      await hmp(session, 'o /b 0x505 1');
      await until(() => isState(session, 'guest-panicked'));
    },
  },
  {
    name: 'the NBD server of a node was killed',
    kind: 'server-dead',
    options: () => DISK,
    make: async (session, vm) => {
      const path = join(vm.folder, 'nbd');
      const server = child('qemu-nbd', ['-t', '-k', path, '-f', 'qcow2', 't.qcow2'], vm.folder);
      const options = { driver: 'nbd', 'node-name': 'node-N', server: { type: 'unix', path } };
      await until(async () => (await session.execute('blockdev-add', options)).kind === 'success');
      const gone = new Promise(resolve => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
    },
  },
  {
    name: 'another program has the backing file open for writing',
    kind: 'image-written-elsewhere',
    options: () => DISK,
    make: async (session, vm) => {
      await overlay(session);
      const program = child('sh', ['-c', 'exec 3<>a.qcow2 && : >ready && exec sleep 600'], vm.folder);
      const { existsSync } = await import('node:fs');
      await until(async () => existsSync(join(vm.folder, 'ready')));
      return { end: over(program) };
    },
  },
  {
    name: 'the image has lost the rights that QEMU needs',
    kind: 'image-rights',
    options: () => ({ ...DISK, user: 65_534 }),
    make: async (_, vm) => void chmodSync(join(vm.folder, 'a.qcow2'), 0o400),
  },
  {
    name: 'everybody may use the monitor',
    kind: 'monitor-open',
    outside: true,
    make: async (_, vm) => {
      chmodSync(vm.folder, 0o711);
      chmodSync(vm.address, 0o777);
    },
  },
];
