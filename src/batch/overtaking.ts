// Lines without a person that go out of band: they overtake a line whose reply does not come.
import type { Connection } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import { isOutOfBand } from '../line/outofband.ts';
import type { RowReader } from '../line/rows.ts';
import type { BatchLine } from './meant.ts';

/** Lines that come meanwhile. */
export interface More {
  /** Resolves when there is more, with what takes it; undefined where nothing comes any more. */
  peek(): Promise<(() => readonly BatchLine[]) | undefined>;
}

/** The pieces of standard input; one may be waited for by two. */
export class Chunks implements More {
  readonly #chunks: AsyncIterator<string>;
  readonly #reader: RowReader;
  #ahead: Promise<IteratorResult<string>> | undefined;

  constructor(input: AsyncIterable<string>, reader: RowReader) {
    this.#chunks = input[Symbol.asyncIterator]();
    this.#reader = reader;
  }

  async next(): Promise<IteratorResult<string>> {
    const ahead = this.#look();
    const result = await ahead;
    if (this.#ahead === ahead && !result.done) this.#ahead = undefined;
    return result;
  }

  async peek(): Promise<(() => readonly BatchLine[]) | undefined> {
    const { done, value } = await this.#look();
    if (done) return undefined;
    return () => {
      this.#ahead = undefined;
      return this.#reader.push(value);
    };
  }

  #look(): Promise<IteratorResult<string>> {
    this.#ahead ??= this.#chunks.next();
    return this.#ahead;
  }
}

interface Overtaking {
  readonly host: Pick<Connection, 'clock' | 'session'>;
  /** The lines behind; those that overtake are taken from it. */
  readonly queue: BatchLine[];
  readonly more: More | undefined;
  readonly act: (line: BatchLine) => Promise<Exit>;
}

/** Milliseconds after which a line without a reply may be overtaken. */
const LATE = 100;

/** The statuses of a line, and of those right behind it that went out of band while it had no reply. */
export async function withOvertaking(run: Promise<Exit>, options: Overtaking): Promise<readonly Exit[]> {
  if (!(await isLate(run, options.host))) return [await run];
  const beside = await overtaking(run, options);
  return [await run, ...(await Promise.all(beside))];
}

/** Whether QEMU has not answered a line after a moment. */
async function isLate(run: Promise<unknown>, { clock, session }: Overtaking['host']): Promise<boolean> {
  let cancel = () => {};
  const late = new Promise<boolean>(resolve => {
    cancel = clock.after(LATE, () => resolve((session?.pending.length ?? 0) > 0));
  });
  return Promise.race([late, run.then(() => false)]).finally(() => cancel());
}

/** Begins each line that goes out of band, until one does not, or the line before them has ended. */
async function overtaking(
  run: Promise<unknown>,
  { queue, more, act }: Overtaking,
): Promise<readonly Promise<Exit>[]> {
  const beside: Promise<Exit>[] = [];
  const over = run.then(() => undefined);
  for (;;) {
    const [next] = queue;
    if (next) {
      if (next.leftOut !== undefined || !isOutOfBand(next.text)) return beside;
      queue.shift();
      beside.push(act(next));
    } else {
      const take = await Promise.race([over, more ? more.peek() : over]);
      if (!take) return beside;
      queue.push(...take());
    }
  }
}
