// `qmpsh play PAGE --on A --on B`: a page on several monitors. What is missing is asked once, and so is the consent.
import type { Exit } from '../line/exit.ts';
import { chooseSteps } from '../play/choice.ts';
import { agreeForAll, type PlayRequest, playPage, showDry } from '../play/playing.ts';
import { complete, filled, runName } from '../play/prepare.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { converse } from './converse.ts';
import { onEach } from './fleet.ts';
import type { Invocation } from './invocation.ts';
import type { Asked } from './pageargs.ts';
import { outputFor, type PageTools, personOf } from './pagetools.ts';
import { onMonitor } from './pagevm.ts';
import type { Target } from './targets.ts';

export async function playOnEach(
  subject: Pick<PlayRequest, 'page' | 'reading'>,
  asked: Asked,
  targets: readonly Target[],
  invocation: Invocation,
  tools: PageTools,
): Promise<Exit> {
  const { page } = subject;
  const { choice, address } = asked;
  const { switches } = invocation;
  if (address !== undefined)
    throw new QmpshError('usage', `either an address (${safe(address)}) or --on and --hosts`);
  const chosen = chooseSteps(page, choice);
  const person = personOf(tools);
  // What one monitor has a value of its own for is not asked; what all lack is asked once.
  const own = new Set(targets.flatMap(({ given }) => [...given.keys()]));
  const first = new Map([...asked.given, ...targets.flatMap(({ given }) => [...given])]);
  const answers = [...(await complete(page, first, person))].filter(([name]) => !own.has(name));
  const plays = new Map(
    targets.map(target => {
      const given = new Map([...answers, ...asked.given, ...target.given]);
      try {
        return [target, { given, values: filled(page, given, runName()) }] as const;
      } catch (error) {
        if (!(error instanceof QmpshError)) throw error;
        const { kind, message, advice } = error;
        throw new QmpshError(
          kind,
          `${safe(target.name)}: ${message}`,
          advice === undefined ? {} : { advice },
        );
      }
    }),
  );
  const dry = switches.has('dry-run');
  const show = outputFor(new Set(), { ...tools, out: tools.err, paint: tools.errPaint }).show;
  const host = {
    allowShell: switches.has('allow-shell') || switches.has('yes'),
    ...{ folder: tools.folder, show },
    ...(person ? { person } : {}),
  };
  const agreed = dry ? undefined : await agreeForAll(subject, chosen, [...plays.values()], host);
  const schema = dry ? await tools.schema() : undefined;
  return onEach(invocation, targets, async (target, beside) => {
    const play = plays.get(target);
    if (!play) return 2;
    const its: PageTools = {
      ...tools,
      ...{ out: beside.out, err: beside.err },
      ...{ person: false, columns: undefined, rows: () => undefined },
      connected: (to, practice, act) =>
        converse(invocation, to, { act, beside, ...(practice ? { practice } : {}) }),
    };
    const output = outputFor(switches, its);
    if (dry)
      return showDry({ ...subject, given: play.given, choice }, schema, { folder: tools.folder }, output);
    const to = { ...asked, address: target.address, given: play.given };
    return onMonitor(subject, to, invocation, its, (on, _own, before, print) =>
      playPage(
        {
          ...subject,
          ...before,
          ...play,
          ...(agreed ? { agreed } : {}),
          ...{ choice, step: false, verbose: switches.has('verbose') },
        },
        on,
        print,
      ),
    );
  });
}
