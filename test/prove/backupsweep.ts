// Plays sequences of the model of backups by their seeds, says which are wrong, and how to play one again.
import { playDeeds, shrink } from './backups.ts';
import { sequenceOf } from './deeds.ts';

export interface BackupSweep {
  readonly seeds: Iterable<number>;
  /** Milliseconds after which no further sequence begins. */
  readonly limit?: number;
  readonly jobs: number;
  readonly verbose: boolean;
  readonly say: (text: string) => void;
}

export async function sweepBackups({ seeds, limit, jobs, verbose, say }: BackupSweep) {
  const began = Date.now();
  const queue = seeds[Symbol.iterator]();
  const total = { sequences: 0, points: 0, refusals: 0, wrong: 0 };
  const lane = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      if (limit !== undefined && Date.now() - began > limit) return;
      const seed = next.value;
      const deeds = sequenceOf(seed);
      const found = await playDeeds(deeds, seed).catch((error: unknown) => ({
        wrong: [`it could not be played: ${error instanceof Error ? error.stack : String(error)}`],
        points: 0,
        refusals: 0,
        log: deeds.map(({ does }) => does),
      }));
      total.sequences += 1;
      total.points += found.points;
      total.refusals += found.refusals;
      if (verbose) say(`seed ${seed}\n${found.log.join('\n')}`);
      if (total.sequences % 10 === 0) say(`${total.sequences} played, ${total.wrong} wrong`);
      if (found.wrong.length > 0) {
        total.wrong += 1;
        const least = await shrink(deeds, seed);
        say(`WRONG seed ${seed}: ${found.wrong.join('; ')}`);
        say(`      at least: ${least.map(({ does }) => does).join(', ')}`);
        say(`      once more: npm run prove -- --backups 1 --seed ${seed}`);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  const seconds = Math.round((Date.now() - began) / 1000);
  say(
    `${total.sequences} sequences, ${total.points} points compared, ${total.refusals} refusals, ${total.wrong} wrong, ${seconds} s`,
  );
  return total;
}
