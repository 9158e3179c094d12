// The QEMU programs of this machine: where they are, and which version.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { installHint } from './install.ts';
import { findProgram } from './program.ts';

type Env = NodeJS.ProcessEnv;
/** Red Hat ships its x86 emulator under the last name, outside of $PATH. */
const SYSTEM_NAMES = ['qemu-system-x86_64', 'qemu-kvm', '/usr/libexec/qemu-kvm'];

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
