import { listFiles } from '../io/listing.ts';
import { findPages } from '../io/pages.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import { withNames } from '../line/withnames.ts';
import type { Offer, Word } from '../line/word.ts';
import { wordNamed } from '../line/wordfacts.ts';
import type { Values } from '../page/value.ts';
import { readPlay } from '../play/call.ts';
import { findPage, loadPage, toPage } from '../play/load.ts';
import { Reading } from '../play/reading.ts';
import type { StyledLine } from '../text/style.ts';
import type { RehearsalRequest } from '../twin/rehearsal.ts';
import { quietly } from './play.ts';

export const REHEARSE: Word = {
  name: '.rehearse',
  usage: '[--faults] PAGE|LINE [name=value ...]',
  help: 'try a page or a line on a likeness of this VM',
  more: [
    "A twin of the VM's block layer is made on a throw-away QEMU: the same nodes, filters, bitmaps, devices, exports and",
    'jobs, on empty images in a private folder. The VM is only asked questions. What the twin answers is shown, and the',
    'graph before and after; the verdict says whether it goes through, is refused, or cannot be told. --faults refuses',
    'each step of a page once, and says whether its undo leaves the twin as it was.',
    '    .rehearse backup node=node-A file=copy.qcow2        .rehearse blockdev-del node-name=node-A',
  ],
  ofQemu: true,
  needs: 'host',
  complete: (before, typed, host, words) => {
    const [page, ...more] = before.filter(word => word !== '--faults');
    if (page === undefined) {
      const pages = findPages().map(({ name, path }): Offer => ({ text: name, note: path }));
      const option: readonly Offer[] = [{ text: '--faults', note: 'refuse every step once' }];
      return [...(typed.startsWith('-') ? option : []), ...pages, ...listFiles(typed, host.folder)];
    }
    const word = wordNamed(page, words);
    return word?.complete?.(more, typed, host, words) ?? [];
  },
  run: async ({ args, rest }, host): Promise<Exit> => {
    const { rehearse } = await import('../twin/rehearsal.ts');
    const faults = args.includes('--faults');
    const named = args.filter(arg => arg !== '--faults');
    const request = await rehearsed(named, rest, host);
    const { page, reading, given, choice, isLine } = request;
    const show = (lines: readonly StyledLine[]) => {
      if (lines.length > 0) host.show(lines);
    };
    const play = async (values: Values): Promise<Exit> => {
      if (isLine) return host.run(lineIn(rest));
      const { playPage } = await import('../play/playing.ts');
      const exit = await quietly(host, () =>
        playPage({ page, reading, given, values, choice, step: false, verbose: false, replies: true }, host, {
          show,
        }),
      );
      const typed = `.play ${lineIn(rest).replace(/^\./, '')}`;
      if (exit === 0) host.recorder?.word(typed);
      else host.recorder?.failed(typed, `exit status ${exit}`);
      return exit;
    };
    return rehearse({ ...request, faults, play }, host, { show });
  },
};

/** What stands behind the word, without our own option. */
function lineIn(rest: string): string {
  return rest.replace(/^(?:--faults\s+)+/, '').replace(/\s+--faults$/, '');
}

/** What is to be rehearsed: a page where there is one of that name, else a line of the user's as a page of one step. */
export async function rehearsed(
  args: readonly string[],
  rest: string,
  host: Host,
): Promise<Omit<RehearsalRequest, 'faults' | 'play'>> {
  const reading = new Reading();
  const [first] = args.filter(arg => !arg.startsWith('--'));
  if (first === undefined) throw misuse(REHEARSE, 'what is to be rehearsed? Name a page, or write a line');
  const name = first.startsWith('.') ? first.slice(1) : first;
  if (findPage(name, host.folder, reading)) {
    const call = readPlay(args.map(arg => (arg === first ? name : arg)));
    const { step, dryRun, update, choice } = call.options;
    if (step || dryRun || update)
      throw misuse(REHEARSE, '--step, --dry-run and --update belong to .play and .check');
    const page = await loadPage(name, host.folder, reading, note => host.note(note, 'warning'));
    return { page, reading, given: call.given, choice };
  }
  if (first.startsWith('.') && !/^\.(?:send|hmp)$/.test(first))
    throw misuse(REHEARSE, `${first} is no page; a line that is sent to QEMU, or a page, can be rehearsed`);
  const line = withNames(lineIn(rest), host.names);
  const page = await toPage(`(QEMU) ${line.replaceAll('$', '$$$$')}\n`, 'the line');
  return { page, reading, given: new Map(), choice: {}, isLine: true };
}
