// Runs the built command as a user would: arguments and standard input in, both outputs and the status out.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const BIN = join(process.cwd(), 'bin/qmpsh.cjs');

export interface Done {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard input stays open behind `input`, as a silent pipe does. */
  readonly open?: boolean;
  /** Called with all of standard output whenever there is more of it. */
  readonly onOutput?: (out: string, pid: number) => void;
  /** Called with the child once it runs. */
  readonly started?: (pid: number) => void;
}

export function qmpsh(args: readonly string[], options: RunOptions = {}): Promise<Done> {
  if (!existsSync(BIN.replace('bin/qmpsh.cjs', 'dist/cli.cjs')))
    throw new Error('the command is not built: run "npm test", which builds it');
  return new Promise((resolve, reject) => {
    const { QMP_SOCKET: _, ...env } = process.env;
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd,
      env: { ...env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      out += chunk;
      options.onOutput?.(out, child.pid ?? 0);
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', status => resolve({ status, out, err }));
    child.stdin.on('error', () => {});
    child.stdin.write(options.input ?? '');
    if (!options.open) child.stdin.end();
    if (child.pid !== undefined) options.started?.(child.pid);
  });
}
