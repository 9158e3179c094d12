// The addresses that completion offers: the monitors of this host, as `qmpsh list` finds them. Looking takes longer than a key may
// wait, so it is done behind it, and what was found is offered from the next key on.
import { CLOCK } from '../io/clock.ts';
import { findMonitors } from '../io/monitors.ts';
import type { Offer } from '../line/word.ts';

/** Milliseconds for which what was found is taken to be so. */
const FRESH = 5000;

let found: { readonly at: number; readonly offers: readonly Offer[] } | undefined;
let looking = false;

/** What was found last. */
export function addressOffers(): readonly Offer[] {
  if (!looking && (!found || CLOCK.now() - found.at > FRESH)) {
    looking = true;
    CLOCK.after(0, look);
  }
  return found?.offers ?? [];
}

function look(): void {
  looking = false;
  try {
    const offers = findMonitors().map(({ address, name, what }) => ({
      text: address,
      note: what === 'monitor' ? name : `${name}, ${what}`,
    }));
    found = { at: CLOCK.now(), offers };
  } catch {
    found = { at: CLOCK.now(), offers: [] }; // no list of processes
  }
}
