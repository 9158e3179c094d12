// A line for the shell itself (`.wait job $id`) with its values: each stays in its argument.
import { stringifyJson } from '../text/json.ts';
import type { Piece } from './names.ts';
import { bindJson } from './qmpline.ts';
import { BindFault, nameOf, plain, SAFE, type Values, valueAt } from './value.ts';

/** The line with its values; throws `BindFault` where one cannot stand. */
export function bindWord(parts: readonly Piece[], values: Values): string {
  const [head] = parts;
  const text = head?.kind === 'text' ? head.text : '';
  const word = /^\s*\.[\w-]+(?=\s)/.exec(text)?.[0];
  if (parts.every(piece => piece.kind === 'text')) return parts.map(piece => piece.text).join('');
  if (head?.kind !== 'text' || word === undefined) {
    const first = parts.find(piece => piece.kind !== 'text');
    throw new BindFault(
      `$${first ? nameOf(first) : ''} stands where a name of the language must stand`,
      'A parameter can be a value, or a part of one.',
    );
  }
  const rest: readonly Piece[] = [{ ...head, text: text.slice(word.length) }, ...parts.slice(1)];
  switch (word.trim()) {
    case '.send':
      return word + bindJson(rest, values);
    case '.hmp':
      return word + bindHmp(rest, values);
    default:
      return word + bindArguments(rest, values, !['.wait'].includes(word.trim()));
  }
}

/**
 * Arguments are parted by blanks; quotes of both kinds hold them together, as language/argument.ts reads them, which gives
 * values and no place inside a quote. `pairs`: a name must be the value of a pair.
 */
function bindArguments(parts: readonly Piece[], values: Values, pairs: boolean): string {
  let out = '';
  let quote = '';
  let token = '';
  for (const piece of parts) {
    if (piece.kind === 'text') {
      for (let at = 0; at < piece.text.length; at++) {
        const char = piece.text[at] ?? '';
        if (quote === '"' && char === '\\') {
          if (at + 1 >= piece.text.length) refuse(piece, 'an argument with a backslash before a name');
          token += char + (piece.text[++at] ?? '');
        } else {
          if (quote === char) quote = '';
          else if (quote === '' && (char === '"' || char === "'")) quote = char;
          token = quote === '' && /\s/.test(char) ? '' : token + char;
        }
      }
      out += piece.text;
      continue;
    }
    const value = plain(valueAt(piece, values));
    if (!/^["']?(--)?[A-Za-z_][\w.-]*=/.test(token)) {
      if (pairs) refuse(piece, 'an argument that is no name=value');
      if (/=|^-/.test(value))
        throw new BindFault(
          `$${nameOf(piece)} holds "=" or begins with "-"`,
          'It would be read as another argument than the page means.',
        );
    }
    const bound = quoted(value, quote);
    token += bound;
    out += bound;
  }
  if (quote !== '') throw new BindFault('the line has a quote that is not closed', 'Close it.');
  return out;
}

/** A value in an argument, in the quotes that are open there. */
function quoted(value: string, quote: string): string {
  if (quote === '' && SAFE.test(value)) return value;
  const escaped = value.replace(/["\\]/g, '\\$&');
  if (quote === "'") return value.replaceAll("'", `'"'"'`);
  return quote === '"' ? escaped : `"${escaped}"`;
}

/** A line of the human monitor: an argument with a value in it goes in double quotes, whose escapes it knows. */
function bindHmp(parts: readonly Piece[], values: Values): string {
  let out = '';
  let before = '';
  for (const [i, piece] of parts.entries()) {
    if (piece.kind === 'text') {
      out += piece.text;
      before += piece.text;
      continue;
    }
    const value = plain(valueAt(piece, values));
    if (/[\0-\x09\x0b\x0c\x0e-\x1f]/.test(value))
      throw new BindFault(`$${nameOf(piece)} holds a control character`, 'The human monitor takes none.');
    const next = parts[i + 1];
    const after = next?.kind === 'text' ? (next.text[0] ?? ' ') : next ? 'x' : ' ';
    const open = opensQuote(before);
    if (open === undefined) refuse(piece, 'a text whose quotes the human monitor reads otherwise');
    if (!open && !/\s$/.test(before)) refuse(piece, 'an argument of the human monitor without quotes');
    if (!open && !/\s/.test(after)) refuse(piece, 'an argument of the human monitor without quotes');
    const body = stringifyJson(value).slice(1, -1);
    out += open ? body : SAFE.test(value) && !value.startsWith('-') ? value : `"${body}"`;
    before += 'x';
  }
  return out;
}

/** Whether a quoted argument is open at the end; undefined where a quote stands inside a word. */
function opensQuote(text: string): boolean | undefined {
  const rest = text.replace(/(?<=^|\s)"(?:\\.|[^"\\])*"(?=\s|$)/g, 'x');
  if (!rest.includes('"')) return /\\$/.test(rest) ? undefined : false;
  return /(?:^|\s)"(?:\\.|[^"\\])*$/.test(rest) && (rest.match(/"/g) ?? []).length === 1 ? true : undefined;
}

function refuse(piece: Piece, where: string): never {
  throw new BindFault(
    `$${nameOf(piece)} stands in ${where}`,
    'Write it as a whole argument, or as the value of one.',
  );
}
