// Runs a program that must not outlive this process, whatever ends this process: SIGKILL and crashes included.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Ended {
  /** Exit status; above 128 after a signal (128 + its number). */
  readonly code: number;
  /** The last that the program printed (standard output and error), 64 KiB at most. */
  readonly stderr: string;
}

interface Guarded {
  /** Starts the program; resolves with its pid. Rejects when it was closed before. */
  start(): Promise<number>;
  /** When the program has ended, however. */
  readonly exited: Promise<Ended>;
  /**
   * Ends the program (SIGTERM, after 2 s SIGKILL) and removes the leftover; resolves when both are gone. Until then this
   * process does not end of itself.
   */
  close(): Promise<void>;
}

// The parent of the program, in a session of its own, so that Ctrl-C on the terminal reaches neither. It waits for a line
// on its standard input before it starts the program, and for the end of that input, which comes when we are gone, to
// end it. Being the parent it can never hit another process that was given the same pid.
const SCRIPT = `
umask 077; leftover=$1; shift
exec 3<&0 </dev/null
if read -r go <&3; then
  "$@" >&2 3<&- & child=$!
  trap '' HUP INT TERM PIPE
  echo "pid $child"
  { read -r go <&3; kill "$child"; n=0
    while kill -0 "$child" && [ $n -lt 40 ]; do sleep 0.05; n=$((n + 1)); done
    kill -9 "$child"; } >/dev/null 2>&1 & reader=$!
  wait "$child" 2>/dev/null; code=$?
  kill -9 "$reader" 2>/dev/null
  echo "ended $code" 2>/dev/null
  read -r go <&3
fi
cd / && rm -rf -- "$leftover"
`;

const KEPT_OUTPUT = 64 * 1024;

/** Prepares a program in its working folder. `leftover` (absolute) is removed in the end, also when it never started. */
export function guard(folder: string, leftover: string, command: readonly string[]): Guarded {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'qmpsh-guardian', leftover, ...command], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output = (output + chunk).slice(-KEPT_OUTPUT);
  });
  // A guardian that somebody killed is seen by its end; the pipe's own error says nothing more.
  child.stdin.on('error', () => {});

  const pid = deferred<number>();
  const exited = deferred<Ended>();
  const gone = deferred<void>();
  pid.promise.catch(() => {});
  createInterface({ input: child.stdout }).on('line', line => {
    const [what, number] = line.split(' ');
    if (what === 'pid') pid.resolve(Number(number));
    // What the program printed last is still on its way through the other pipe.
    else setImmediate(() => exited.resolve({ code: Number(number), stderr: output }));
  });
  const end = (error: Error): void => {
    pid.reject(error);
    exited.resolve({ code: 128, stderr: output });
    gone.resolve();
  };
  child.on('error', end);
  child.on('close', () => end(new Error('it was ended before it started')));
  return {
    start() {
      child.stdin.write('go\n');
      return pid.promise;
    },
    exited: exited.promise,
    close() {
      child.stdin.end();
      return gone.promise;
    },
  };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** (Promise.withResolvers came with Node 22.) */
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
