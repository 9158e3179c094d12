// The words `.play`, `.step` and `.check`, which play and check pages at the prompt.
import { listFiles } from '../io/listing.ts';
import { findPages } from '../io/pages.ts';
import type { Exit } from '../line/exit.ts';
import { alarmsOf } from '../line/filter.ts';
import type { Host } from '../line/host.ts';
import { misuse } from '../line/misuse.ts';
import type { Output } from '../line/output.ts';
import type { Offer, Word } from '../line/word.ts';
import { type PlayCall, readPlay } from '../play/call.ts';
import { loadPage, pagePath } from '../play/load.ts';
import { Reading } from '../play/reading.ts';
import { QmpshError } from '../qmp/errors.ts';

export const PLAY_OPTIONS: readonly Offer[] = [
  { text: '--step', note: 'step by step, with the prose' },
  { text: '--dry-run', note: 'show what would be done' },
  { text: '--from=', note: 'begin at this step or section' },
  { text: '--to=', note: 'end behind this step or section' },
  { text: '--quiet', note: 'without the replies of queries' },
  { text: '--section=', note: 'only this section' },
];

/** Plays a page; `typed` is what the recorder keeps. */
export async function runPlay(
  { name, given, options }: PlayCall,
  typed: string,
  host: Host,
  reading = new Reading(),
): Promise<Exit> {
  const { playPage, showDry } = await import('../play/playing.ts');
  const page = await loadPage(name, host.folder, reading, note => host.note(note, 'warning'));
  const output = { show: host.show.bind(host) };
  if (options.update) throw new QmpshError('usage', '--update belongs to .check');
  if (options.dryRun)
    return showDry({ page, given, choice: options.choice, reading }, host.schema, host, output);
  const exit = await quietly(host, () =>
    playPage(
      {
        ...{ page, reading, given, choice: options.choice, step: options.step, verbose: false },
        replies: !options.quiet,
      },
      host,
      output,
    ),
  );
  if (exit === 0) host.recorder?.word(typed);
  else host.recorder?.failed(typed, `exit status ${exit}`);
  return exit;
}

/** Shows alarms only while a page plays, since it reports its jobs itself; the log has all events. */
export async function quietly<T>(host: Output, run: () => Promise<T>): Promise<T> {
  const { filter } = host;
  host.filter = alarmsOf(filter);
  try {
    return await run();
  } finally {
    host.filter = filter;
  }
}

function completePage(
  before: readonly string[],
  typed: string,
  host: Pick<Host, 'folder'>,
): readonly Offer[] {
  if (before.length > 0) return typed.startsWith('-') ? PLAY_OPTIONS : [];
  const pages = findPages().map(({ name, path }) => ({ text: name, note: path }));
  return [...pages, ...listFiles(typed, host.folder)];
}

const PAGE_USAGE = 'PAGE [name=value ...] [--from N] [--to N] [--section TITLE]';

export const PLAY: Word = {
  name: '.play',
  usage: `${PAGE_USAGE} [--dry-run] [--quiet]`,
  help: 'play a page: a macro, a recording, a document',
  more: [
    'A page is a file with (QEMU) and $ lines, or one of the recipes. It waits for the jobs it starts; when a',
    'step fails, what it did is undone. --quiet leaves out the replies of queries. --from and --to take a step number or the title of a section.',
    '    .play recording.qmp        .play backup node=node-A file=copy.qcow2',
    'Recipes are words as well: .backup node=node-A file=copy.qcow2',
  ],
  needs: 'host',
  complete: completePage,
  run: ({ args, text }, host) => runPlay(readPlay(args), text, host),
};

export const STEP: Word = {
  name: '.step',
  usage: PAGE_USAGE,
  help: 'play a page step by step, with its prose',
  more: [
    'One key decides: Enter (or Space) runs the step, s skips it, e edits it, t types lines of your own in between,',
    'b reads back, q leaves and offers to undo. The picture has the chains that the page is about.',
  ],
  needs: 'host',
  complete: completePage,
  run: ({ args, text }, host) => {
    const call = readPlay(args);
    return runPlay({ ...call, options: { ...call.options, step: true } }, text, host);
  },
};

export const CHECK: Word = {
  name: '.check',
  usage: `${PAGE_USAGE} [--update]`,
  help: 'play a page and say where it is not true',
  more: [
    'Requests, replies and output that the page shows are compared with what comes. --update puts that into the',
    'page instead.',
  ],
  needs: 'host',
  complete: completePage,
  run: async ({ args }, host) => {
    const { name, given, options } = readPlay(args);
    const reading = new Reading();
    if (options.step || options.dryRun) throw misuse(CHECK, '--step and --dry-run belong to .play');
    const { checkOnline } = await import('../play/checking.ts');
    const page = await loadPage(name, host.folder, reading, note => host.note(note, 'warning'));
    const { choice, update } = options;
    const path = pagePath(name, host.folder, reading);
    const more = { update, allowEmpty: false, keepGoing: false, ...(path === undefined ? {} : { path }) };
    const request = { page, reading, given, choice, ...more };
    const output = { show: host.show.bind(host) };
    const check = await quietly(host, () => checkOnline(request, host, output));
    const { tell } = await import('../play/document/tell.ts');
    const { exitOf } = await import('../play/document/result.ts');
    tell(check, output);
    return exitOf(check);
  },
};
