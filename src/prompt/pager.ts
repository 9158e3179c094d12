// The pager: shows long output by the screenful. What was shown stays in the scrollback of the terminal; going back and
// searching look at it in place of the prompt.

import { type Live, leavesView } from '../line/live.ts';
import { fitLine, lineWidth, plain, span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';

/** Rows that lines take on a screen of that width. */
export function rowsOf(lines: readonly StyledLine[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
}

/** How many lines from `from` on fit into so many rows; at least one. */
function fitting(lines: readonly StyledLine[], from: number, rows: number, columns: number): number {
  let count = 0;
  for (let left = rows; from + count < lines.length; count++) {
    left -= rowsOf(lines.slice(from + count, from + count + 1), columns);
    if (left < 0) break;
  }
  return Math.max(1, count);
}

/** Shows lines until the end, until the user has seen enough, or begins the next line. `now` tells milliseconds. */
export async function showPaged(
  lines: readonly StyledLine[],
  live: Live,
  print: (lines: readonly StyledLine[]) => void,
  now: () => number,
): Promise<void> {
  const keys = new Keys(live, now);
  let at = 0;
  let room = live.height - 1;
  while (at < lines.length) {
    const count = fitting(lines, at, Math.max(1, room), live.width);
    print(lines.slice(at, at + count));
    at += count;
    if (at >= lines.length) return;
    room = 0;
    while (room === 0) {
      live.draw([foot(`row ${at} of ${lines.length}`, live.width)]);
      const key = await keys.next(PATIENCE);
      if (key === undefined) continue;
      if (LOOKS.has(key)) {
        const left = await new Look(lines, at, live, keys).run(key);
        await shrink(live);
        if (left === 'begun') {
          print([notShown(lines.length - at)]);
          return;
        }
        if (left.all) room = Number.POSITIVE_INFINITY;
        else {
          print(left.shown);
          if (left.rest > 0) print([notShown(left.rest)]);
          return;
        }
        continue;
      }
      if ((await keys.begins(key)) || leavesView(key)) {
        print([notShown(lines.length - at)]);
        return;
      }
      if (ONWARD.has(key)) room = live.height - 1;
      else if (/^(Enter|Down|j)$/.test(key)) room = 1;
      else if (key === 'a') room = Number.POSITIVE_INFINITY;
    }
  }
}

/** Milliseconds between the keys of a word that is typed. */
const TYPED = 500;
/** Milliseconds for the second letter of `query-...` to come; no key of the pager waits but `q`. */
const SECOND = 200;

/** The keys of the pager; who does not heed it types the next line, whose first letters may be keys. */
class Keys {
  readonly #live: Live;
  readonly #now: () => number;
  #word: string[] = [];
  #at = Number.NEGATIVE_INFINITY;

  constructor(live: Live, now: () => number) {
    this.#live = live;
    this.#now = now;
  }

  async next(ms: number): Promise<string | undefined> {
    const key = await this.#live.key(ms);
    if (key === undefined) return undefined;
    const goesOn = this.#now() - this.#at < TYPED && isLetter(key);
    this.#word = goesOn ? [...this.#word, key] : isLetter(key) ? [key] : [];
    this.#at = this.#now();
    return key;
  }

  /** Whether the last key shows that the next line is being typed; what was typed of it is given back then. */
  async begins(key: string): Promise<boolean> {
    if (key === 'q') {
      const second = await this.next(SECOND);
      if (second === undefined) return false;
      if (!/^[uo]$/.test(second)) {
        this.#live.giveBack(second);
        return false;
      }
    } else if (!isLetter(key) || /^[afj]$/.test(key) || LOOKS.has(key)) return false;
    for (const letter of this.#word.reverse()) this.#live.giveBack(letter);
    return true;
  }
}

function isLetter(key: string): boolean {
  return /^[^ ]$/u.test(key);
}

/** Takes the view off the screen by itself: tmux keeps a screen that is cleared from its corner as if it were output. */
async function shrink(live: Live): Promise<void> {
  live.draw([]);
  const key = await live.key(0);
  if (key !== undefined) live.giveBack(key);
}

const ONWARD = new Set([' ', 'Space', 'PageDown', 'f']);
/** Keys for which the text is looked at in place of the prompt. */
const LOOKS = new Set(['b', 'PageUp', 'Up', 'k', 'g', 'Home', 'G', 'End', '/', 'n', 'N']);

function notShown(count: number): StyledLine {
  return [span(count === 1 ? '1 more row is not shown' : `${count} more rows are not shown`, 'dim')];
}

/** The foot is drawn again now and then, for a screen whose size has changed. */
const PATIENCE = 60_000;

/** Where the user has left the text. */
interface Left {
  /** What stood on the screen last. */
  readonly shown: readonly StyledLine[];
  /** Rows below that. */
  readonly rest: number;
  /** All that has not been printed is to be. */
  readonly all?: boolean;
}

/** A look at the whole text: back and forth, and for what it holds. */
class Look {
  readonly #lines: readonly StyledLine[];
  readonly #live: Live;
  readonly #keys: Keys;
  #top: number;
  /** What is being typed behind `/`. */
  #typed: string | undefined;
  #query = '';
  #missed = false;

  /** `printed` rows have been shown. */
  constructor(lines: readonly StyledLine[], printed: number, live: Live, keys: Keys) {
    this.#lines = lines;
    this.#live = live;
    this.#keys = keys;
    this.#top = Math.max(0, printed - this.#room);
  }

  get #room(): number {
    return Math.max(1, this.#live.height - 1);
  }

  async run(first: string): Promise<Left | 'begun'> {
    for (let key: string | undefined = first; ; key = await this.#keys.next(PATIENCE)) {
      if (key !== undefined) {
        if (this.#typed !== undefined) this.#type(key);
        else if (await this.#keys.begins(key)) return 'begun';
        else if (key === 'a') return { shown: [], rest: 0, all: true };
        else if (leavesView(key)) return this.#left();
        else this.#move(key);
      }
      this.#draw();
    }
  }

  #left(): Left {
    const end = this.#top + this.#room;
    return { shown: this.#lines.slice(this.#top, end), rest: Math.max(0, this.#lines.length - end) };
  }

  #move(key: string): void {
    const page = Math.max(1, this.#room - 1);
    if (key === '/') this.#typed = '';
    else if (key === 'n') this.#find(this.#top, 1);
    else if (key === 'N') this.#find(this.#top, -1);
    else if (ONWARD.has(key)) this.#go(this.#top + page);
    else if (key === 'b' || key === 'PageUp') this.#go(this.#top - page);
    else if (/^(Enter|Down|j)$/.test(key)) this.#go(this.#top + 1);
    else if (key === 'Up' || key === 'k') this.#go(this.#top - 1);
    else if (key === 'g' || key === 'Home') this.#go(0);
    else if (key === 'G' || key === 'End') this.#go(this.#lines.length);
  }

  #go(to: number): void {
    this.#missed = false;
    this.#top = Math.max(0, Math.min(to, this.#lines.length - this.#room));
  }

  #type(key: string): void {
    const typed = this.#typed ?? '';
    if (key === 'Enter') {
      this.#typed = undefined;
      if (typed !== '') this.#query = typed;
      // The row at the top counts: it is the first that is read.
      this.#find(this.#top - 1, 1);
    } else if (leavesView(key) && key !== 'q') this.#typed = undefined;
    else if (key === 'Backspace') this.#typed = typed === '' ? undefined : typed.slice(0, -1);
    else if (key === 'Space') this.#typed = `${typed} `;
    else if ([...key].length === 1) this.#typed = typed + key;
  }

  /** Goes to the next row that holds what is looked for; beyond the last one, to the first. */
  #find(from: number, step: 1 | -1): void {
    if (this.#query === '') return;
    const count = this.#lines.length;
    for (let i = 1; i <= count; i++) {
      const row = (((from + step * i) % count) + count) % count;
      if (!this.#holds(this.#lines[row] ?? [])) continue;
      // The window may not go so far down; the mark is seen all the same.
      this.#missed = false;
      this.#top = row;
      return;
    }
    this.#missed = true;
  }

  #holds(line: StyledLine): boolean {
    return found(plain(line), this.#query).length > 0;
  }

  #draw(): void {
    const { width } = this.#live;
    const rows = this.#lines.slice(this.#top, this.#top + this.#room);
    this.#live.draw([
      ...rows.map(row => marked(fitLine(row, width), this.#query)),
      ...(this.#typed === undefined
        ? [foot(this.#where(rows.length), width)]
        : [[span('/', 'key'), span(safe(this.#typed))]]),
    ]);
  }

  #where(shown: number): string {
    const where = `row ${this.#top + shown} of ${this.#lines.length}`;
    return this.#missed ? `nothing holds ${safe(this.#query)}` : where;
  }
}

/** Where a text stands in a row; a query without capitals finds them, too. */
function found(row: string, query: string): readonly number[] {
  if (query === '') return [];
  const text = /\p{Lu}/u.test(query) ? row : row.toLowerCase();
  const out: number[] = [];
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) out.push(at);
  return out;
}

function marked(row: StyledLine, query: string): StyledLine {
  const places = found(plain(row), query);
  if (places.length === 0) return row;
  let at = 0;
  return row.flatMap(part => {
    const start = at;
    at += part.text.length;
    const inside = places.flatMap(place => [place, place + query.length]).map(cut => cut - start);
    const cuts = [0, ...inside.filter(cut => cut > 0 && cut < part.text.length), part.text.length];
    return cuts.slice(0, -1).map((from, i) => {
      const text = part.text.slice(from, cuts[i + 1]);
      const hit = places.some(place => start + from >= place && start + from < place + query.length);
      return hit ? { ...part, text, role: 'match' as const } : { ...part, text };
    });
  });
}

function foot(where: string, columns: number): StyledLine {
  if (columns < 60) return [span(`${where}  Space b / q`, 'dim')];
  const keys = [
    ['Space', 'goes on'],
    ['b', 'back'],
    ['/', 'search'],
    ['a', 'all'],
    ['q', 'enough'],
  ] as const;
  return [
    span(`${where}   `, 'dim'),
    ...keys.flatMap(([key, does], i) => [
      span(key, 'key'),
      span(` ${does}${i < keys.length - 1 ? '   ' : ''}`, 'dim'),
    ]),
  ];
}
