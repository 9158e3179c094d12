// How long the command takes: from nothing to its end, and to the prompt on the screen.
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';
import { startPractice } from '../../src/io/practice.ts';
import { processTime, type Row } from './row.ts';

// (The bundle of this file lies in .build/test/bench/.)
const root = new URL('../../../', import.meta.url);
const QMPSH = fileURLToPath(new URL('bin/qmpsh.cjs', root));
const PEER = fileURLToPath(new URL('test/bench/peer.cjs', root));

/** From the start of a program in a terminal until what it printed has this text. It is ended then. */
function screenTime(args: readonly string[], text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const pty = spawn(process.execPath, [...args], { cols: 80, rows: 24 });
    let output = '';
    let seen: number | undefined;
    pty.onData(chunk => {
      output += chunk;
      if (seen !== undefined || !output.includes(text)) return;
      seen = performance.now() - started;
      pty.write('\x04');
    });
    pty.onExit(({ exitCode }) => {
      if (seen !== undefined && exitCode === 0) resolve(seen);
      else
        reject(new Error(`node ${args.join(' ')}: status ${exitCode}, it printed ${JSON.stringify(output)}`));
    });
  });
}

/** From the start of a program in a terminal until its end. */
function terminalTime(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const pty = spawn(process.execPath, [...args], { cols: 80, rows: 24 });
    pty.onExit(({ exitCode }) =>
      exitCode === 0 ? resolve(performance.now() - started) : reject(new Error(`status ${exitCode}`)),
    );
  });
}

/** The rows, and what ends the VM they share. */
export async function startRows(): Promise<{ readonly rows: readonly Row[]; close(): Promise<void> }> {
  const vm = await startPractice();
  const rows: readonly Row[] = [
    {
      name: 'one-shot: qmpsh -c query-status, whole process',
      peer: 'bare node:net script',
      budget: 1.15,
      ours: () => processTime([QMPSH, '-c', 'query-status', vm.address], '"prelaunch"'),
      theirs: () => processTime([PEER, vm.address], '"prelaunch"'),
    },
    {
      name: 'prompt: on the screen',
      peer: 'node -e 0',
      budget: 1.25,
      ours: () => screenTime([QMPSH, vm.address], '(QEMU)'),
      theirs: () => terminalTime(['-e', '0']),
    },
  ];
  return { rows, close: () => vm.close() };
}
