// What could stand at the cursor, as the prompt offers it: from the schema, the words, the files, and from the VM where
// there is a connection. Behind a dollar: the names of the page.

import { type CompletionItem, CompletionItemKind, CompletionItemTag } from 'vscode-languageserver/node';
import { CLOCK } from '../io/clock.ts';
import { listFiles } from '../io/listing.ts';
import { type Completion, complete as completeLine, type Extra } from '../language/complete.ts';
import type { Candidate } from '../language/line.ts';
import type { Known } from '../line/known.ts';
import type { Page, Step } from '../page/model.ts';
import { letOf, RUN } from '../page/names.ts';
import { lessonOf } from '../schema/learned.ts';
import type { Wanted } from '../schema/names.ts';
import { within } from '../session/wait.ts';
import type { Place } from '../text/place.ts';
import { readPageWords } from '../words/pages.ts';
import { allWords } from '../words/words.ts';
import { type LineAt, lineAt, type PageDocument, stepAt } from './document.ts';
import type { Source } from './source.ts';

type ToRange = (
  place: Place,
) => NonNullable<Extract<CompletionItem['textEdit'], { range: unknown }>>['range'];

/** Milliseconds that names of the VM are waited for. */
const PATIENCE = 1000;

export async function completionAt(
  { page, folder }: PageDocument,
  offset: number,
  source: Source,
  toRange: ToRange,
): Promise<CompletionItem[]> {
  const names = namesAt(page, offset);
  if (names) return names.map((one, i) => item({ ...one, text: one.text }, i, toRange(one.place)));
  const line = lineAt(page, offset);
  if (!line) return [];
  await readPageWords();
  const found = await fresh(line, folder, source);
  return found.candidates.map((one, i) => item(one, i, toRange(line.toPage(one.place))));
}

/** The candidates, after what is not known of the VM has been asked for. */
async function fresh(line: LineAt, folder: string, source: Source): Promise<Completion> {
  const ask = () => completeLine(line.text, line.cursor, source.offers, extra(folder, source));
  const first = ask();
  const known = source.known();
  if (!first.wanted || !known) return first;
  try {
    await within(refreshed(first.wanted, known, source), {
      timeout: PATIENCE,
      clock: CLOCK,
      what: 'names to offer',
    });
  } catch {
    return first; // slow, or gone: what is known does
  }
  return ask();
}

async function refreshed(wanted: Wanted, known: Known, { offers }: Source): Promise<void> {
  const lesson = offers && lessonOf(offers, wanted.command, wanted.given)?.lesson;
  if (wanted.kind !== 'device-property') await known.refresh(wanted);
  else if (lesson) await known.learn(lesson);
}

function extra(folder: string, source: Source): Extra {
  const host = { schema: source.offers, session: undefined, folder };
  return {
    words: allWords().map((word, _, words) => ({
      name: word.name,
      note: word.help,
      complete: (before, typed) => word.complete?.(before, typed, host, words) ?? [],
    })),
    values: wanted =>
      wanted.kind === 'file' ? listFiles(wanted.typed, folder) : source.known()?.values(wanted),
  };
}

/** Behind a dollar the names that have a value there; undefined elsewhere. */
function namesAt(page: Page, offset: number): readonly Candidate[] | undefined {
  const step = stepAt(page, offset);
  if (!step) return undefined;
  const before = page.text.slice(step.place.start, offset);
  const match = /(?<!\$)\$(\{?)(\w*)$/.exec(before);
  // The dollar that begins a line for the host's shell is no name's.
  if (!match || /^[ \t]*\$$/.test(before)) return undefined;
  const [, brace = '', typed = ''] = match;
  const [more = ''] = /^\w*/.exec(page.text.slice(offset)) ?? [];
  const place = { start: offset - typed.length, end: offset + more.length };
  const after = brace === '' || page.text[place.end] === '}' ? '' : '}';
  return knownAt(page, step).map(({ name, about }) => ({
    text: name,
    place,
    kind: 'value',
    after,
    ...(about === undefined ? {} : { about }),
  }));
}

function knownAt(page: Page, step: Step): readonly { readonly name: string; readonly about?: string }[] {
  const given = page.steps.flatMap(one => (one.index < step.index ? (letOf(one)?.name ?? []) : []));
  const loop = step.fence.each ? [step.fence.each.name] : [];
  const found = [
    ...page.params.map(({ name, help }) => (help === undefined ? { name } : { name, about: help })),
    ...[...loop, ...given].map(name => ({ name })),
    { name: RUN, about: 'a word that no other run has' },
  ];
  return [...new Map(found.map(one => [one.name, one])).values()];
}

const KINDS: Readonly<Record<Candidate['kind'], CompletionItemKind>> = {
  command: CompletionItemKind.Function,
  key: CompletionItemKind.Property,
  enum: CompletionItemKind.EnumMember,
  bool: CompletionItemKind.Keyword,
  value: CompletionItemKind.Value,
  word: CompletionItemKind.Keyword,
  file: CompletionItemKind.File,
};

function item(one: Candidate, rank: number, range: ReturnType<ToRange>): CompletionItem {
  const { text, kind, note, about, after = '', deprecated } = one;
  const label = one.label ?? text;
  return {
    label,
    kind: KINDS[kind],
    ...(note === undefined ? {} : { detail: note }),
    ...(about === undefined ? {} : { documentation: about }),
    ...(deprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
    sortText: String(rank).padStart(5, '0'),
    filterText: text,
    textEdit: { range, newText: text + after },
  };
}
