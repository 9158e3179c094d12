// Puts values in the place of names. A value stays one value wherever it lands: it is quoted as its surroundings
// ask, and never read again as language.
import { stringifyJson } from '../text/json.ts';
import { bindShell } from './hostline.ts';
import type { Expected, Step } from './model.ts';
import { pieces } from './names.ts';
import { type Pattern, patternOf } from './pattern.ts';
import { bindQmp } from './qmpline.ts';
import { BindFault, nameOf, plain, type Value, type Values, valueAt } from './value.ts';
import { bindWord } from './wordline.ts';

export type { Value, Values };

type Bound =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly advice: string };

/** The step's text with every name replaced by its value. */
export function bind(step: Pick<Step, 'kind' | 'text'>, values: Values): Bound {
  try {
    const parts = pieces(step.text);
    if (step.kind === 'shell') return { ok: true, text: bindShell(parts, values) };
    return { ok: true, text: step.kind === 'word' ? bindWord(parts, values) : bindQmp(parts, values) };
  } catch (error) {
    if (error instanceof BindFault) return { ok: false, message: error.message, advice: error.advice };
    throw error;
  }
}

/** Plain text (a default, a title) with its names replaced as they are. */
export function bindText(text: string, values: Values): string {
  return pieces(text)
    .map(piece =>
      piece.kind === 'text' ? piece.text : piece.kind === 'name' ? plain(valueAt(piece, values)) : piece.text,
    )
    .join('');
}

/** What a page expects, with the names in its texts replaced; a name without a value stays as it stands. */
export function bindExpected(expected: Expected, values: Values): Expected {
  if (expected.kind === 'text')
    return { ...expected, lines: expected.lines.map(line => known(line, values)) };
  return expected.kind === 'malformed'
    ? expected
    : { ...expected, pattern: bindPattern(expected.pattern, values) };
}

function bindPattern(pattern: Pattern, values: Values): Pattern {
  switch (pattern.kind) {
    case 'scalar': {
      if (typeof pattern.value !== 'string' || !pattern.value.includes('$')) return pattern;
      const [only, ...others] = pieces(pattern.value);
      const whole = only?.kind === 'name' && others.length === 0 ? values.get(only.name) : undefined;
      const place = pattern.place ? { place: pattern.place } : {};
      return whole
        ? { ...patternOf(whole.json), ...place }
        : { ...pattern, value: known(pattern.value, values) };
    }
    case 'list':
      return { ...pattern, items: pattern.items.map(item => bindPattern(item, values)) };
    case 'object':
      return {
        ...pattern,
        members: new Map([...pattern.members].map(([key, item]) => [key, bindPattern(item, values)])),
      };
    default:
      return pattern;
  }
}

function known(text: string, values: Values): string {
  return pieces(text)
    .map(piece => {
      const value = piece.kind === 'name' ? values.get(piece.name) : undefined;
      return value ? plain(value) : piece.kind === 'name' ? `$${piece.name}` : piece.text;
    })
    .join('');
}

/** A JMESPath query with every name as a literal of the query (`` `"node-B"` ``). */
export function bindQuery(text: string, values: Values): Bound {
  try {
    let quote = '';
    let bound = '';
    for (const piece of pieces(text)) {
      if (piece.kind === 'text') {
        quote = quoteAfter(piece.text, quote, ['"', "'", '`']);
        bound += piece.text;
      } else if (quote !== '') {
        throw new BindFault(
          `$${nameOf(piece)} stands inside quotes in a query`,
          `Write it without quotes; join('', ['text', $name]) puts texts together.`,
        );
      } else bound += `\`${stringifyJson(valueAt(piece, values).json).replaceAll('`', '\\u0060')}\``;
    }
    return { ok: true, text: bound };
  } catch (error) {
    if (error instanceof BindFault) return { ok: false, message: error.message, advice: error.advice };
    throw error;
  }
}

function quoteAfter(text: string, quote: string, quotes: readonly string[]): string {
  let open = quote;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (open !== '' && char === '\\') i += 1;
    else if (open === '' && quotes.includes(char)) open = char;
    else if (char === open) open = '';
  }
  return open;
}
