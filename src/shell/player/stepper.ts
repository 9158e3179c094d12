// Plays a page step by step: the picture where it is another one, the prose, the step, and then what the reader says.
import type { Page, Step } from '../../page/model.ts';
import { QmpshError } from '../../qmp/errors.ts';
import type { BlockGraph } from '../../render/graph.ts';
import { renderMarkdown } from '../../render/page.ts';
import { renderGraph } from '../../render/picture.ts';
import { span } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import type { StyledLine } from '../../text/style.ts';
import type { Dialogue, Host } from '../host.ts';
import { looksOther, stateOf } from '../lesson/state.ts';
import type { Policy } from '../player.ts';
import { stepNumber } from './choice.ts';

const KEYS = ['Enter', 's', 'e', 'b', 'q'];
const QUESTION = 'Enter runs, s skips, e edits, b reads back, q leaves ';

/** The policy of `--step`. Needs somebody at a terminal. */
export function stepPolicy(page: Page, host: Host, strict: boolean): Policy {
  const dialogue = host.dialogue;
  if (!dialogue)
    throw new QmpshError('usage', 'step by step needs a terminal', {
      advice: 'Without one, --from and --to play a part of a page.',
    });
  let ran = 0;
  const read: Step[] = [];
  let drawn: BlockGraph | undefined;
  /** The block graph, where it is another one than was drawn last. */
  const draw = async () => {
    const graph = (await stateOf(host.session))?.graph;
    if (graph === undefined || !looksOther(drawn, graph)) return;
    const rows = renderGraph(graph, { width: host.width - 2, ...(drawn ? { before: drawn } : {}) });
    drawn = graph;
    host.show([[], ...rows.map((row): StyledLine => (row.length === 0 ? row : [span('  '), ...row]))]);
  };
  return {
    strict,
    patience: strict ? 10_000 : 0,
    guard: 'step',
    over: draw,
    next: async (step, bound) => {
      let text = bound;
      read.push(step);
      await draw();
      await showStep(page, step, text, host);
      for (let back = 0; ; ) {
        const key = await dialogue.key(QUESTION, KEYS);
        switch (key) {
          case 's':
            return { do: 'skip' };
          case 'e':
            text = await edited(text, dialogue);
            host.show([line(step, text)]);
            continue;
          case 'b': {
            back = Math.min(back + 1, read.length - 1);
            const earlier = read[read.length - 1 - back];
            if (earlier) await showStep(page, earlier, earlier.text, host);
            if (back > 0) host.show([[span('next is', 'dim')], line(step, text)]);
            continue;
          }
          case 'q':
          case undefined:
            return { do: 'leave', undo: ran > 0 && (await wantsUndo(dialogue)) };
          default:
            ran += 1;
            return text === bound ? { do: 'run' } : { do: 'run', text };
        }
      }
    },
  };
}

async function wantsUndo(dialogue: Dialogue): Promise<boolean> {
  return (await dialogue.key('Undo what this page did? [y/N] ', ['n', 'y'])) === 'y';
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
