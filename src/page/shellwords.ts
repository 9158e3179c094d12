// The part of the shell's grammar in which a name's place is certain: simple commands of bare and quoted words, variables,
// `$(...)`, lists, pipes, groups, redirections. Anything else in a line that holds a name is refused: what a shell makes
// of a text behind it depends on more than quotes.
import { judgeCommand, keepsPosition, type ShellWord } from './shellcommand.ts';
import { BindFault } from './value.ts';

/** How a value must be quoted where its name stands. `whole`: the name is the whole word. */
export interface Spot {
  readonly quotes: 'whole' | 'none' | 'single' | 'double';
  /** A value that begins with "-" would be read as an option that holds a program. */
  readonly noDash: boolean;
}

/** Stands for a name in the text that is read; a shell line cannot hold it. */
export const NAME = '\0';

/** The place of every name in a line whose names are written as `NAME`, in order. Throws `BindFault`. */
export function spotsIn(text: string): readonly Spot[] {
  const strange = /[\x01-\x08\x0b-\x1f\x7f]/.exec(text);
  if (strange) refuse('a control character');
  const reader = new ShellReader(text);
  reader.list(false);
  return reader.spots;
}

function refuse(what: string, advice = 'Put that into a line of its own, without names of the page.'): never {
  throw new BindFault(`a line of this host with a name in it holds ${what}`, advice);
}

class ShellReader {
  readonly spots: { quotes: Spot['quotes']; noDash: boolean }[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Commands up to the end, or to the ")" that closes the group. */
  list(nested: boolean): void {
    let command: ShellWord[] = [];
    const finish = () => {
      this.#judge(command);
      command = [];
    };
    for (;;) {
      this.#blanks();
      const char = this.#text[this.#at];
      if (char === undefined) {
        if (nested) refuse('a bracket that is not closed');
        finish();
        return;
      }
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (char === ')') {
        if (!nested) refuse('a bracket that nothing opened');
        finish();
        return;
      }
      if (char === '#') this.#comment(nested);
      else if (two === ';;' || two === '&>' || two === '|&') refuse(`"${two}"`);
      else if (/[\n;&|]/.test(char)) {
        this.#at += 1;
        finish();
      } else if (char === '(') {
        if (command.some(word => !keepsPosition(word)) || two === '((') refuse(`"${two.trim()}"`);
        this.#at += 1;
        this.list(true);
        this.#at += 1;
      } else if (char === '<' || char === '>') this.#redirection();
      else {
        const word = this.#word();
        const next = this.#text[this.#at];
        const isDescriptor = /^\d+$/.test(word.raw) && (next === '<' || next === '>');
        if (!isDescriptor) command.push(word);
      }
    }
  }

  #judge(command: readonly ShellWord[]): void {
    const dashes = judgeCommand(command, refuse);
    for (const name of dashes) {
      const spot = this.spots[name];
      if (spot) spot.noDash = true;
    }
  }

