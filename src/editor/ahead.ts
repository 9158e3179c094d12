// Keys typed while something is in the foreground, read as the lines they will most likely become.
import type { TerminalInput } from './input.ts';

interface Ahead {
  /** Lines that were entered. */
  readonly lines: readonly string[];
  /** The text typed behind them. */
  readonly rest: string;
  /** The index of the input at which `rest` begins. */
  readonly start: number;
  /** Whether it is nothing but what was typed: no key in it does something else. */
  readonly certain: boolean;
}

/** Enter comes as C-j while the terminal is not ours yet. */
export function enters(key: string): boolean {
  return key === 'Enter' || key === 'C-j';
}

export function ahead(kept: readonly TerminalInput[]): Ahead {
  const lines: string[] = [];
  let [rest, start, certain] = ['', 0, true];
  for (const [i, input] of kept.entries()) {
    if (input.type !== 'key') rest += input.text;
    else if (input.key === 'Backspace') rest = [...rest].slice(0, -1).join('');
    else if (!enters(input.key)) certain = false;
    else {
      if (rest.trim() !== '') lines.push(rest);
      [rest, start, certain] = ['', i + 1, true];
    }
  }
  return { lines, rest, start, certain };
}
