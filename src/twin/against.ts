// Draws the graph of a twin, marked where it differs from that of its VM.

import type { Host } from '../line/host.ts';
import { fill } from '../play/prepare.ts';
import { QmpshError } from '../qmp/errors.ts';
import { renderGraph } from '../render/picture.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { areAlike } from './alike.ts';
import type { RehearsalRequest } from './rehearsal.ts';
import { Source } from './source.ts';
import { tryPage } from './trial.ts';

/** The picture of the twin's graph. Throws a QmpshError where the page does not go through there. */
export async function graphAgainst(
  host: Host,
  subject: Omit<RehearsalRequest, 'faults' | 'play'> | undefined,
): Promise<readonly StyledLine[]> {
  const values = subject && (await fill(subject.page, subject.given, host.person));
  const source = await Source.of(host);
  const twin = await host.foreground('the twin', signal => source.build(signal));
  const rows: StyledLine[] = [];
  const say = (mark: string, text: string) => {
    rows.push(...wrapLine([span(`${mark}: `, 'warning'), span(safe(text))], host.width, mark.length + 2));
  };
  try {
    for (const text of twin.said) say('twin', text);
    const before = subject ? await twin.graph() : source.told.graph;
    if (subject && values) {
      const trial = await tryPage({ ...subject, values }, host, { twin, output: { show: () => {} } });
      if (trial.failed) {
        const { step, failure } = trial.failed;
        const at = step === undefined ? '' : ` at step ${step}`;
        throw new QmpshError('refused', `on the twin it does not go through${at}: ${failure.message}`, {
          advice: 'There is no graph to compare with; .rehearse shows what happens.',
        });
      }
      for (const { text, why } of trial.skipped) say('not run', `${text} (${why})`);
    }
    const after = await twin.graph();
    if (!after || !before) throw new QmpshError('refused', 'the twin tells of no block nodes');
    if (rows.length > 0) rows.push([]);
    if (areAlike(before, after)) {
      const text = subject ? 'The graph would be as it is now.' : 'The twin has the graph of the VM.';
      return [...rows, [span(text, 'ok')], [], ...renderGraph(after, { width: host.width })];
    }
    return [...rows, ...renderGraph(after, { width: host.width, before })];
  } finally {
    await twin.close();
  }
}
