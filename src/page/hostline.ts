// A `$` line with its values: each is quoted for the shell as the place it stands in asks.
import type { Piece } from './names.ts';
import { BindFault, nameOf, plain, SAFE, type Values, valueAt } from './value.ts';

/** The line for `sh -c`; throws `BindFault` where no quoting would be safe. */
export function bindShell(parts: readonly Piece[], values: Values): string {
  const context: ('plain' | 'double' | 'single' | 'ansi' | 'backtick')[] = ['plain'];
  let out = '';
  for (const piece of parts) {
    if (piece.kind === 'text') {
      track(piece.text, context);
      out += piece.text;
      continue;
    }
    const text = plain(valueAt(piece, values));
    if (text.includes('\0'))
      throw new BindFault(`$${nameOf(piece)} holds a zero byte`, 'A shell cannot take it.');
    switch (context.at(-1)) {
      case 'single':
        out += text.replaceAll("'", "'\\''");
        break;
      case 'double':
        out += text.replace(/["\\$`]/g, '\\$&');
        break;
      case 'ansi':
      case 'backtick':
        throw new BindFault(
          `$${nameOf(piece)} stands in quotes that cannot hold a parameter`,
          'Write $$(...) instead of backticks, and plain quotes.',
        );
      default:
        out += SAFE.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
    }
  }
  return out;
}

/** Follows a shell's quotes through a text. `$(` opens a plain context inside double quotes. */
function track(text: string, context: ('plain' | 'double' | 'single' | 'ansi' | 'backtick')[]): void {
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    const now = context.at(-1);
    if (now === 'single') {
      if (char === "'") context.pop();
    } else if (char === '\\') i += 1;
    else if (now === 'ansi') {
      if (char === "'") context.pop();
    } else if (char === '"') {
      if (now === 'double') context.pop();
      else context.push('double');
    } else if (char === '`') {
      if (now === 'backtick') context.pop();
      else context.push('backtick');
    } else if (char === '$' && text[i + 1] === '(') {
      context.push('plain');
      i += 1;
    } else if (now === 'double') continue;
    else if (char === '$' && text[i + 1] === "'") {
      context.push('ansi');
      i += 1;
    } else if (char === "'") context.push('single');
    else if (char === '(') context.push('plain');
    else if (char === ')' && now === 'plain' && context.length > 1) context.pop();
  }
}
