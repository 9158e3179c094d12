// What may happen to a disk and the images of its series, and the random sequence of a seed.

/** What happens; `at` and `how` are shares from 0 to 1 that choose among what there is then. */
export interface Deed {
  readonly does: (typeof DEEDS)[number];
  readonly at: number;
  readonly how: number;
}

const DEEDS = [
  'write',
  'start',
  'next',
  'next wrong',
  'grow',
  'shrink and grow',
  'snapshot',
  'delete',
  'rename',
  'truncate',
  'copy over',
  'restart',
  'kill QEMU',
  'kill the shell',
  'to a server',
  'to a server that dies',
  'to a server without room',
  'remove the bitmap',
  'restore',
  'keep',
] as const;
/** How often each comes. */
const WEIGHTS = [8, 2, 8, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 3, 2, 2, 1, 1, 2, 1];

/** The sequence of a seed; the first deeds begin a series, so that there is something to be wrong about. */
export function sequenceOf(seed: number): readonly Deed[] {
  const random = randomOf(seed);
  const total = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  const length = 4 + Math.floor(random() * 9);
  const deeds: Deed[] = [{ does: 'start', at: random(), how: random() }];
  while (deeds.length < length) {
    let left = random() * total;
    const i = WEIGHTS.findIndex(weight => {
      left -= weight;
      return left < 0;
    });
    deeds.push({ does: DEEDS[i] ?? 'write', at: random(), how: random() });
  }
  return [...deeds, { does: 'write', at: random(), how: random() }, { does: 'next', at: 0, how: 0 }];
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
