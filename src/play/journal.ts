// The journal of a play: what it is about to do is on file before it is done, so that the next start can tell what a play
// did whose shell or host died in the middle of it.
import { findJournals, isThere, type JournalFile, openJournal, processMark } from '../io/journals.ts';
import { placeOf } from '../io/silence.ts';
import type { Page, Step } from '../page/model.ts';
import { RUN } from '../page/names.ts';
import { plain, type Value, type Values } from '../page/value.ts';
import { classOf } from '../schema/notes/asking.ts';
import { namesSecret } from '../schema/notes/secretnames.ts';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  member,
  parseJson,
  stringifyJson,
} from '../text/json.ts';
import { text } from '../text/members.ts';
import type { Discretion } from './discreet.ts';

/** A step as it was begun. */
export interface Begun {
  readonly index: number;
  /** The line with its values, secrets as stars. */
  readonly text: string;
  /** It came to its end, and well. */
  readonly ended: boolean;
  /** QEMU refused it, as the page expects there. */
  readonly refused: boolean;
}

/** A play that was broken off. */
export interface Unfinished {
  /** The name of its journal. */
  readonly name: string;
  /** The page, as its user wrote it, and the folder it was played in. */
  readonly page: string;
  readonly title: string;
  readonly folder: string;
  /** Whether commands of this host were allowed. */
  readonly shell: boolean;
  /** What was to be played, by index; and a mark of the page's steps. */
  readonly chosen: ReadonlySet<number>;
  readonly mark: string;
  readonly values: Values;
  /** Names whose values are secrets, and were not kept. */
  readonly secrets: readonly string[];
  /** Whether there was something at a path before the play. */
  readonly before: ReadonlyMap<string, boolean | 'unknown'>;
  readonly begun: readonly Begun[];
  /** Milliseconds since 1970 when it began. */
  readonly time: number;
}

export interface Opening {
  readonly page: Page;
  readonly address: string;
  readonly folder: string;
  readonly shell: boolean;
  readonly chosen: ReadonlySet<number>;
  /** Grows with `.let`. */
  readonly values: Values;
  readonly hide: Discretion;
  readonly time: number;
}

export class Journal {
  readonly #given: Opening;
  #file: JournalFile | undefined;
  readonly #kept = new Map<string, Json>();

  constructor(given: Opening) {
    this.#given = given;
  }

  /** Goes on with the journal of a play that is taken up again. */
  resume({ name, values }: Unfinished): void {
    this.#file = openJournal(name);
    for (const [key, { json }] of values) this.#kept.set(key, json);
    this.#row({ process: processMark() });
  }

  /** A step is about to be done. `before`: whether there is something at the paths that an undo would remove. */
  begin(step: Step, line: string, before: ReadonlyMap<string, boolean | 'unknown'>): void {
    this.#open();
    this.#values();
    // Half a millisecond to several each: a page asks far more often than it acts, and what only asks leaves nothing to tell.
    const row = { begin: step.index, text: this.#given.hide.text(line), before: Object.fromEntries(before) };
    this.#row(row, { lasting: !onlyAsks(step) });
  }

  /** The step has come to its end, and well. */
  end(step: Step, refused: boolean): void {
    this.#values();
    this.#row({ end: step.index, ...(refused ? { refused } : {}) });
  }

  /** The play is over. */
  close(): void {
    this.#file?.remove();
  }

  #open(): void {
    if (this.#file !== undefined) return;
    const { page, address, folder, shell, chosen, values, time } = this.#given;
    const run = values.get(RUN);
    this.#file = openJournal(`${time}-${run ? plain(run) : ''}`);
    this.#row({
      page: page.name,
      title: page.title ?? page.name,
      at: placeAt(address),
      folder,
      shell,
      chosen: [...chosen],
      mark: markOf(page),
      process: processMark(),
      time,
    });
  }

  /** Values that are new since the last row. */
  #values(): void {
    for (const [name, { json, loose }] of this.#given.values) {
      if (this.#kept.get(name) === json) continue;
      this.#kept.set(name, json);
      this.#row(namesSecret(name) ? { secret: name } : { set: name, value: json, loose: loose === true });
    }
  }

  #row(row: JsonObject, { lasting } = { lasting: false }): void {
    this.#file?.append(stringifyJson(row), lasting);
  }
}

