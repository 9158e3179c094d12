// Plays a page step by step: shows the picture if it has changed, the prose and the step, then asks what to do.

import type { Host } from '../line/host.ts';
import type { Dialogue } from '../line/person.ts';
import { limits, unlessGivenUp } from '../line/send.ts';
import type { Page, Step } from '../page/model.ts';
import { plain, type Values } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import { renderMarkdown } from '../render/page.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { stepNumber } from './choice.ts';
import type { Discretion } from './discreet.ts';
import { framed, Picture } from './picture.ts';
import type { Policy } from './player.ts';
import { stateOf } from './vmstate.ts';

const KEYS = ['Enter', 's', 'e', 't', 'b', 'q', 'Space'];
const QUESTION = 'Enter runs, s skips, e edits, t types a line, b reads back, q leaves ';

/** The policy of `--step`. Needs somebody at a terminal. */
export function stepPolicy(
  page: Page,
  host: Host,
  strict: boolean,
  hide: Discretion,
  values: Values,
): Policy {
  const dialogue = host.person?.dialogue;
  if (!dialogue)
    throw new QmpshError('usage', 'step by step needs a terminal', {
      advice: 'Without one, --from and --to play a part of a page.',
    });
  let ran = 0;
  const read: Step[] = [];
  const picture = new Picture();
  /** What names the chains that the page is about: its values, and its lines so far. */
  const about = [...values.values()].map(plain);
  /** The block graph, where it is another one than was drawn last. */
  const draw = async () => {
    const { session, width, height } = host;
    const state = await unlessGivenUp(stateOf(session, limits(host), host.settings.unstable));
    host.show(framed(picture.changed(state, session, { width, height, about })));
  };
  return {
    strict,
    patience: strict ? 10_000 : 0,
    guard: 'step',
    over: draw,
    next: async (step, bound) => {
      let text = bound;
      read.push(step);
      about.push(bound);
      await draw();
      await showStep(page, step, hide.text(text), host);
      const again = () => host.show([[], [span('next is', 'dim')], line(step, hide.text(text))]);
      for (let back = 0; ; ) {
        const key = await dialogue.key(QUESTION, KEYS, true);
        switch (key) {
          case 's':
            host.note('skipped');
            return { do: 'skip' };
          case 'e':
            text = await edited(text, dialogue);
            host.show([line(step, hide.text(text))]);
            continue;
          case 't':
            await runOwn(dialogue, host);
            await draw();
            again();
            continue;
          case 'b': {
            back = Math.min(back + 1, read.length - 1);
            const earlier = read[read.length - 1 - back];
            if (earlier) await showStep(page, earlier, hide.text(earlier.text), host);
            if (back > 0) again();
            continue;
          }
          case 'q':
          case undefined:
            return { do: 'leave', undo: ran > 0 && (host.leaving || (await wantsUndo(dialogue))) };
          default:
            ran += 1;
            return text === bound ? { do: 'run' } : { do: 'run', text };
        }
      }
    },
  };
}

/** Lines of the person's own, until an empty one. */
async function runOwn(dialogue: Dialogue, host: Host): Promise<void> {
  for (let own = await dialogue.line(); own !== undefined && !host.leaving; own = await dialogue.line())
    await host.run(own);
}

async function wantsUndo(dialogue: Dialogue): Promise<boolean> {
  return (await dialogue.key('Undo what this page did? [y/N] ', ['n', 'y'], true)) === 'y';
}

async function edited(text: string, dialogue: Dialogue): Promise<string> {
  const after = (await dialogue.edit(text)).trim();
  return after === '' ? text : after;
}

async function showStep(page: Page, step: Step, text: string, host: Host): Promise<void> {
  const count = page.steps.filter(one => one.group !== 'on-failure').length;
  const head = `step ${stepNumber(page, step.index)} of ${count}`;
  const prose = step.prose === '' ? [] : await renderMarkdown(step.prose, host.width);
  host.show([[], ...prose, ...(prose.length > 0 ? [[]] : []), [span(head, 'dim')], line(step, text)]);
}

function line(step: Step, text: string): StyledLine {
  const prompt = span(step.kind === 'shell' ? '$ ' : '(QEMU) ', 'prompt');
  return [prompt, span(safe(text), 'command')];
}
