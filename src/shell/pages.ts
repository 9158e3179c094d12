// Pages that are words: every recipe and every page of the user's own. `.backup node=node-A file=e.qcow2`.
import { findPages, type PageFile, pageHead } from '../io/pages.ts';
import type { Page, Param, ParamKind } from '../page/model.ts';
import type { NameKind } from '../schema/names.ts';
import { loadPage } from './player/load.ts';
import type { Offer, Wanting, Word } from './word.ts';
import { PLAY_OPTIONS, runPlay } from './words/play.ts';

const read = new Map<string, Page>();
let words: readonly Word[] | undefined;

/** The pages as words. Their files are looked for once; what they hold is read when it is wanted. */
export function pageWords(): readonly Word[] {
  words ??= findPages().map(toWord);
  return words;
}

let warm: Promise<void> | undefined;

/** Reads the pages once, so that completion knows their parameters at once. */
export function readPageWords(): Promise<void> {
  warm ??= readAll();
  return warm;
}

async function readAll(): Promise<void> {
  for (const { name, path } of findPages()) {
    try {
      read.set(name, await loadPage(path, '/'));
    } catch {
      // It went away, or is not ours to read: playing it says so.
    }
  }
}

function toWord(file: PageFile): Word {
  const title = titleOf(file);
  return {
    name: `.${file.name}`,
    usage: 'name=value ... [--step] [--dry-run] [--from N] [--to N]',
    help: title,
    more: [`A page, played from ${file.path}. Its parameters are asked for where they are not given.`],
    moreLater: async () => {
      const page = read.get(file.name) ?? (await loadPage(file.path, '/'));
      read.set(file.name, page);
      return page.params.map(paramRow);
    },
    complete: (before, typed) => completeParams(file, before, typed),
    run: (call, host) => runPlay(`.play ${file.name} ${call.rest}`, call.text, host),
  };
}

function titleOf(file: PageFile): string {
  const head = pageHead(file.path);
  const found = /^title:\s*(.+)$/m.exec(head) ?? /^#\s+(.+)$/m.exec(head);
  return found?.[1]?.trim().replace(/^(["'])(.*)\1$/, '$2') ?? `play ${file.path}`;
}

function paramRow(param: Param): string {
  const needed = param.default === undefined ? 'required' : `default ${defaultText(param)}`;
  const choices = param.choices ? ` (${param.choices.join(', ')})` : '';
  return `    ${param.name}=  ${param.help ?? ''}${choices}; ${needed}`;
}

function defaultText({ default: value }: Param): string {
  return value === '' ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** What names the values of a kind have where the VM or the host knows them. */
const NAMES: Readonly<Partial<Record<ParamKind, NameKind>>> = {
  node: 'node',
  job: 'job',
  device: 'device',
  bitmap: 'bitmap',
  export: 'export',
  file: 'file',
};

function completeParams(
  file: PageFile,
  before: readonly string[],
  typed: string,
): readonly Offer[] | Wanting {
  const page = read.get(file.name);
  if (!page) {
    void readPageWords();
    return [];
  }
  const at = typed.indexOf('=');
  const param = at < 0 ? undefined : page.params.find(one => one.name === typed.slice(0, at));
  if (param) {
    const prefix = `${param.name}=`;
    const choices = param.choices ?? (param.kind === 'flag' ? ['yes', 'no'] : undefined);
    if (choices) return choices.map(choice => ({ text: prefix + choice }));
    const kind = param.kind && NAMES[param.kind];
    return kind ? { prefix, kind, typed: typed.slice(at + 1) } : [];
  }
  const given = new Set(before.map(argument => argument.split('=')[0]));
  const open = page.params.filter(one => !given.has(one.name));
  const offers = open.map(one => ({
    text: `${one.name}=`,
    note: `${one.default === undefined ? 'required: ' : ''}${one.help ?? ''}`,
  }));
  const required = (text: string) => open.some(one => one.default === undefined && text === `${one.name}=`);
  return [
    ...offers.filter(offer => required(offer.text)),
    ...offers.filter(offer => !required(offer.text)),
    ...(typed.startsWith('-') ? PLAY_OPTIONS : []),
  ];
}
