// A document that is open in an editor: its text, the page it is, and the line of the page at an offset.
import type { Page, Step } from '../page/model.ts';
import { textUpTo } from '../play/document/place.ts';
import { toPage } from '../play/load.ts';
import type { Place } from '../text/place.ts';
import { folderOf, pathOf } from './uri.ts';

export interface PageDocument {
  readonly uri: string;
  readonly version: number;
  readonly page: Page;
  /** Where names of files and pages in it begin. */
  readonly folder: string;
}

/** A line for QEMU or the shell, and where the cursor stands in it. */
export interface LineAt {
  readonly text: string;
  readonly cursor: number;
  /** Offset in the page of an offset in the row that the cursor is in. */
  readonly toPage: (place: Place) => Place;
  /** Absent where the line is not a step yet: a prompt with nothing behind it. */
  readonly step?: Step;
}

export async function readDocument(uri: string, version: number, text: string): Promise<PageDocument> {
  const path = pathOf(uri) ?? uri;
  return { uri, version, page: await toPage(text, path), folder: folderOf(path) };
}

/** Whether it has anything to be checked: in other Markdown and other texts an editor has nothing to say. */
export function isPage({ page }: Pick<PageDocument, 'page'>): boolean {
  const steps = page.steps.length + page.examples.length + page.loose.length;
  return steps > 0 || (page.markdown && page.fences.length > 0);
}

/** The step that an offset is in, its prompt included. */
export function stepAt(page: Page, offset: number): Step | undefined {
  const isIn = ({ place: { start, end } }: Step) =>
    start <= offset && (offset < end || (offset === end && offset === page.text.length));
  return page.steps.find(isIn) ?? page.examples.find(isIn);
}

/** The line at an offset; undefined in prose, in expected output, in a prompt and in lines for the host's shell. */
export function lineAt(page: Page, offset: number): LineAt | undefined {
  const step = stepAt(page, offset);
  if (!step) return lineToBe(page, offset);
  if (step.kind === 'shell') return undefined;
  const found = textUpTo(page, step, offset);
  return found && { ...found, toPage: shift(offset - found.cursor), step };
}

const PROMPT = /^[ \t]*\(QEMU\)[ \t]*/;

/** A row that only has its prompt so far. */
function lineToBe(page: Page, offset: number): LineAt | undefined {
  const start = page.text.lastIndexOf('\n', offset - 1) + 1;
  const before = page.text.slice(start, offset);
  const prompt = PROMPT.exec(before)?.[0];
  if (prompt === undefined || prompt.length < before.length) return undefined;
  const block = page.blocks.find(({ place }) => place.start <= start && start < place.end);
  if (page.markdown && (block?.kind === 'prose' || block?.kind === 'front')) return undefined;
  return { text: '', cursor: 0, toPage: shift(offset) };
}

function shift(by: number): (place: Place) => Place {
  return ({ start, end }) => ({ start: start + by, end: end + by });
}
