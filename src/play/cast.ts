// A play as an asciicast, version 2: a header, and a row for each piece of output with the seconds since the beginning.
// Terminal players show it as it went. Lines of steps appear as they would be typed.
import { paintLine, palette } from '../text/palette.ts';
import type { StyledLine } from '../text/style.ts';

interface CastOptions {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Milliseconds, of any beginning. */
  readonly now: () => number;
}

/** Seconds between two letters, and at most for a line. */
const KEY = 0.03;
const LONGEST = 1.5;
/** Players pass over a longer silence, such as that of a long job. */
const IDLE = 2;

/** What the file of a cast of ours begins with. */
export const CAST_HEAD = /^\{"version":2,/;

export class Cast {
  readonly #options: CastOptions;
  readonly #paint = palette(2);
  readonly #rows: string[] = [];
  readonly #began: number;
  /** Seconds that the letters have taken, by which all that follows is later. */
  #typed = 0;

  constructor(options: CastOptions) {
    this.#options = options;
    this.#began = options.now();
  }

  show(lines: readonly StyledLine[]): void {
    for (const line of lines) {
      const [prompt, ...rest] = line;
      if (prompt?.role === 'prompt') {
        this.#write(paintLine([prompt], this.#paint));
        this.#type(rest);
      } else this.#write(paintLine(line, this.#paint));
      this.#write('\r\n');
    }
  }

  /** The file. */
  text(): string {
    const { title, width, height } = this.#options;
    const header = {
      version: 2,
      width,
      height,
      title,
      idle_time_limit: IDLE,
      env: { TERM: 'xterm-256color' },
    };
    return [JSON.stringify(header), ...this.#rows, ''].join('\n');
  }

  #type(line: StyledLine): void {
    const letters = line.flatMap(span => Array.from(span.text, text => ({ ...span, text })));
    const pause = Math.min(KEY, LONGEST / Math.max(1, letters.length));
    for (const letter of letters) {
      this.#typed += pause;
      this.#write(paintLine([letter], this.#paint));
    }
  }

  #write(text: string): void {
    if (text === '') return;
    const seconds = (this.#options.now() - this.#began) / 1000 + this.#typed;
    this.#rows.push(JSON.stringify([Math.round(seconds * 1e6) / 1e6, 'o', text]));
  }
}
