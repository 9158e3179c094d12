// From meaning to colour. Only the 16 colours that every theme makes readable on its own background are used, except
// for two greys where 256 colours are known: bright black is invisible in some dark themes.
import { Chalk, type ChalkInstance } from 'chalk';
import { safe } from './safe.ts';
import type { Role, Span, StyledLine } from './style.ts';

/** 0 none, 1 the 16 colours, 2 the 256, 3 all. */
export type ColourLevel = 0 | 1 | 2 | 3;

export type Palette = (span: Span) => string;

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

type Paint = (chalk: ChalkInstance) => ChalkInstance;
const PAINTS: Readonly<Record<Role, Paint | undefined>> = {
  plain: undefined,
  prompt: c => c.bold,
  command: c => c.bold,
  key: c => c.cyan,
  enum: c => c.magenta,
  string: c => c.green,
  number: c => c.yellow,
  literal: c => c.magenta,
  word: c => c.blue.bold,
  comment: c => grey(c),
  punctuation: undefined,
  unknown: c => c.red,
  error: c => c.red.bold,
  warning: c => c.yellow,
  ok: c => c.green,
  event: c => c.cyan.bold,
  time: c => grey(c),
  title: c => c.bold,
  dim: c => grey(c),
  suggestion: c => grey(c),
  match: c => c.bold.underline,
  selected: c => c.inverse,
};

// The middle grey has a contrast above 4 on black and on white alike; `dim` lets the terminal choose where there are
// only 16 colours.
function grey(chalk: ChalkInstance): ChalkInstance {
  return chalk.level >= 2 ? chalk.ansi256(243) : chalk.dim;
}

/** How to print a span: with the escapes of a colour level. At level 0 the text stands alone. */
export function palette(level: ColourLevel): Palette {
  if (level === 0) return span => safe(span.text);
  const chalk = new Chalk({ level });
  const paints = new Map<string, ChalkInstance>();
  return span => {
    const key = `${span.role ?? 'plain'}${span.bold === true ? 'b' : ''}${span.underline === true ? 'u' : ''}`;
    let paint = paints.get(key);
    if (paint === undefined) {
      paint = PAINTS[span.role ?? 'plain']?.(chalk) ?? chalk;
      if (span.bold === true) paint = paint.bold;
      if (span.underline === true) paint = paint.underline;
      paints.set(key, paint);
    }
    const text = safe(span.text);
    return text === '' ? '' : paint(text);
  };
}

/** A line as bytes for a terminal of that palette. */
export function paintLine(line: StyledLine, paint: Palette): string {
  return line.map(paint).join('');
}
