// Prints each row as a ratio of medians beside its budget. A row more: add it to `sources`.
import { parseArgs } from 'node:util';
import { keyRows } from './keys.ts';
import { roundtripRows } from './roundtrip.ts';
import { measure, type Row } from './row.ts';
import { startRows } from './start.ts';

const sources: readonly (() => Promise<{ readonly rows: readonly Row[]; close(): Promise<void> }>)[] = [
  startRows,
  roundtripRows,
  keyRows,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '20' } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs wants a number, not ${values.runs}`);

let over = 0;
let measured = 0;
for (const source of sources) {
  const { rows, close } = await source();
  try {
    for (const row of rows) {
      if (positionals.length > 0 && !positionals.some(part => row.name.includes(part))) continue;
      const { ours, theirs, ratio } = await measure(row, runs);
      measured += 1;
      const verdict = ratio <= row.budget ? 'ok  ' : 'OVER';
      if (ratio > row.budget) over += 1;
      const unit = row.unit ?? 'ms';
      const figures = `${ours.toFixed(1)} ${unit} against ${theirs.toFixed(1)} ${unit}`;
      console.log(
        `${verdict} ${ratio.toFixed(3)} x ${row.peer} (budget ${row.budget})  ${row.name}: ${figures}`,
      );
    }
  } finally {
    await close();
  }
}
if (measured === 0) console.error(`no row's name has ${positionals.join(' or ')} in it`);
console.log(`${measured} measured, ${over} over budget; medians of ${runs} runs in turn`);
process.exitCode = over > 0 || measured === 0 ? 1 : 0;
