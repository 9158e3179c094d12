// The part of a longer text that a view shows, and the keys that move it.
import { span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';

export class Window {
  #at = 0;

  /** Takes a key that moves the window; false for all others. The rows are drawn in so many rows of the screen. */
  key(key: string, rows: number, height: number): boolean {
    const room = Math.max(1, height);
    const to = moved(key, this.#at, rows, room);
    if (to === undefined) return false;
    this.#at = clamp(to, rows, room);
    return true;
  }

  /** The rows to draw; where there are more, the last one of them says which. */
  of(rows: readonly StyledLine[], height: number): readonly StyledLine[] {
    if (rows.length <= height) {
      this.#at = 0;
      return rows;
    }
    const room = Math.max(1, height - 1);
    this.#at = clamp(this.#at, rows.length, room);
    const last = Math.min(rows.length, this.#at + room);
    const where = `rows ${this.#at + 1} to ${last} of ${rows.length}; Up, Down, PgUp, PgDn`;
    return [...rows.slice(this.#at, last), [span(where, 'dim')]];
  }
}

function moved(key: string, at: number, rows: number, room: number): number | undefined {
  switch (key) {
    case 'Up':
    case 'k':
      return at - 1;
    case 'Down':
    case 'j':
      return at + 1;
    case 'PageUp':
      return at - room + 1;
    case 'PageDown':
    case ' ':
    case 'Space':
      return at + room - 1;
    case 'Home':
    case 'g':
      return 0;
    case 'End':
    case 'G':
      return rows;
    default:
      return undefined;
  }
}

function clamp(at: number, rows: number, room: number): number {
  return Math.max(0, Math.min(at, rows - room));
}
