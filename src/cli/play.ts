// `qmpsh play`: a page from the command line.
import type { Exit } from '../line/exit.ts';
import type { Values } from '../page/value.ts';
import { loadPage } from '../play/load.ts';
import { type Output, playPage, showDry } from '../play/playing.ts';
import { Reading } from '../play/reading.ts';
import type { Report } from '../play/report.ts';
import { QmpshError } from '../qmp/errors.ts';
import { type Invocation, isForSeveral } from './invocation.ts';
import { readPositionals, refuse } from './pageargs.ts';
import { outputFor, pageTools, personOf } from './pagetools.ts';
import { onMonitor } from './pagevm.ts';

/** `qmpsh play PAGE [ADDRESS] [name=value ...]`. */
export async function playCommand(invocation: Invocation): Promise<Exit> {
  refuse(invocation);
  const reading = new Reading();
  const tools = await pageTools(invocation);
  const asked = readPositionals(invocation, tools.folder, reading, false);
  const [name] = asked.pages;
  if (name === undefined)
    throw new QmpshError('usage', 'which page?', {
      advice: 'qmpsh play PAGE ADDRESS, or qmpsh play PAGE --practice',
    });
  const page = await loadPage(name, tools.folder, reading, note => tools.err(`${note}\n`));
  const { given, choice } = asked;
  const { switches } = invocation;
  if (isForSeveral(invocation)) {
    const targets = (await import('./targets.ts')).targetsOf(invocation);
    if (targets)
      return (await import('./fleetplay.ts')).playOnEach(
        { page, reading },
        asked,
        targets,
        invocation,
        tools,
      );
  }
  const output = outputFor(invocation.switches, tools);
  if (switches.has('dry-run')) {
    if (invocation.values['cast'] !== undefined || invocation.values['html'] !== undefined)
      throw new QmpshError('usage', '--cast and --html show a play, and --dry-run plays nothing');
    if (switches.has('step')) throw new QmpshError('usage', '--step and --dry-run exclude each other');
    return showDry(
      { page, given, choice, reading },
      await tools.schema(),
      { folder: tools.folder, person: personOf(tools) },
      output,
    );
  }
  if (switches.has('faults') && !switches.has('rehearse'))
    throw new QmpshError('usage', '--faults belongs to --rehearse');
  if (switches.has('rehearse')) {
    if (switches.has('step')) throw new QmpshError('usage', '--step and --rehearse exclude each other');
    if (invocation.values['cast'] !== undefined || invocation.values['html'] !== undefined)
      throw new QmpshError('usage', '--cast and --html show a play, and --rehearse is none');
    const faults = switches.has('faults');
    return onMonitor({ page, reading }, asked, invocation, tools, async (host, own, before, print) => {
      const { rehearse } = await import('../twin/rehearsal.ts');
      const play = (values: Values) =>
        playPage(
          {
            ...{ page, reading, given: before.given, values, choice, step: false },
            verbose: switches.has('verbose'),
            ...(own ? { own } : {}),
          },
          host,
          print,
        );
      return rehearse({ page, reading, given: before.given, choice, faults, play }, host, print);
    });
  }
  const document = invocation.values['cast'] ?? invocation.values['html'];
  return onMonitor({ page, reading }, asked, invocation, tools, async (host, own, before, print) => {
    const play = (to: Output, also: Report | undefined) =>
      playPage(
        {
          ...{ page, reading },
          ...before,
          choice,
          step: switches.has('step'),
          verbose: switches.has('verbose'),
          ...(own ? { own } : {}),
          ...(also ? { also } : {}),
        },
        host,
        to,
      );
    if (document === undefined) return play(print, undefined);
    const { withDocuments } = await import('./documents.ts');
    return withDocuments(invocation, { page, folder: tools.folder }, host, print, play);
  });
}
