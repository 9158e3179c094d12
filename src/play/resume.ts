// Finishes or undoes a play that was broken off.
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import type { Page } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { Again, type Mode } from './again.ts';
import { markOf, type Unfinished } from './journal.ts';
import { loadPage } from './load.ts';
import { type Output, playPage } from './playing.ts';
import { Reading } from './reading.ts';

/** Takes a play up again; its journal goes when it is finished or undone. Throws a QmpshError where it cannot be. */
export async function resume(play: Unfinished, mode: Mode, host: Host, output: Output): Promise<Exit> {
  const reading = new Reading();
  const page = await loadPage(play.page, play.folder, reading);
  check(play, page, mode);
  return playPage(
    {
      page,
      reading,
      given: new Map(),
      choice: {},
      step: false,
      verbose: false,
      values: play.values,
      again: { play, turns: new Again(mode, play.begun) },
    },
    host,
    output,
  );
}

function check(play: Unfinished, page: Page, mode: Mode): void {
  if (markOf(page) !== play.mark)
    throw new QmpshError('usage', `the page ${safe(play.page)} was changed since it was played`, {
      advice: 'What it did is listed by .unfinished; it can be taken back by hand, and forgotten.',
    });
  if (mode === 'finish' && play.secrets.length > 0)
    throw new QmpshError('usage', `it needs secrets, which are not kept: ${safe(play.secrets.join(', '))}`, {
      advice: '.unfinished undo needs none.',
    });
}
