// A page by its name or path, read.
import { readNamed } from '../../io/files.ts';
import { findPages, kindOfPath, pathFrom } from '../../io/pages.ts';
import { completeness } from '../../language/tokens.ts';
import type { Page } from '../../page/model.ts';
import { readPage } from '../../page/read.ts';
import { QmpshError } from '../../qmp/errors.ts';
import { nearest } from '../../text/fuzzy.ts';
import { safe } from '../../text/safe.ts';

/** The page's text as a page. */
export function toPage(text: string, name: string): Promise<Page> {
  return readPage(text, { name, isOpen: line => completeness(line) === 'open' });
}

/** The path of a page: a file, or the name of one of the pages that are words. */
export function pagePath(name: string, folder: string): string | undefined {
  const path = pathFrom(folder, name);
  if (kindOfPath(path) === 'file') return path;
  return name.includes('/') ? undefined : findPages().find(page => page.name === name)?.path;
}

/** Reads the page of that path or name; `page.name` is the path as the user would write it. */
export async function loadPage(name: string, folder: string): Promise<Page> {
  const path = pagePath(name, folder);
  if (path === undefined) throw noPage(name);
  return toPage(readNamed(path, 'the page'), path === pathFrom(folder, name) ? name : path);
}

function noPage(name: string): QmpshError {
  const names = findPages().map(page => page.name);
  const near = nearest(name, names);
  const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  return new QmpshError('usage', `there is no page ${safe(name)}${meant}`, {
    advice: `A page is a file, or one of ${names.join(', ')}.`,
  });
}
