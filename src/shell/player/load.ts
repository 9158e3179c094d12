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

/** The path of a page: a file below `folder` or below the shell's own, or the name of a page that is a word. */
export function pagePath(name: string, folder: string): string | undefined {
  const paths = [pathFrom(name, folder), pathFrom(name)];
  const path = paths.find(one => kindOfPath(one) === 'file');
  if (path !== undefined) return path;
  return name.includes('/') ? undefined : findPages().find(page => page.name === name)?.path;
}

/** Reads the page of that path or name; `page.name` is the path as the user would write it. */
export async function loadPage(name: string, folder: string): Promise<Page> {
  const path = pagePath(name, folder);
  if (path === undefined) throw noPage(name);
  const own = path === pathFrom(name, folder) || path === pathFrom(name);
  return toPage(readNamed(path, 'the page'), own ? name : path);
}

function noPage(name: string): QmpshError {
  const names = findPages().map(page => page.name);
  const near = nearest(name, names);
  const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  return new QmpshError('usage', `there is no page ${safe(name)}${meant}`, {
    advice: `A page is a file, or one of ${names.join(', ')}.`,
  });
}
