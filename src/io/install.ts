// How to get QEMU on this machine.
import packages from './packages.json';
import { findProgram } from './program.ts';

type Manager = keyof typeof packages.install;

const MANAGERS: readonly Manager[] = ['apt-get', 'dnf', 'pacman', 'apk', 'zypper', 'brew'];
/** One sentence with the command that installs QEMU here. */
export function installHint(env: NodeJS.ProcessEnv = process.env): string {
  const manager = MANAGERS.find(name => findProgram(name, env));
  if (!manager) return 'Install qemu-system-x86_64 and qemu-img, or set QMPSH_QEMU to the path of a QEMU.';
  const words = [...packages.install[manager], ...packages.qemu[manager]];
  const root = manager === 'brew' || process.getuid?.() === 0 ? '' : 'sudo ';
  return `Install it with: ${root}${words.join(' ')}`;
}
