// Puts values in the place of names. A value stays one value wherever it lands: it is quoted as its surroundings
// ask, and never read again as language.
import { stringifyJson } from '../text/json.ts';
import { bindShell } from './hostline.ts';
import type { Expected, Step } from './model.ts';
import { type Piece, pieces } from './names.ts';
import { type Pattern, patternOf } from './pattern.ts';
import { BindFault, nameOf, plain, SAFE, type Value, type Values, valueAt } from './value.ts';

export type { Value, Values };

export type Bound =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly advice: string };

/** The step's text with every name replaced by its value. */
export function bind(step: Pick<Step, 'kind' | 'text'>, values: Values): Bound {
  try {
    const parts = pieces(step.text);
    if (step.kind === 'shell') return { ok: true, text: bindShell(parts, values) };
    return { ok: true, text: bindLine(parts, values, step.kind === 'word') };
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
      return whole ? patternOf(whole.json) : { kind: 'scalar', value: known(pattern.value, values) };
    }
    case 'list':
      return { kind: 'list', items: pattern.items.map(item => bindPattern(item, values)) };
    case 'object':
      return {
        kind: 'object',
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

// A line of the language: tokens parted by blanks; inside quotes and brackets blanks part nothing.

interface Token {
  /** The token as it is written, values left out. */
  readonly parts: Piece[];
}

function bindLine(parts: readonly Piece[], values: Values, isWord: boolean): string {
  let out = '';
  let token: Token = { parts: [] };
  let quote = '';
  let depth = 0;
  let literal = false; // the token's value began with a bracket or a quote: everything in it is bound in place
  let seen = '';
  let first = true;

  const flush = () => {
    if (token.parts.length > 0) {
      out += bindToken(token.parts, values, first && !isWord);
      first = false;
    }
    token = { parts: [] };
    seen = '';
    literal = false;
  };

  for (const [i, piece] of parts.entries()) {
    if (piece.kind !== 'text') {
      if (literal)
        out +=
          quote === '' ? literalText(valueAt(piece, values)) : inQuotes(plain(valueAt(piece, values)), quote);
      else {
        token.parts.push(piece);
        seen += '$';
      }
      continue;
    }
    let from = 0;
    const take = (to: number) => {
      const text = piece.text.slice(from, to);
      if (text !== '') {
        if (literal) out += text;
        else token.parts.push({ kind: 'text', text, start: piece.start + from });
      }
      from = to;
    };
    for (let at = 0; at < piece.text.length; at++) {
      const char = piece.text[at] ?? '';
      if (quote !== '') {
        if (char === '\\') at += 1;
        else if (char === quote) quote = '';
        continue;
      }
      if (depth === 0 && /\s/.test(char)) {
        take(at);
        flush();
        out += char;
        from = at + 1;
        const pipe = /^\|\s/.exec(piece.text.slice(at + 1));
        if (pipe) {
          const rest: Piece = {
            kind: 'text',
            text: piece.text.slice(at + 1 + pipe[0].length),
            start: piece.start,
          };
          return out + pipe[0] + bindShell([rest, ...parts.slice(i + 1)], values);
        }
        continue;
      }
      const begins = seen === '' || seen.endsWith('=') || literal;
      if (/["']/.test(char) && begins) {
        take(at);
        out += settle(token.parts, values);
        token.parts.length = 0;
        literal = true;
        quote = char;
      } else if (/[{[]/.test(char) && begins) {
        take(at);
        out += settle(token.parts, values);
        token.parts.length = 0;
        literal = true;
        depth += 1;
      } else if (/[}\]]/.test(char) && depth > 0) depth -= 1;
      seen += char;
      first = first && !literal;
    }
    take(piece.text.length);
  }
  flush();
  return out;
}

/** What stands before a literal in its token: `key=`. */
function settle(parts: readonly Piece[], values: Values): string {
  return parts.map(piece => (piece.kind === 'text' ? piece.text : refuseKey(piece, values))).join('');
}

function refuseKey(piece: Piece, values: Values): string {
  valueAt(piece, values);
  throw new BindFault(
    `$${nameOf(piece)} stands where a name of the language must stand`,
    'A parameter can be a value, or a part of one.',
  );
}

/** A token of bare text: `key=value`, or a word's argument. */
function bindToken(parts: readonly Piece[], values: Values, isCommand: boolean): string {
  if (parts.every(piece => piece.kind === 'text')) return parts.map(piece => piece.text).join('');
  if (isCommand) return settle(parts, values);
  const [head] = parts;
  const equals = head?.kind === 'text' ? head.text.indexOf('=') : -1;
  const key = head?.kind === 'text' && equals >= 0 ? head.text.slice(0, equals + 1) : '';
  if (parts.some((piece, i) => i > 0 && piece.kind === 'text' && key === '' && /^[\w.-]*=/.test(piece.text)))
    return settle(parts, values);
  const rest =
    key === '' || head?.kind !== 'text'
      ? parts
      : [{ ...head, text: head.text.slice(key.length) }, ...parts.slice(1)];
  const held = rest.filter(piece => piece.kind !== 'text' || piece.text !== '');
  const [only] = held;
  if (held.length === 1 && only?.kind === 'name') return key + bare(valueAt(only, values));
  const text = held
    .map(piece => (piece.kind === 'text' ? piece.text : plain(valueAt(piece, values))))
    .join('');
  const safe = held.every(piece => piece.kind === 'text' || SAFE.test(plain(valueAt(piece, values))));
  return key + (safe ? text : stringifyJson(text));
}

/** Text that the language would take for something else than a string where it knows no type. */
const GUESSED = /^([+-]?\d+|0[xX][0-9a-fA-F]+|[+-]?\d*\.\d+([eE][+-]?\d+)?|true|false|null|none)$/i;

/** A whole bare value. */
function bare({ json, loose }: Value): string {
  if (typeof json !== 'string') return stringifyJson(json);
  return SAFE.test(json) && (loose || !GUESSED.test(json)) ? json : stringifyJson(json);
}

/** A value inside brackets. */
function literalText({ json, loose }: Value): string {
  return loose && typeof json === 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(json)
    ? json
    : stringifyJson(json);
}

/** A text inside quotes that are open already. */
function inQuotes(text: string, quote: string): string {
  const body = stringifyJson(text).slice(1, -1);
  return quote === '"' ? body : body.replaceAll('\\"', '"').replaceAll("'", "\\'");
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