/** Whether nothing in the VM or on the host is another for a step. */
function onlyAsks({ kind, text: line }: Step): boolean {
  if (kind === 'word') return /^\s*\.(?:let|expect|wait)(?!\S)/.test(line);
  // (Behind a `|` stands a command of the host.)
  return kind === 'qmp' && !line.includes('|') && classOf(/^\s*([\w-]+)/.exec(line)?.[1] ?? '') === 'asks';
}

/** How far it came: `1 step`, `3 steps`. */
export function stepsBegun({ begun }: Unfinished): string {
  return begun.length === 1 ? '1 step' : `${begun.length} steps`;
}

/** The plays that were broken off on the monitor at an address, the oldest first. */
export function unfinishedAt(address: string, journals = findJournals()): readonly Unfinished[] {
  const here = placeAt(address);
  return journals
    .flatMap(({ name, text: rows }) => read(name, rows, here) ?? [])
    .toSorted((a, b) => a.time - b.time);
}

function read(name: string, journal: string, here: string): Unfinished | undefined {
  const rows = journal.split('\n').flatMap(rowOf);
  const [head] = rows;
  const owner = rows.findLast(row => text(row, 'process') !== '');
  if (head === undefined || text(head, 'at') !== here) return undefined;
  if (owner === undefined || isThere(text(owner, 'process'))) return undefined;
  const values = new Map<string, Value>();
  const secrets: string[] = [];
  const before = new Map<string, boolean | 'unknown'>();
  const begun: Begun[] = [];
  for (const row of rows) {
    const [index, set] = [member(row, 'begin'), text(row, 'set')];
    if (typeof index === 'number') {
      const open = begun.at(-1);
      // A step that was under way is begun anew when the play is taken up again.
      if (open?.index === index && !open.ended) begun.pop();
      begun.push({ index, text: text(row, 'text'), ended: false, refused: false });
      const there = member(row, 'before');
      for (const [path, is] of Object.entries(isObject(there) ? there : {}))
        before.set(path, typeof is === 'boolean' ? is : 'unknown');
    }
    const last = begun.at(-1);
    if (last !== undefined && member(row, 'end') === last.index && !last.ended)
      begun[begun.length - 1] = { ...last, ended: true, refused: member(row, 'refused') === true };
    if (set !== '')
      values.set(set, { json: member(row, 'value') ?? null, loose: member(row, 'loose') === true });
    if (text(row, 'secret') !== '') secrets.push(text(row, 'secret'));
  }
  if (begun.length === 0) return undefined;
  const chosen = member(head, 'chosen');
  return {
    name,
    page: text(head, 'page'),
    title: text(head, 'title'),
    folder: text(head, 'folder'),
    shell: member(head, 'shell') === true,
    chosen: new Set(isArray(chosen) ? chosen.map(Number) : []),
    mark: text(head, 'mark'),
    values,
    secrets,
    before,
    begun,
    time: Number(member(head, 'time')),
  };
}

/** One name for a monitor, however its address is written. */
function placeAt(address: string): string {
  try {
    return placeOf(address) ?? address;
  } catch {
    return address;
  }
}

/** A row as an object; the last one may be a piece. */
function rowOf(row: string): readonly JsonObject[] {
  try {
    const value = parseJson(row);
    return isObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

/** A mark that another text of a page's steps does not have. */
export function markOf({ steps }: Page): string {
  let hash = 0;
  for (const { index, group, text: line } of steps)
    for (const letter of `${index} ${group ?? ''} ${line}\n`)
      hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return String(hash);
}
