// The QEMU programs of this machine: where they are, which version, and how to get them.
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import packages from './packages.json';

type Env = NodeJS.ProcessEnv;
type Manager = keyof typeof packages.install;

const MANAGERS: readonly Manager[] = ['apt-get', 'dnf', 'pacman', 'apk', 'zypper', 'brew'];
/** Red Hat ships its x86 emulator under the last name, outside of $PATH. */
const SYSTEM_NAMES = ['qemu-system-x86_64', 'qemu-kvm', '/usr/libexec/qemu-kvm'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The full path of a program on $PATH; a name with a slash in it is taken as it stands. */
export function findProgram(name: string, env: Env = process.env): string | undefined {
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  return folders.map(folder => join(folder, name)).find(isProgram);
}

/** One sentence with the command that installs QEMU here. */
export function installHint(env: Env = process.env): string {
  const manager = MANAGERS.find(name => findProgram(name, env));
  if (!manager) return 'Install qemu-system-x86_64 and qemu-img, or set QMPSH_QEMU to the path of a QEMU.';
  const words = [...packages.install[manager], ...packages.qemu[manager]];
  const root = manager === 'brew' || process.getuid?.() === 0 ? '' : 'sudo ';
  return `Install it with: ${root}${words.join(' ')}`;
}

/** The emulator: $QMPSH_QEMU where set, else the first of the usual names. Throws a QmpshError when there is none. */
export function findQemu(env: Env = process.env): string {
  const given = env['QMPSH_QEMU'];
  const found = (given ? [given] : SYSTEM_NAMES).map(name => findProgram(name, env)).find(Boolean);
  if (found) return found;
  const message = given
    ? `QMPSH_QEMU is ${given}: no such program`
    : 'QEMU (qemu-system-x86_64) is not installed';
  throw new QmpshError('connect', message, {
    advice: given ? 'Set it to the path of a QEMU.' : installHint(env),
  });
}

/** qemu-img: the one beside $QMPSH_QEMU where there is one, else from $PATH. Throws a QmpshError when there is none. */
export function findQemuImg(env: Env = process.env): string {
  const given = env['QMPSH_QEMU'];
  const beside = given
    ? findProgram(join(dirname(findProgram(given, env) ?? given), 'qemu-img'), env)
    : undefined;
  const found = beside ?? findProgram('qemu-img', env);
  if (found) return found;
  throw new QmpshError('connect', 'qemu-img is not installed', { advice: installHint(env) });
}

/** The version a QEMU program reports, such as `7.2.22`; undefined when it says something else or cannot run. */
export function qemuVersion(program: string): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile(program, ['--version'], { timeout: 10_000 }, (_error, stdout) => {
      resolve(/version (\d+(?:\.\d+)+)/.exec(stdout)?.[1]);
    });
  });
}
