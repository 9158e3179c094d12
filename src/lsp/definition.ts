// Where a name of the page gets its value, and which file a page is that is played.
import type { Page } from '../page/model.ts';
import { findPage } from '../play/load.ts';
import type { Reading } from '../play/reading.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Place } from '../text/place.ts';
import { type PageDocument, stepAt } from './document.ts';
import { definitionOf, nameAt, namePlaces } from './names.ts';

/** A place in this document, or another file. */
type Definition = { readonly place: Place } | { readonly path: string };

export function definitionAt(
  { page, folder }: PageDocument,
  offset: number,
  reading: Reading,
): Definition | undefined {
  const places = namePlaces(page);
  const found = nameAt(places, offset);
  const defined = found && definitionOf(places, found);
  if (defined) return { place: defined.place };
  const path = found ? undefined : playedAt(page, offset, folder, reading);
  return path === undefined ? undefined : { path };
}

function playedAt(page: Page, offset: number, folder: string, reading: Reading): string | undefined {
  const step = stepAt(page, offset);
  const [word] = /^\.[\w-]+/.exec(step?.kind === 'word' ? step.text : '') ?? [];
  const isPlay = word === '.play' || reading.pages.some(({ name }) => word === `.${name}`);
  if (!step || !isPlay) return undefined;
  try {
    return findPage(reading.call(step.text).name, folder, reading)?.path;
  } catch (error) {
    if (error instanceof QmpshError) return undefined; // the check tells of it
    throw error;
  }
}
