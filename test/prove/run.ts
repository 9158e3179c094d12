// The model of undo: every recipe broken off at every place. Arguments: parts of points' names (`mirror-complete:kill`, `kill:`), or
// whole ones to play again by themselves. `--each N` takes every Nth point, `--jobs N` plays so many at once.
// With `--crowd N` eight clients on one shared monitor instead, with N commands each.
// With `--backups N` the model of backups instead: so many random sequences from `--seed N` on.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { sweepBackups } from './backupsweep.ts';
import { proveCrowd } from './crowd.ts';
import { sweep } from './sweep.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    each: { type: 'string', default: '1' },
    backups: { type: 'string' },
    crowd: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    verbose: { type: 'boolean', default: false },
  },
});
if (values.crowd !== undefined)
  process.exit((await proveCrowd(Number(values.crowd), text => console.log(text))) ? 0 : 1);
if (values.backups !== undefined) {
  const first = Number(values.seed);
  const seeds = Array.from({ length: Number(values.backups) }, (_, i) => first + i);
  const { jobs, verbose } = values;
  const say = (text: string) => console.log(text);
  const { sequences, wrong } = await sweepBackups({ seeds, jobs: Number(jobs), verbose, say });
  process.exit(wrong > 0 || sequences === 0 ? 1 : 0);
}
const { points, differing } = await sweep({
  parts: positionals,
  each: Number(values.each),
  from: Number(values.from),
  jobs: Number(values.jobs),
  verbose: values.verbose || positionals.some(part => part.split(':').length === 4),
  say: text => console.log(text),
});
process.exit(differing > 0 || points === 0 ? 1 : 0);
