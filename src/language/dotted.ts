// Names of arguments as they are typed, members of members with dots between.
import type { Place } from '../text/place.ts';

/** `file.driver`: the parts lie without the dots between them. */
export interface Key {
  readonly place: Place;
  readonly text: string;
  readonly parts: readonly { readonly name: string; readonly place: Place }[];
}

export function keyAt(text: string, start: number, end: number): Key {
  const whole = text.slice(start, end);
  let at = start;
  const parts = whole.split('.').map(name => {
    const place = { start: at, end: at + name.length };
    at = place.end + 1;
    return { name, place };
  });
  return { place: { start, end }, text: whole, parts };
}
