// Every step of a page refused once, each on a twin that is as it was: what the undo takes back then, and what it leaves.
import type { Host } from '../line/host.ts';
import type { Output } from '../play/playing.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Source } from './source.ts';
import { type Subject, tryPage } from './trial.ts';
import type { Twin } from './twin.ts';

/**
 * Plays the page once for each of `steps`, the numbers of those that it came to, and ends it there. Tells of each step
 * after whose undo the twin is not as before; gives whether there is none.
 */
export async function tryFaults(
  subject: Subject,
  steps: readonly number[],
  source: Source,
  host: Host,
  output: Output,
): Promise<boolean> {
  const { show, row } = output;
  let twin: Twin | undefined;
  let same = 0;
  try {
    for (const [at, number] of steps.entries()) {
      twin ??= await host.foreground('the twin', signal => source.build(signal));
      const before = await twin.state();
      const trial = await tryPage(subject, host, { twin, failAt: at, output: { show: () => {} } });
      const isSame = twin.session.state === 'open' && before === (await twin.state());
      const left = [
        ...trial.left.map(({ text, why }) => `${text}${why === undefined ? '' : ` (${why})`}`),
        ...trial.stays,
      ];
      if (row) row({ refused: number, same: isSame, left });
      if (isSame) {
        same += 1;
        continue;
      }
      if (!row) {
        const what =
          left.length === 0
            ? 'no line of its undo takes it back'
            : `left: ${left.map(text => safe(text)).join('; ')}`;
        const text = `step ${number} refused: the twin is not as before; ${what}`;
        show(wrapLine([span('faults: ', 'warning'), span(text)], host.width, 8));
      }
      await twin.close();
      twin = undefined;
    }
  } finally {
    await twin?.close();
  }
  if (!row) {
    const all = steps.length === 1 ? 'the step was' : `each of the ${steps.length} steps was`;
    const how =
      same === steps.length ? 'the twin was as before each time' : `${same} times the twin was as before`;
    show(wrapLine([span('faults: ', 'dim'), span(`${all} refused once; ${how}`)], host.width, 8));
  }
  return same === steps.length;
}
