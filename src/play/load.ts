// A page by its name or path, read.
import { readNamed } from '../io/files.ts';
import { kindOfPath, pathFrom } from '../io/pages.ts';
import { openRows } from '../language/openrows.ts';
import type { Page } from '../page/model.ts';
import { readPage } from '../page/read.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';
import { safe } from '../text/safe.ts';
import type { Reading } from './reading.ts';

/** The page's text as a page. */
export function toPage(text: string, name: string): Promise<Page> {
  return readPage(text, { name, isOpen: openRows });
}

interface FoundPage {
  readonly path: string;
  /** As the user would write it. */
  readonly label: string;
  /** A sentence about another page of that name, where it could be meant. */
  readonly note?: string;
}

/**
 * The page of a name or path: the page that is a word where the name is one, else a file below `folder` or below the
 * shell's own. What stands in a folder never takes the place of a word.
 */
export function findPage(name: string, folder: string, reading: Reading): FoundPage | undefined {
  const paths = [pathFrom(name, folder), pathFrom(name)];
  const file = paths.find(one => kindOfPath(one) === 'file');
  const word = name.includes('/') ? undefined : reading.pages.find(page => page.name === name);
  if (!word) return file === undefined ? undefined : { path: file, label: name };
  const { path, hides } = word;
  if (file !== undefined)
    return { path, label: path, note: `${name} is the page ${path}; the file of that name is ./${name}` };
  if (hides === undefined) return { path, label: path };
  return { path, label: path, note: `${name} is your own page ${path}; the recipe of that name is ${hides}` };
}

/** The path of a page by its name or path. */
export function pagePath(name: string, folder: string, reading: Reading): string | undefined {
  return findPage(name, folder, reading)?.path;
}

/** Reads the page of that path or name; `page.name` is the path as the user would write it. */
export async function loadPage(
  name: string,
  folder: string,
  reading: Reading,
  /** Told where another page could be meant. */
  note: (text: string) => void = () => {},
): Promise<Page> {
  const found = findPage(name, folder, reading);
  if (found === undefined) throw noPage(name, reading);
  if (found.note !== undefined) note(safe(found.note));
  return toPage(readNamed(found.path, 'the page'), found.label);
}

function noPage(name: string, reading: Reading): QmpshError {
  const names = reading.pages.map(page => page.name);
  const near = nearest(name, names);
  const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  return new QmpshError('usage', `there is no page ${safe(name)}${meant}`, {
    advice: `A page is a file, or one of ${names.join(', ')}.`,
  });
}
