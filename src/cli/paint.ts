// Colours for standard output and standard error.
import { isTerminal } from '../io/stdio.ts';
import { type ColourLevel, colourLevel } from '../text/level.ts';
import { plain } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Invocation } from './invocation.ts';

/** How many colours go to an output: as many as it takes, unless the user wants none. */
export function colours({ switches }: Pick<Invocation, 'switches'>, fd: 1 | 2): ColourLevel {
  return switches.has('no-color') ? 0 : colourLevel(process.env, isTerminal(fd));
}

/** The function that turns styled lines into text for an output. The palette is loaded only for colours. */
export async function painter(level: ColourLevel): Promise<(line: StyledLine) => string> {
  if (level === 0) return line => safe(plain(line));
  const { paintLine, palette } = await import('../text/palette.ts');
  const paint = palette(level);
  return line => paintLine(line, paint);
}
