// A typed line with the values that `.let` gave. Loaded when there are some.
import { bind } from '../page/bind.ts';
import { namesIn, pieces } from '../page/names.ts';
import type { Value } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';

/** Puts values in the place of names that `.let` gave. Any other dollar stays what it is. Throws where no quoting is safe. */
export function withNames(text: string, names: ReadonlyMap<string, Value>): string {
  if (/^\s*(\.|#)/.test(text) || !namesIn(text).some(name => names.has(name))) return text;
  const escaped = pieces(text)
    .map(piece => {
      if (piece.kind === 'name' && names.has(piece.name)) return `\${${piece.name}}`;
      if (piece.kind === 'text') return piece.text.replaceAll('$', '$$$$');
      return piece.kind === 'name' ? `$$${piece.name}` : `$${piece.text}`;
    })
    .join('');
  const bound = bind({ kind: 'qmp', text: escaped }, names);
  if (bound.ok) return bound.text;
  throw new QmpshError('usage', bound.message, { advice: bound.advice });
}
