// A play that was broken off, taken up again: what it did is put into the ledger instead of being done once more, and then
// the page is undone, or goes on.
import { requestOf } from '../language/parse.ts';
import type { Step } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { asksOnly } from './inverse.ts';
import { badEnd, isNew, mayRun, untilDone } from './jobs.ts';
import type { Begun } from './journal.ts';
import type { Failure } from './outcome.ts';
import { failureOf } from './perform.ts';
import type { Performance } from './performance.ts';

export type Mode = 'finish' | 'undo';

/** What becomes of a step: it was done; it is to be done now; or the page ends here, undone or left as it is. */
type Turn =
  | { readonly do: 'nothing'; readonly refused: boolean }
  | { readonly do: 'perform' }
  | { readonly do: 'end'; readonly failure: Failure; readonly undo: boolean };

export class Again {
  readonly mode: Mode;
  readonly #rows: readonly Begun[];
  #next = 0;

  constructor(mode: Mode, rows: readonly Begun[]) {
    this.mode = mode;
    this.#rows = rows;
  }

  /** The line of the step as it was begun; undefined where it was not. */
  lineOf(step: Step): string | undefined {
    const row = this.#rows[this.#next];
    return row?.index === step.index ? row.text : undefined;
  }

  /** Takes the next step of the page up. */
  async take(step: Step, text: string, performance: Performance): Promise<Turn> {
    const row = this.#rows[this.#next];
    if (row === undefined) return this.mode === 'finish' ? { do: 'perform' } : brokenOff();
    if (row.index !== step.index)
      return left(
        `the page went on elsewhere then: at ${safe(row.text)}`,
        'Only .unfinished forget is left.',
      );
    this.#next++;
    const { stage, values, reading, ledger, jobs, signal } = performance;
    // A value that was read is known.
    if (step.kind === 'word' && READS.test(text))
      return row.ended ? done(row) : this.mode === 'finish' ? { do: 'perform' } : brokenOff();
    const request = step.kind === 'qmp' ? requestOf(reading.line(text, stage.host.schema)) : undefined;
    // What is asked is asked anew, for the lines that read the reply.
    if (request !== undefined && asksOnly(request) && this.mode === 'finish') return { do: 'perform' };
    const { session } = request ? await stage.monitorOf(step, values) : { session: undefined };
    const deed = ledger.begin({
      step,
      text,
      ...(request && session ? { request, session, monitor: stage.addressOf(step, values) } : {}),
    });
    if (row.ended) deed.fate = row.refused ? 'refused' : 'done';
    const own = request && session && !row.refused ? mayRun(request, session, 0, deed) : [];
    jobs.push(...own);
    if (row.ended) return done(row);
    if (this.mode === 'undo') return brokenOff();
    // The step that was under way. Where its job is there, QEMU has taken it.
    await session?.execute('query-jobs', {}, { signal });
    const running = own.filter(isNew);
    if (running.length === 0)
      return left(
        `whether this was done is not known: ${safe(row.text)}`,
        '.unfinished undo looks what is there, and takes it back.',
      );
    deed.fate = 'done';
    const bad = badEnd(await untilDone(running, undefined, { signal }));
    if (bad === undefined) return done(row);
    return { do: 'end', failure: { message: bad, exit: 1 }, undo: true };
  }
}

/** Words that change nothing. */
const READS = /^\.(?:let|expect|points|wait)\b/;

function done({ refused }: Begun): Turn {
  return { do: 'nothing', refused };
}

function brokenOff(): Turn {
  const failure = failureOf(new QmpshError('interrupted', 'it was broken off here'));
  return { do: 'end', failure, undo: true };
}

function left(message: string, advice: string): Turn {
  return { do: 'end', failure: { message, advice, exit: 1 }, undo: false };
}
