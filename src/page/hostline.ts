// A `$` line with its values: each is quoted for the shell as the place it stands in asks.
import type { Piece } from './names.ts';
import { NAME, type Spot, spotsIn } from './shellwords.ts';
import { BindFault, nameOf, plain, SAFE, type Values, valueAt } from './value.ts';

/** The line for `sh -c`; throws `BindFault` where no quoting would be safe, or where that cannot be told. */
export function bindShell(parts: readonly Piece[], values: Values): string {
  const written = parts.map(piece => (piece.kind === 'text' ? piece.text : NAME));
  if (parts.every(piece => piece.kind === 'text')) return written.join('');
  if (parts.some(piece => piece.kind === 'text' && piece.text.includes(NAME)))
    throw new BindFault('the line holds a zero byte', 'A shell cannot take it.');
  const texts = parts.map(piece => (piece.kind === 'text' ? piece.text : plain(valueAt(piece, values))));
  const spots = spotsIn(written.join(''));
  let next = 0;
  return parts
    .map((piece, i) => {
      const text = texts[i] ?? '';
      if (piece.kind === 'text') return text;
      const spot = spots[next++];
      if (!spot)
        throw new BindFault(`$${nameOf(piece)} stands where no value can stand`, 'Put it elsewhere.');
      if (text.includes('\0'))
        throw new BindFault(`$${nameOf(piece)} holds a zero byte`, 'A shell cannot take it.');
      if (spot.noDash && text.startsWith('-'))
        throw new BindFault(`$${nameOf(piece)} begins with "-"`, 'It would be read as an option.');
      return quoted(text, spot.quotes);
    })
    .join('');
}

function quoted(text: string, quotes: Spot['quotes']): string {
  switch (quotes) {
    case 'whole':
      return SAFE.test(text) ? text : `'${inSingle(text)}'`;
    case 'none':
      return `'${inSingle(text)}'`;
    case 'single':
      return inSingle(text);
    case 'double':
      return text.replace(/["\\$`]/g, '\\$&');
  }
}

/** A text as one word of a line for the host's shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${inSingle(text)}'`;
}

function inSingle(text: string): string {
  return text.replaceAll("'", "'\\''");
}
