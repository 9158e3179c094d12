// `.play`, `.step` and `.check`: pages at the prompt.
import { listFiles } from '../../io/listing.ts';
import { findPages } from '../../io/pages.ts';
import { QmpshError } from '../../qmp/errors.ts';
import type { Exit, Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import { readPlay } from '../player/call.ts';
import { loadPage, pagePath } from '../player/load.ts';
import type { Offer, Word } from '../word.ts';

export const PLAY_OPTIONS: readonly Offer[] = [
  { text: '--step', note: 'step by step, with the prose' },
  { text: '--dry-run', note: 'show what would be done' },
  { text: '--from=', note: 'begin at this step or section' },
  { text: '--to=', note: 'end behind this step or section' },
  { text: '--section=', note: 'only this section' },
];

/** Plays what the text says; `typed` is what the recorder keeps. */
export async function runPlay(text: string, typed: string, host: Host): Promise<Exit> {
  const { name, given, options } = readPlay(text);
  const { playPage, showDry } = await import('../playing.ts');
  const page = await loadPage(name, host.folder);
  const output = { show: host.show.bind(host) };
  if (options.update) throw new QmpshError('usage', '--update belongs to .check');
  if (options.dryRun) return showDry(page, given, options.choice, host.schema, host, output);
  const exit = await quietly(host, () =>
    playPage({ page, given, choice: options.choice, step: options.step, verbose: false }, host, output),
  );
  if (exit === 0) host.recorder?.word(typed);
  else host.recorder?.failed(typed, `exit status ${exit}`);
  return exit;
}

/** A page tells of its jobs itself: their events only go to the log meanwhile. */
async function quietly<T>(host: Host, run: () => Promise<T>): Promise<T> {
  const { filter } = host;
  host.filter = { on: false, patterns: [] };
  try {
    return await run();
  } finally {
    host.filter = filter;
  }
}

function completePage(before: readonly string[], typed: string, host: Host): readonly Offer[] {
  if (before.length > 0) return typed.startsWith('-') ? PLAY_OPTIONS : [];
  const pages = findPages().map(({ name, path }) => ({ text: name, note: path }));
  return [...pages, ...listFiles(typed, host.folder)];
}

const PAGE_USAGE = 'PAGE [name=value ...] [--from N] [--to N] [--section TITLE]';

export const PLAY: Word = {
  name: '.play',
  usage: `${PAGE_USAGE} [--dry-run]`,
  help: 'play a page: a macro, a recording, a document',
  more: [
    'A page is a file with (QEMU) and $ lines, or one of the recipes. It waits for the jobs it starts; when a',
    'step fails, what it did is undone. --from and --to take a step number or the title of a section.',
    '    .play recording.qmp        .play backup node=node-A file=copy.qcow2',
    'Recipes are words as well: .backup node=node-A file=copy.qcow2',
  ],
  complete: completePage,
  run: ({ text }, host) => runPlay(text, text, host),
};

export const STEP: Word = {
  name: '.step',
  usage: PAGE_USAGE,
  help: 'play a page step by step, with its prose',
  more: ['Enter runs the step, s skips it, e edits it, b reads back, q leaves and offers to undo.'],
  complete: completePage,
  run: ({ text }, host) => runPlay(text, text, host),
};

export const CHECK: Word = {
  name: '.check',
  usage: `${PAGE_USAGE} [--update]`,
  help: 'play a page and say where it is not true',
  more: [
    'Requests, replies and output that the page shows are compared with what comes. --update puts that into the',
    'page instead.',
  ],
  complete: completePage,
  run: async ({ text }, host) => {
    const { name, given, options } = readPlay(text);
    if (options.step || options.dryRun) throw misuse(CHECK, '--step and --dry-run belong to .play');
    const { checkOnline } = await import('../checking.ts');
    const page = await loadPage(name, host.folder);
    const { choice, update } = options;
    const path = pagePath(name, host.folder);
    const request = { page, given, choice, update, ...(path === undefined ? {} : { path }) };
    return quietly(host, () => checkOnline(request, host, { show: host.show.bind(host) }));
  },
};
