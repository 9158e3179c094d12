// A VM that libvirt manages, in a session of its own: nothing of it is left behind.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Managed {
  readonly address: string;
  close(): Promise<void>;
}

const DAEMON = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'libvirtd'))
  .find(existsSync);

/** The first QEMU that libvirt's user may run: one of another release lies in a folder of root's own. */
function emulator(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'qemu-system-x86_64'))
    .find(path => existsSync(path) && spawnSync(path, ['--version'], { ...USER, cwd: '/' }).status === 0);
  if (found === undefined) throw new Error('there is no qemu-system-x86_64 that the user of libvirt may run');
  return found;
}

/** A session's libvirt refuses to serve root. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const DOMAIN = (emulator: string, disk: string) => `<domain type='qemu'>
  <name>garden</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>${emulator}</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/>
    </disk>
    <controller type='usb' model='none'/><memballoon model='none'/>
  </devices>
</domain>`;

export async function startManaged(): Promise<Managed> {
  if (DAEMON === undefined)
    throw new Error(
      'libvirtd is not here: apt-get install libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients',
    );
  const folder = mkdtempSync(join(tmpdir(), 'ql-'));
  const [disk, domain, run] = ['d.qcow2', 'd.xml', 'run'].map(name => join(folder, name));
  if (disk === undefined || domain === undefined || run === undefined) throw new Error('no names');
  mkdirSync(run, { mode: 0o700 });
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '39M']);
  writeFileSync(domain, DOMAIN(emulator(), disk));
  const { uid } = USER;
  if (uid !== undefined) for (const path of [folder, disk, domain, run]) chownSync(path, uid, uid);
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_RUNTIME_DIR: run,
    XDG_CONFIG_HOME: join(folder, 'c'),
    XDG_CACHE_HOME: join(folder, 'k'),
  };
  const options = { cwd: folder, env, ...USER };
  const daemon: ChildProcess = spawn(DAEMON, ['--timeout', '120'], { ...options, stdio: 'ignore' });
  const virsh = (...args: readonly string[]) =>
    execFileSync('virsh', ['-c', 'qemu:///session', ...args], { ...options, stdio: 'pipe', timeout: 30_000 });
  const close = async () => {
    try {
      virsh('destroy', 'garden');
    } catch {
      // it was not started
    }
    const gone = new Promise(resolve => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let tries = 0; !existsSync(join(run, 'libvirt/libvirt-sock')); tries++) {
      if (tries > 600 || daemon.exitCode !== null) throw new Error('libvirt did not start');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    virsh('create', domain);
    const domains = join(folder, 'c/libvirt/qemu/lib');
    const [name = ''] = readdirSync(domains).filter(one => one.startsWith('domain-'));
    return { address: join(domains, name, 'monitor.sock'), close };
  } catch (error) {
    await close();
    throw error;
  }
}
