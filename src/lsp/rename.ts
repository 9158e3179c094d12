// A name of a page written otherwise, at all its places.
import type { Page } from '../page/model.ts';
import { RUN } from '../page/names.ts';
import type { Place } from '../text/place.ts';
import { type NamePlace, nameAt, namePlaces } from './names.ts';

type Renaming =
  | { readonly ok: true; readonly places: readonly Place[] }
  | { readonly ok: false; readonly why: string };

/** The name at an offset, where it can be renamed: the page itself gives it its value. */
export function renamableAt(page: Page, offset: number): NamePlace | undefined {
  const places = namePlaces(page);
  const found = nameAt(places, offset);
  return found && places.some(one => one.defines && one.name === found.name) ? found : undefined;
}

/** The places that the new name is to stand at, or why it cannot be. */
export function rename(page: Page, offset: number, to: string): Renaming {
  const found = renamableAt(page, offset);
  if (!found) return { ok: false, why: 'no name that this page gives a value to stands here' };
  if (!/^[A-Za-z_]\w*$/.test(to))
    return {
      ok: false,
      why: `${JSON.stringify(to)} cannot be a name: letters, digits and _, no digit first`,
    };
  const places = namePlaces(page);
  if (to === RUN) return { ok: false, why: 'run is a name that every page has' };
  if (to !== found.name && places.some(({ name }) => name === to))
    return { ok: false, why: `the page has a name ${to} already` };
  return { ok: true, places: places.filter(({ name }) => name === found.name).map(({ place }) => place) };
}
