// A program that runs beside us as long as we want it, and never longer: whatever ends this process ends it, too.
import { type ChildProcess, spawn } from 'node:child_process';

// Its parent waits for the end of its standard input, which comes when we close it and when we are gone.
const SCRIPT = `
exec 3<&0 </dev/null
"$@" 3<&- & child=$!
{ read -r _ <&3; kill "$child"; } >/dev/null 2>&1 & reader=$!
wait "$child"; code=$?
kill "$reader" 2>/dev/null
exit "$code"
`;

/** Starts a program without a terminal, in a process group of its own. `stdin.end()` ends it. */
export function bound(command: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'qmpsh-bound', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  });
  child.stdin?.on('error', () => {}); // it has ended
  return child;
}

/** Whether a child and its streams keep this process alive. */
export function holdChild(child: ChildProcess, on: boolean): void {
  for (const stream of [child, child.stdin, child.stdout, child.stderr]) {
    const handle: unknown = stream && Reflect.get(stream, on ? 'ref' : 'unref');
    if (typeof handle === 'function') handle.call(stream);
  }
}
