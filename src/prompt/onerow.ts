// A line as one row that may be shown: no secrets, no control characters.
import { maskText } from '../schema/notes/secrettext.ts';
import { safe } from '../text/safe.ts';

export function oneRow(line: string): string {
  return safe(maskText(line.trim().replace(/\s*\n\s*/g, ' ')));
}
