// How many colours a terminal takes. Apart from the palette, which costs start-up time and is not always needed.

/** 0 none, 1 the 16 colours, 2 the 256, 3 all. */
export type ColourLevel = 0 | 1 | 2 | 3;

/** What a terminal can do to a text beside colouring it. */
export interface Marks {
  /** Faint text; what needs it is left out where there is none. */
  readonly dim: boolean;
}

/**
 * What a terminal can do beside colours; undefined for one that understands no escape sequences. Those that have no
 * colours at all mostly show no faint text either.
 */
export function marksOf(term: string): Marks | undefined {
  if (term === 'dumb' || term === '') return undefined;
  return { dim: !/^dumb|-(mono|m)$|^vt(100|52)/.test(term) };
}

/**
 * The colours a terminal takes, from its environment (no-color.org; FORCE_COLOR as chalk and Node know it).
 * `FORCE_COLOR` beats `NO_COLOR`, since it is the more deliberate one; both beat what the terminal says.
 */
export function colourLevel(
  env: { readonly [name: string]: string | undefined },
  isTTY: boolean,
): ColourLevel {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) {
    if (force === '0' || force === 'false') return 0;
    if (force === '2') return 2;
    if (force === '3') return 3;
    return 1;
  }
  if ((env['NO_COLOR'] ?? '') !== '' || !isTTY) return 0;
  const term = env['TERM'] ?? '';
  if (term === 'dumb' || term === '') return 0;
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 3;
  if (/-(256(color)?|direct)$/.test(term)) return 2;
  return /-(mono|m)$|^vt(100|52)/.test(term) ? 0 : 1;
}
