// The QMP monitors of this host's QEMU processes, read from their command lines.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';

export interface Monitor {
  /** As `qmpsh` takes it: a socket's path or host:port. */
  readonly address: string;
  readonly pid: number;
  /** The VM's name (`-name`), else the program's. */
  readonly name: string;
  /** The file of its first disk on the command line, without its folders. */
  readonly disk?: string;
}

interface Running {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly folder: string | undefined;
}

/** Every monitor found; those of other users' VMs too, where their command line can be read. */
export function findMonitors(): readonly Monitor[] {
  const processes = existsSync('/proc/self/cmdline') ? fromProc() : fromPs();
  return processes.flatMap(running => {
    if (!/^qemu-(system-|kvm|storage-daemon)/.test(basename(running.argv[0] ?? ''))) return [];
    const name = vmName(running.argv);
    const disk = firstDisk(running.argv);
    return monitorAddresses(running.argv).map(address => ({
      address: absolute(address, running.folder),
      pid: running.pid,
      name,
      ...(disk === undefined ? {} : { disk }),
    }));
  });
}

function fromProc(): readonly Running[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return [{ pid: Number(pid), argv, folder: folderOf(pid) }];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // another user's process
  }
}

// Where there is no /proc (macOS). Arguments with blanks in them come apart; paths of sockets seldom have any.
function fromPs(): readonly Running[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return rows.map(row => {
    const [pid = '', ...argv] = row.trim().split(/\s+/);
    return { pid: Number(pid), argv, folder: undefined };
  });
}

function absolute(address: string, folder: string | undefined): string {
  if (/^[^/]*:\d+$/.test(address) || isAbsolute(address)) return address;
  return folder ? join(folder, address) : address;
}

function vmName(argv: readonly string[]): string {
  const given = argv[argv.indexOf('-name') + 1];
  if (!argv.includes('-name') || given === undefined) return basename(argv[0] ?? '');
  return /(?:^|,)guest=([^,]+)/.exec(given)?.[1] ?? given.split(',')[0] ?? given;
}

function firstDisk(argv: readonly string[]): string | undefined {
  for (const [i, option] of argv.entries()) {
    if (!/^--?(?:drive|blockdev|hda|sda)$/.test(option)) continue;
    const value = argv[i + 1] ?? '';
    if (/^--?[hs]da$/.test(option)) return basename(value);
    const json = /"filename"\s*:\s*"([^"]+)"/.exec(value)?.[1];
    const fields = keyValues(value);
    const file =
      json ??
      fields['file.filename'] ??
      fields['filename'] ??
      (/drive$/.test(option) ? fields['file'] : undefined);
    if (file) return basename(file);
  }
  return undefined;
}

/** The control monitors a QEMU command line opens, as addresses; relative paths stay relative. */
function monitorAddresses(argv: readonly string[]): readonly string[] {
  const found: string[] = [];
  const sockets = new Map<string, string>();
  const control: string[] = [];
  for (const [i, option] of argv.entries()) {
    const value = argv[i + 1] ?? '';
    const name = option.replace(/^--?/, '');
    if (!option.startsWith('-')) continue;
    if (name === 'qmp' || name === 'qmp-pretty') {
      const address = legacy(value);
      const id = /^chardev:([^,]+)/.exec(value)?.[1];
      if (address) found.push(address);
      else if (id) control.push(id);
    } else if (name === 'object' && /^(?:qom-type=)?monitor-qmp,/.test(value)) {
      const { chardev } = keyValues(value);
      if (chardev) control.push(chardev);
    } else if (name === 'chardev' && value.startsWith('socket,')) {
      const fields = keyValues(value);
      const address =
        fields['path'] ?? (fields['port'] ? `${fields['host'] || 'localhost'}:${fields['port']}` : undefined);
      if (address && fields['id']) sockets.set(fields['id'], address);
    } else if ((name === 'mon' && /(?:^|,)mode=control\b/.test(value)) || name === 'monitor') {
      const fields = keyValues(value);
      const chardev = fields['chardev'] ?? value.split(',')[0];
      if (chardev) control.push(chardev);
    }
  }
  return [...found, ...control.flatMap(id => sockets.get(id) ?? [])];
}

function keyValues(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').map(part => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** `unix:PATH,server=on` and `tcp:HOST:PORT,...` of -qmp. */
function legacy(value: string): string | undefined {
  const address = value.split(',')[0] ?? '';
  if (address.startsWith('unix:')) return address.slice(5);
  if (address.startsWith('tcp:')) return address.slice(4).replace(/^:/, 'localhost:');
  return undefined;
}
