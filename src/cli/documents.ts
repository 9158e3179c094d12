// What `qmpsh play` writes beside its report: a cast (`--cast`), a hand-out (`--html`).
import type { BatchHost } from '../batch/host.ts';
import { CLOCK } from '../io/clock.ts';
import { writeDocument } from '../io/files.ts';
import type { Exit } from '../line/exit.ts';
import { limits, unlessGivenUp } from '../line/send.ts';
import type { Page } from '../page/model.ts';
import { CAST_HEAD, Cast } from '../play/cast.ts';
import { HANDOUT_HEAD, HandOut } from '../play/handout.ts';
import type { Output } from '../play/playing.ts';
import type { Report } from '../play/report.ts';
import { stateOf } from '../play/vmstate.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { BlockGraph } from '../render/graph.ts';
import type { Invocation } from './invocation.ts';

const ROWS = 24;

/**
 * Plays by `play` and writes the documents that are asked for, also where the play fails. That a file can be written is
 * known before the first step.
 */
export async function withDocuments(
  { values, switches }: Pick<Invocation, 'values' | 'switches'>,
  { page, folder }: { readonly page: Page; readonly folder: string },
  host: BatchHost,
  output: Output,
  play: (output: Output, also: Report | undefined) => Promise<Exit>,
): Promise<Exit> {
  const { cast: castFile, html: htmlFile } = values;
  if (castFile === undefined && htmlFile === undefined) return play(output, undefined);
  if (castFile !== undefined && switches.has('json'))
    throw new QmpshError('usage', '--cast and --json exclude each other', {
      advice: 'A cast shows what a person sees.',
    });
  const title = page.title ?? page.name;
  const cast = new Cast({ title, width: host.width, height: ROWS, now: () => CLOCK.now() });
  const handOut = new HandOut(page, () => host.schema);
  const write = async (before: BlockGraph | undefined, after: BlockGraph | undefined) => {
    if (castFile !== undefined) writeDocument(castFile, folder, cast.text(), CAST_HEAD);
    if (htmlFile !== undefined)
      writeDocument(htmlFile, folder, await handOut.html(before, after), HANDOUT_HEAD);
  };
  await write(undefined, undefined);
  const graph = async () =>
    htmlFile === undefined
      ? undefined
      : (await unlessGivenUp(stateOf(host.session, limits(host), host.settings.unstable)))?.graph;
  const before = await graph();
  const both: Output = {
    ...output,
    show: lines => {
      output.show(lines);
      cast.show(lines);
    },
  };
  try {
    return await play(both, htmlFile === undefined ? undefined : handOut);
  } finally {
    await write(before, await graph());
  }
}
