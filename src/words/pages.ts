// Pages that are words: every recipe and every page of the user's own. `.backup node=node-A file=e.qcow2`.
import { lookForPages, type PageFile, pageHead } from '../io/pages.ts';
import type { Offer, Wanting, Word } from '../line/word.ts';
import type { Page, Param, ParamKind } from '../page/model.ts';
import { readPlay } from '../play/call.ts';
import { loadPage } from '../play/load.ts';
import { Reading } from '../play/reading.ts';
import type { NameKind } from '../schema/names.ts';
import { PLAY_OPTIONS, runPlay } from './play.ts';

const read = new Map<string, Page>();
let files: readonly PageFile[] = [];
let words: readonly Word[] = [];
let warm: Promise<void> | undefined;
let stamp: string | undefined;

/** The pages as words, a recording made a moment ago among them. What they hold is read when it is wanted. */
export function pageWords(): readonly Word[] {
  const now = lookForPages();
  if (now.stamp !== stamp) {
    stamp = now.stamp;
    files = now.find();
    words = files.map(toWord);
    warm = undefined;
    read.clear();
  }
  return words;
}

/** Reads the pages once, so that completion knows their parameters at once. */
export function readPageWords(): Promise<void> {
  pageWords();
  warm ??= readAll(files);
  return warm;
}

async function readAll(all: readonly PageFile[]): Promise<void> {
  for (const { name, path } of all) {
    try {
      read.set(name, await loadPage(path, '/', known(all)));
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
      const page = read.get(file.name) ?? (await loadPage(file.path, '/', known(files)));
      read.set(file.name, page);
      return page.params.map(paramRow);
    },
    needs: 'host',
    complete: (before, typed) => completeParams(file, before, typed),
    run: ({ args, text }, host) => runPlay(readPlay(args, file.name), text, host, known(files)),
  };
}

/** A play's reading that has found the pages already: they were looked for to know the word. */
function known(pages: readonly PageFile[]): Reading {
  return new Reading({ pages: () => pages });
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

/** The kinds of parameter whose values can be listed, with the kind of name that is asked for. */
const NAMES: Readonly<Partial<Record<ParamKind, NameKind>>> = {
  node: 'node',
  nodes: 'node',
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
    // Of a list the last name is typed.
    const done = param.kind === 'nodes' ? typed.lastIndexOf(',') : -1;
    const prefix = done < 0 ? `${param.name}=` : typed.slice(0, done + 1);
    const choices = param.choices ?? (param.kind === 'flag' ? ['yes', 'no'] : undefined);
    if (choices) return choices.map(choice => ({ text: prefix + choice }));
    const kind = param.kind && NAMES[param.kind];
    return kind ? { prefix, kind, typed: typed.slice(Math.max(at, done) + 1) } : [];
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
