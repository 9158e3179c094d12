// What a benchmark row is, and how a row is measured: ours and its peer in turn, so that both meet the same machine.
import { spawn } from 'node:child_process';

/** One thing to measure. */
export interface Row {
  readonly name: string;
  readonly peer: string;
  /** The ratio of medians, ours to the peer's, that is allowed. */
  readonly budget: number;
  /** What a run gives; milliseconds when not said. */
  readonly unit?: string;
  ours(): Promise<number>;
  theirs(): Promise<number>;
}

export interface Result {
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

const WARM_UP = 3;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error('no run to take the median of');
  return (low + high) / 2;
}

/** Runs a row so many times, in turn; the first few runs of each, which warm the disk's cache, are not counted. */
export async function measure(row: Row, runs: number): Promise<Result> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < runs + WARM_UP; i += 1) {
    // Who goes first changes, so that neither always runs on the processor the other has just warmed.
    const first = i % 2 === 0 ? row.ours() : row.theirs();
    const a = await first;
    const b = i % 2 === 0 ? await row.theirs() : await row.ours();
    if (i < WARM_UP) continue;
    ours.push(i % 2 === 0 ? a : b);
    theirs.push(i % 2 === 0 ? b : a);
  }
  const [us, them] = [median(ours), median(theirs)];
  return { ours: us, theirs: them, ratio: us / them };
}

/** The life of a process in milliseconds, from before it is started until it has ended well. */
export function processTime(args: readonly string[], expected = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0 && output.includes(expected)) resolve(performance.now() - started);
      else reject(new Error(`node ${args.join(' ')}: status ${code}, it printed ${JSON.stringify(output)}`));
    });
  });
}
