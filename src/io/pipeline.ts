// Text through a command line of the host's shell: `query-block | jq .`
import { spawn } from 'node:child_process';
import { statusOf } from './group.ts';

/**
 * Runs it with our standard output and error; gives its exit status (128 + n after signal n). With `out`, that gets what it
 * writes to its output, in one piece.
 */
export function runPipeline(
  command: string,
  input: string,
  folder: string,
  out?: (text: string) => unknown,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: folder,
      stdio: ['pipe', out ? 'pipe' : 'inherit', 'inherit'],
    });
    let written = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (written !== '') out?.(written);
      resolve(statusOf(code, signal));
    });
    child.stdin?.on('error', () => {}); // it did not want all of it: `| head -1`
    child.stdin?.end(input);
  });
}
