// No function that takes text from a user, a page or a server takes longer than in proportion to the text. Every one is
// given every kind of long text at a size and at four times that size: in proportion is 4 times as long, with the square
// 16 times. Both are measured in time of the processor, the quickest of several tries.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENTRIES, PIECES } from './growth.ts';

const SIZES = [800, 3000];
/** Four times the text may take so many times as long. */
const MOST = 9;
/** Milliseconds below which a clock says little, and those below which even the square would not be seen. */
const CLEAR = 8;
const QUICK = 2;

function longText(piece: string, size: number): string {
  return piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
}

async function milliseconds(run: (text: string) => unknown, text: string): Promise<number> {
  // Of the processor: what else the machine does counts for nothing.
  const started = process.cpuUsage();
  await run(text);
  return process.cpuUsage(started).user / 1000;
}

async function quickest(run: (text: string) => unknown, text: string, tries: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) best = Math.min(best, await milliseconds(run, text));
  return best;
}

/** How many times as long four times the text takes, at the first size where that can be told; 1 where it is quick. */
async function growth(run: (text: string) => unknown, piece: string): Promise<number> {
  if ((await milliseconds(run, longText(piece, 4 * (SIZES[0] ?? 1)))) < QUICK) return 1;
  for (const size of SIZES) {
    if ((await milliseconds(run, longText(piece, 4 * size))) < CLEAR) continue;
    let least = Number.POSITIVE_INFINITY;
    // A busy machine makes one measurement wrong, seldom each of several.
    for (let tries = 1; tries <= 6 && least > MOST; tries++) {
      const short = await quickest(run, longText(piece, size), tries);
      const long = await quickest(run, longText(piece, 4 * size), tries);
      least = Math.min(least, long < CLEAR ? 1 : long / short);
    }
    if (least > MOST) return least;
  }
  return 1;
}

/** Each function gets every eighth kind of text, each another eighth; `GROWTH=1` gives it all of them (minutes). */
const EVERY = Number(process.env['GROWTH'] ?? 8);

for (const [at, { name, run }] of ENTRIES.entries()) {
  test(`in proportion to its text: ${name}`, async () => {
    const slow: string[] = [];
    for (const piece of PIECES.filter((_, i) => (i + at) % EVERY === 0)) {
      const found = await growth(run, piece).catch(error => {
        throw new Error(`${JSON.stringify(piece)} repeated: ${error}`, { cause: error });
      });
      if (found > MOST) slow.push(`${JSON.stringify(piece)} repeated: ${found.toFixed(1)} times`);
    }
    assert.equal(slow, []);
  });
}

test.run();
