// A VM that libvirt manages, in a session of its own: nothing of it is left behind.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findProgram } from '../src/io/program.ts';

export interface Managed {
  /** The connection of libvirt's, for whoever runs the tests. */
  readonly uri: string;
  /** The domain `garden`, which runs. */
  readonly address: string;
  /** The socket of its monitor, which libvirt holds. */
  readonly socket: string;
  readonly folder: string;
  /** The process of libvirtd. */
  readonly pid: number;
  /** What virsh prints. */
  virsh(...args: readonly string[]): string;
  /** Starts a further domain, or `garden` again. */
  create(name: string): void;
  close(): Promise<void>;
}

const DAEMON = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'libvirtd'))
  .find(existsSync);

/** A session's libvirt refuses to run as root; root may connect to it. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** The first QEMU that libvirt's user may run: one of another release lies in a folder of root's own. */
function findEmulator(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'qemu-system-x86_64'))
    .find(path => existsSync(path) && spawnSync(path, ['--version'], { ...USER, cwd: '/' }).status === 0);
  if (found === undefined) throw new Error('there is no qemu-system-x86_64 that the user of libvirt may run');
  return found;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Runs libvirt with a /run of its own. */
const BOX = `mount -t tmpfs -o uid=$2,gid=$2,mode=700 none "$1" &&
  exec setpriv --reuid "$2" --regid "$2" --clear-groups "$3" --timeout 600`;

const KUBEVIRT = `<sysinfo type='smbios'><system><entry name='manufacturer'>KubeVirt</entry></system></sysinfo>`;

const DOMAIN = (name: string, emulator: string, disk: string, kubevirt: boolean) => `<domain type='qemu'>
  <name>${escaped(name)}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>${kubevirt ? KUBEVIRT : ''}
  <os><type arch='x86_64' machine='q35'>hvm</type>${kubevirt ? "<smbios mode='sysinfo'/>" : ''}</os>
  <devices>
    <emulator>${emulator}</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/>
    </disk>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <controller type='usb' model='none'/><memballoon model='none'/>
  </devices>
</domain>`;

/**
 * Starts a libvirt with one domain. `kubevirt`: as KubeVirt does, with its mark, and for root with a network and a /run of
 * its own, as in a container.
 */
export async function startManaged({ name = 'garden', kubevirt = false } = {}): Promise<Managed> {
  if (DAEMON === undefined)
    throw new Error(
      'libvirtd is not here: apt-get install libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients',
    );
  const folder = mkdtempSync(join(tmpdir(), 'ql-'));
  const run = join(folder, 'run');
  const { uid } = USER;
  const own = (path: string) => uid === undefined || chownSync(path, uid, uid);
  mkdirSync(run, { mode: 0o700 });
  for (const path of [folder, run]) own(path);
  const emulator = findEmulator();
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_RUNTIME_DIR: run,
    XDG_CONFIG_HOME: join(folder, 'c'),
    XDG_CACHE_HOME: join(folder, 'k'),
  };
  const options = { cwd: folder, env, ...USER };
  const boxed = kubevirt && uid !== undefined;
  const daemon: ChildProcess = boxed
    ? spawn('unshare', ['-m', '-n', 'sh', '-c', BOX, 'box', run, String(uid), DAEMON], {
        cwd: folder,
        env,
        stdio: 'ignore',
      })
    : spawn(DAEMON, ['--timeout', '600'], { ...options, stdio: 'ignore' });
  const seen = boxed ? `/proc/${daemon.pid}/root${run}` : run;
  const socket = join(seen, 'libvirt/libvirt-sock');
  const uri = `qemu+unix:///session?socket=${socket}`;
  const virsh = (...args: readonly string[]) =>
    execFileSync('virsh', ['-q', '-c', uri, ...args], { encoding: 'utf8', stdio: 'pipe', timeout: 120_000 });
  const started: string[] = [];
  const create = (name: string) => {
    const number = started.push(name);
    const [disk, domain] = [join(folder, `d${number}.qcow2`), join(folder, `d${number}.xml`)];
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '39M']);
    writeFileSync(domain, DOMAIN(name, emulator, disk, kubevirt));
    for (const path of [disk, domain]) own(path);
    virsh('create', domain);
  };
  /** What libvirt leaves where it is killed, and all where the test is. */
  const endAll = () => {
    daemon.kill('SIGKILL');
    for (const pid of started.flatMap(name => pidOf(join(seen, 'libvirt/qemu/run', `${name}.pid`)) ?? []))
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', endAll);
  const close = async () => {
    for (const name of new Set(started))
      try {
        virsh('destroy', '--', name);
      } catch {
        // it has ended
      }
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const gone = new Promise(resolve => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await gone;
    }
    endAll();
    process.off('exit', endAll);
  };
  try {
    for (let tries = 0; !existsSync(socket); tries++) {
      if (tries > 600 || daemon.exitCode !== null) throw new Error('libvirt did not start');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    create(name);
    const domains = join(folder, 'c/libvirt/qemu/lib');
    const [inside = ''] = readdirSync(domains).filter(one => one.startsWith('domain-'));
    return {
      ...{ uri, folder, virsh, create, close },
      address: `libvirt:${uri}#${name}`,
      socket: join(domains, inside, 'monitor.sock'),
      pid: daemon.pid ?? 0,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A $PATH with these programs of this host, and scripts in the place of others. */
export function pathIn(
  above: string,
  name: string,
  programs: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): string {
  const folder = join(above, name);
  mkdirSync(folder);
  for (const program of programs) symlinkSync(findProgram(program) ?? program, join(folder, program));
  for (const [script, text] of Object.entries(scripts))
    writeFileSync(join(folder, script), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return folder;
}

/** The two ways to a domain, and the way back from the one that does not work, each with its $PATH. */
export function waysIn(folder: string): readonly (readonly [name: string, path: string])[] {
  // (The proxy is a script for the Python that libvirt's module was installed for.)
  const system = '/usr/bin:/bin:/usr/sbin';
  if (findProgram('virt-qemu-qmp-proxy', { PATH: system }) === undefined)
    throw new Error('virt-qemu-qmp-proxy is not here: apt-get install libvirt-clients-qemu');
  const broken = { 'virt-qemu-qmp-proxy': 'echo ModuleNotFoundError >&2; exit 1' };
  return [
    ['virsh', pathIn(folder, 'virsh-only', ['virsh'])],
    ['the proxy', system],
    ['a proxy that does not start', pathIn(folder, 'broken', ['virsh'], broken)],
  ];
}

function pidOf(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}