  /** Blanks, and line ends behind a backslash that stands alone. */
  #blanks(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\t') this.#at += 1;
      else if (this.#text.startsWith('\\\n', this.#at) && /[ \t]/.test(this.#text[this.#at - 1] ?? ' '))
        this.#at += 2;
      else return;
    }
  }

  #comment(nested: boolean): void {
    const end = this.#text.indexOf('\n', this.#at);
    const comment = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if (comment.includes(NAME))
      refuse('a name behind "#"', 'A line break in its value would end the comment.');
    if (nested) refuse('a comment inside brackets');
    this.#at += comment.length;
  }

  #redirection(): void {
    const [operator = ''] = /^(?:<<|<>|<&|<|>>|>&|>\||>)/.exec(this.#text.slice(this.#at)) ?? [];
    if (operator === '<<') refuse('a here-document');
    this.#at += operator.length;
    this.#blanks();
    const target = this.#word();
    if (target.raw === '') refuse(`"${operator}" without a file`);
    if (operator.endsWith('&') && !/^(\d+|-)$/.test(target.raw)) refuse(`"${operator}" before a file`);
  }

  #word(): ShellWord {
    const start = this.#at;
    const first = this.spots.length;
    let literal: string | undefined = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || /[ \t\n;&|<>)]/.test(char)) break;
      if (char === '(') refuse('"(" inside a word');
      if (char === '"') literal = joined(literal, this.#double());
      else if (char === '$') literal = joined(literal, this.#dollar(false));
      else if (char === NAME) {
        this.#name('none');
        literal = undefined;
      } else literal = joined(literal, char === "'" ? this.#single() : this.#plain(char));
    }
    const raw = this.#text.slice(start, this.#at);
    const names = this.spots.slice(first).map((_, i) => first + i);
    const spot = this.spots[first];
    if (raw === NAME && spot && !/[<>]/.test(this.#text[this.#at] ?? '')) spot.quotes = 'whole';
    return { raw, literal, names };
  }

  #plain(char: string): string {
    if (char === '`') refuse('backticks', 'Write $$(...) instead.');
    this.#at += 1;
    return char === '\\' ? this.#escaped() : char;
  }

  /** What stands behind a backslash. */
  #escaped(): string {
    const char = this.#text[this.#at];
    if (char === NAME)
      refuse('a backslash before a name', 'Take it out: a value is quoted as its place asks.');
    if (char === undefined || char === '\n')
      refuse('a backslash at the end of a row, right behind other text');
    this.#at += 1;
    return char;
  }

  #single(): string | undefined {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) refuse('a quote that is not closed');
    const inner = this.#text.slice(this.#at + 1, end);
    for (const char of inner) if (char === NAME) this.#name('single', 0);
    this.#at = end + 1;
    return inner.includes(NAME) ? undefined : inner;
  }

  #double(): string | undefined {
    let literal: string | undefined = '';
    this.#at += 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) refuse('a quote that is not closed');
      if (char === '`') refuse('backticks', 'Write $$(...) instead.');
      if (char === '$') literal = joined(literal, this.#dollar(true));
      else if (char === NAME) {
        this.#name('double');
        literal = undefined;
      } else {
        this.#at += 1;
        if (char === '"') return literal;
        if (char !== '\\') literal = joined(literal, char);
        else {
          const escaped = this.#escaped();
          literal = joined(literal, /[$`"\\]/.test(escaped) ? escaped : `\\${escaped}`);
        }
      }
    }
  }

  /** A dollar: a variable, `$(...)`, or itself; what it stands for is known in the last case alone. */
  #dollar(quoted: boolean): string | undefined {
    const rest = this.#text.slice(this.#at + 1);
    const next = rest[0] ?? '';
    if (next === NAME) refuse('"$" before a name');
    if (rest.startsWith('((') || next === '[') refuse('arithmetic', 'Compute it in a line of its own.');
    if (!quoted && (next === "'" || next === '"')) refuse(`$${next}`, 'Write plain quotes.');
    const [variable] = /^(?:\{(?:[A-Za-z_]\w*|\d)\}|[A-Za-z_]\w*|[\d@*#?$!-])/.exec(rest) ?? [];
    if (next === '{' && variable === undefined) refuse('an operator inside braces of a variable');
    this.#at += 1;
    if (next === '(') {
      this.#at += 1;
      this.list(true);
      this.#at += 1;
      return undefined;
    }
    if (variable === undefined) return '$';
    this.#at += variable.length;
    if (quoted && /\w$/.test(variable) && this.#text[this.#at] === NAME)
      refuse('a variable that a name follows', `Write it with braces: $\${${variable}}.`);
    return undefined;
  }

  #name(quotes: Spot['quotes'], length = 1): void {
    this.spots.push({ quotes, noDash: false });
    this.#at += length;
  }
}

function joined(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}
