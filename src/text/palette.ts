// From meaning to colour. Only the 16 colours that every theme makes readable on its own background are used, except
// for two greys where 256 colours are known: bright black is invisible in some dark themes.
import { Chalk, type ChalkInstance } from 'chalk';
import type { ColourLevel, Marks } from './level.ts';
import { safe } from './safe.ts';
import type { Role, Span, StyledLine } from './style.ts';

type Palette = (span: Span) => string;

type Paint = (chalk: ChalkInstance) => ChalkInstance;
const PAINTS: Readonly<Record<Role, Paint | undefined>> = {
  plain: undefined,
  prompt: c => c.bold,
  command: c => c.bold,
  key: c => c.cyan,
  enum: c => c.magenta,
  string: c => c.green,
  number: c => brown(c),
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

// Yellow cannot be read on white. This brown has a contrast above 4 on both; with 16 colours numbers stay plain.
function brown(chalk: ChalkInstance): ChalkInstance {
  return chalk.level >= 2 ? chalk.ansi256(130) : chalk;
}

// What must look otherwise than typed text, colours or not.
const MARKED: ReadonlyMap<Role, readonly [on: number, off: number]> = new Map([
  ['suggestion', [2, 22]],
  ['selected', [7, 27]],
  ['match', [4, 24]],
]);

/**
 * How to print a span: with the escapes of a colour level. At level 0 the text stands alone, but for `marks` of a
 * terminal, by which what only suggests is told from what is typed.
 */
export function palette(level: ColourLevel, marks?: Marks): Palette {
  if (level === 0)
    return span => {
      const text = safe(span.text);
      const mark = marks && text !== '' ? MARKED.get(span.role ?? 'plain') : undefined;
      if (mark === undefined || (mark[0] === 2 && marks?.dim !== true)) return text;
      return `\x1b[${mark[0]}m${text}\x1b[${mark[1]}m`;
    };
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
