// What is offered while a line is typed: completion with live values, the hint row, the grey suggestion, the colours.

import { type Highlight, underline } from '../editor/view.ts';
import type { Completion, Offer } from '../language/complete.ts';
import type { Problem } from '../language/line.ts';
import { missingIn } from '../language/openrows.ts';
import type { Known } from '../line/known.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';
import { type Lesson, lessonOf } from '../schema/learned.ts';
import type { Schema } from '../schema/model.ts';
import type { Wanted } from '../schema/names.ts';
import { type WaitOptions, within } from '../session/wait.ts';
import { span } from '../text/line.ts';
import type { Place } from '../text/place.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { fit } from '../text/width.ts';
import type { PromptHost } from './prompt.ts';

/** The sources of names beside the schema. */
interface Names {
  readonly known: () => Pick<Known, 'values' | 'isStale' | 'refresh' | 'knows' | 'learn'> | undefined;
  readonly files: (typed: string) => readonly Offer[];
  /** false: the terminal cannot show text otherwise than typed text, so nothing is suggested. */
  readonly greys?: boolean;
}

/** What the language knows of a line that is being typed. */
async function loadLanguage() {
  const [
    { complete },
    { hint },
    { suggest },
    { colour, problemsWhileTyping, problemRow },
    { isTranscript, onlyQuery },
    { parse },
    { isGluedToMark },
    parts,
  ] = await Promise.all([
    import('../language/complete.ts'),
    import('../language/hint.ts'),
    import('../language/suggest.ts'),
    import('../language/colour.ts'),
    import('../language/transcript.ts'),
    import('../language/parse.ts'),
    import('../language/foreign.ts'),
    import('../language/parts.ts'),
  ]);
  const { partsOf, isHostLine, colourHost } = parts;
  return {
    ...{ complete, hint, suggest, colour, isTranscript, onlyQuery, parse },
    ...{ problemsWhileTyping, problemRow },
    ...{ partsOf, isHostLine, isGluedToMark, colourHost },
  };
}

type Language = Awaited<ReturnType<typeof loadLanguage>>;

/** Milliseconds that a form waits for names. */
const PATIENCE = 2000;
/** The exit status of a line that was given up by Ctrl-C. */
const INTERRUPTED = 130;

export class Typing {
  readonly #host: PromptHost;
  readonly #names: Names;
  #language: Language | undefined;
  #words: (() => readonly Word[]) | undefined;
  #wrong:
    | {
        readonly text: string;
        readonly cursor: number;
        readonly schema: Schema | undefined;
        readonly problems: readonly Problem[];
      }
    | undefined;
  #last: { readonly text: string; readonly cursor: number; readonly completion: Completion } | undefined;

  /** Lines whose last run failed. */
  readonly #failed = new Set<string>();
  /** Whether lines of the history are wrong in the language, by this schema. */
  readonly #judged = new Map<string, boolean>();
  #judgedBy: Schema | undefined;

  constructor(host: PromptHost, names: Names) {
    this.#host = host;
    this.#names = names;
  }

  /** What could stand at the cursor. The same question in the same turn (menu, suggestion) is answered once. */
  complete(text: string, cursor: number): Completion {
    const last = this.#last;
    if (last && last.text === text && last.cursor === cursor) return last.completion;
    const completion = this.#fresh(text, cursor);
    this.#last = { text, cursor, completion };
    queueMicrotask(() => {
      this.#last = undefined;
    });
    return completion;
  }

  #fresh(text: string, cursor: number): Completion {
    if (this.#isHmp(text))
      return moved(this.#complete(`${HMP_WORD}${text}`, cursor + HMP_WORD.length), -HMP_WORD.length);
    const inner = innerLine(text);
    if (inner === undefined || cursor < inner) return this.#complete(text, cursor);
    return moved(this.#complete(text.slice(inner), cursor - inner), inner);
  }

  /** Whether the line goes to the human monitor as it stands: QMP's rules are not for it. */
  #isHmp(text: string): boolean {
    return this.#host.hmp && !/^\s*[.$?]/.test(text);
  }

  #complete(text: string, cursor: number): Completion {
    if (!this.#language) return { candidates: [] };
    return this.#language.complete(text, cursor, this.#host.schema, {
      words: (this.#words?.() ?? []).map((word, _, words) => ({
        name: word.name,
        note: word.help,
        complete: (before, typed) => word.complete?.(before, typed, this.#host, words) ?? [],
      })),
      values: wanted => this.#values(wanted),
    });
  }

  /** Loads the words and the language. They bring much with them, so not before the prompt stands. */
  async learnWords(): Promise<void> {
    const [language, { allWords }] = await Promise.all([
      this.#language ?? loadLanguage(),
      import('../words/words.ts'),
    ]);
    this.#language = language;
    this.#words = allWords;
  }

  /** Reads what the pages are that are words. */
  async learnPages(): Promise<void> {
    await (await import('../words/pages.ts')).readPageWords();
  }

  /**
   * Asks for what is not known as it is now of what is wanted; false where nothing had to be asked. Rejects with a
   * QmpshError `timeout` or `interrupted` where it is not waited for any longer; what comes later is known then.
   */
  async refresh(wanted: Wanted, options: WaitOptions = {}): Promise<boolean> {
    if (!this.#isStale(wanted)) return false;
    const known =
      wanted.kind === 'device-property' ? this.#learnTypes(wanted) : this.#names.known()?.refresh(wanted);
    if (known) await within(known, { ...options, clock: this.#host.clock, what: 'names to offer' });
    // What is known now may tell more of the line than the line's text.
    this.#wrong = undefined;
    return true;
  }

  async #learnTypes(wanted: Wanted): Promise<void> {
    const lesson = this.#lesson(wanted);
    if (lesson) await this.#names.known()?.learn(lesson);
  }

  #isStale(wanted: Wanted): boolean {
    if (wanted.kind !== 'device-property') return this.#names.known()?.isStale(wanted) === true;
    const known = this.#names.known();
    const lesson = this.#lesson(wanted);
    return known !== undefined && lesson !== undefined && !known.knows(lesson);
  }

  /** What has to be learned for the members that the schema leaves open. */
  #lesson({ command, given }: Wanted): Lesson | undefined {
    const { schema } = this.#host;
    return schema && lessonOf(schema, command, given)?.lesson;
  }

  /** What could stand at the end of a text, with the VM's own names as they are now. */
  async completeFresh(text: string): Promise<Completion> {
    const { wanted } = this.complete(text, text.length);
    if (wanted)
      await this.refresh(wanted, { timeout: PATIENCE }).catch((error: unknown) => {
        // What is known already does, where the VM does not answer.
        if (!(error instanceof QmpshError && error.kind === 'timeout')) throw error;
      });
    return this.complete(text, text.length);
  }

  /** Whether something that is wanted at the cursor is not known as it is now: the words, or the VM's own names. */
  isStale(text: string, cursor: number): boolean {
    if (!this.#words) return true;
    const { wanted } = this.complete(text, cursor);
    return wanted !== undefined && this.#isStale(wanted);
  }

  /** Asks for the names that are wanted at the cursor; false where nothing had to be asked. */
  async prepare(text: string, cursor: number): Promise<boolean> {
    const { wanted } = this.complete(text, cursor);
    return wanted !== undefined && this.refresh(wanted);
  }

  /** The row under the line: what is wrong where the cursor has left, else what belongs at the cursor. */
  hint(text: string, cursor: number): StyledLine | undefined {
    // Pages are words with parameters: what they are is read while the first letters are typed.
    if (text.startsWith('.')) void this.learnPages();
    if (!this.#host.settings.hints || text.trim() === '') return undefined;
    const columns = this.#host.width;
    const language = this.#language;
    if (!language || this.#isHmp(text)) return undefined;
    const open = openRow(text, cursor);
    if (open !== undefined) return [span(fit(open, columns), 'dim')];
    const query = language.isTranscript(text) ? language.onlyQuery(text) : undefined;
    if (query !== undefined) return [span(fit(`Enter runs ${safe(query)}`, columns), 'dim')];
    if (language.isTranscript(text))
      return [span(fit('a transcript: Enter shows what of it would run', columns), 'dim')];
    const inner = innerLine(text);
    if (inner !== undefined && cursor >= inner) return this.hint(text.slice(inner), cursor - inner);
    if (language.isHostLine(text) && !text.includes('\n'))
      return [span(fit(text.trim() === '$' ? HOST_NEXT : HOST_HERE, columns), 'dim')];
    const [problem] = this.#problems(text, cursor);
    // Two rows; the second one is set in by two cells.
    const more = 2 * columns - 2;
    if (problem) return language.problemRow(text, problem, this.#host.schema, more);
    const count = language.partsOf(text).length;
    if (count > 1) return [span(fit(`${count} lines: Enter shows them first`, columns), 'dim')];
    return language.hint(text, cursor, this.#host.schema, columns, more);
  }

  suggestion(text: string, cursor: number): string {
    if (!this.#host.settings.suggestions || this.#names.greys === false) return '';
    if (!this.#language || cursor !== text.length) return '';
    const { suggest } = this.#language;
    const history = this.#host.typist.history();
    const from = (fits: (entry: string) => boolean) => suggest(text, cursor, history, [], fits);
    return (
      from(entry => !this.#failed.has(entry) && !this.#isWrong(entry)) ??
      suggest(text, cursor, [], this.complete(text, cursor).candidates) ??
      from(entry => !this.#isWrong(entry)) ??
      ''
    );
  }

  /** A line has run: one that failed is suggested last. */
  ran(text: string, status: number): void {
    if (status === 0) this.#failed.delete(text);
    else if (status !== INTERRUPTED) this.#failed.add(text);
  }

  /** Whether a line of before would not be sent; what only its run can tell is not known. */
  #isWrong(entry: string): boolean {
    const { schema } = this.#host;
    if (schema === undefined || !this.#language || /[\n$]/.test(entry) || this.#isHmp(entry)) return false;
    if (this.#judgedBy !== schema) this.#judged.clear();
    this.#judgedBy = schema;
    const known = this.#judged.get(entry);
    if (known !== undefined) return known;
    const { parse, isTranscript } = this.#language;
    const isWrong = !isTranscript(entry) && parse(entry, schema).kind === 'wrong';
    this.#judged.set(entry, isWrong);
    return isWrong;
  }

  /** The colours of the line, with what is wrong underlined. */
  highlights(text: string, cursor: number): readonly Highlight[] {
    const language = this.#language;
    if (!language || language.isTranscript(text) || this.#isHmp(text)) return [];
    const { partsOf, isHostLine, isGluedToMark, colourHost, colour } = language;
    const colours = partsOf(text).flatMap(part =>
      (isHostLine(part.text) || isGluedToMark(part.text)
        ? colourHost(part.text)
        : colour(part.text, this.#host.schema)
      ).map(({ start, end, role }) => ({ start: part.start + start, end: part.start + end, role })),
    );
    const problems = this.#problems(text, cursor).map(problem => problem.place);
    return underline(colours, problems, text.length);
  }

  /** The problems of the line; kept, since the hint row and the colours ask for them with each key. */
  #problems(text: string, cursor: number): readonly Problem[] {
    const { schema } = this.#host;
    const last = this.#wrong;
    if (last && last.text === text && last.cursor === cursor && last.schema === schema) return last.problems;
    if (!this.#language) return [];
    const { partsOf, isHostLine, problemsWhileTyping } = this.#language;
    const problems = partsOf(text).flatMap(part =>
      isHostLine(part.text)
        ? []
        : problemsWhileTyping(part.text, cursor - part.start, schema).map(({ place, ...problem }) => ({
            ...problem,
            place: { start: part.start + place.start, end: part.start + place.end },
          })),
    );
    this.#wrong = { text, cursor, schema, problems };
    return problems;
  }

  #values(wanted: Wanted): readonly Offer[] | undefined {
    switch (wanted.kind) {
      case 'file':
        return this.#names.files(wanted.typed);
      case 'event':
        return [...(this.#host.schema?.events.keys() ?? [])].map(text => ({ text }));
      default:
        return this.#names.known()?.values(wanted);
    }
  }
}

const HOST_HERE = 'a command of this host: Enter runs it here, QEMU has no part in it';
const HOST_NEXT = 'a command of this host stands behind "$", as in: $ ls';

const HMP_WORD = '.hmp ';

/** A completion whose line stands `by` further on. */
function moved({ candidates, wanted }: Completion, by: number): Completion {
  const shift = ({ start, end }: Place) => ({ start: start + by, end: end + by });
  return {
    candidates: candidates.map(one => ({ ...one, place: shift(one.place) })),
    ...(wanted ? { wanted: { ...wanted, place: shift(wanted.place) } } : {}),
  };
}

/** Where in the line of a word another line begins, which is completed and explained as such. */
function innerLine(text: string): number | undefined {
  const found =
    /^\s*\.(?:watch(?:\s+\d\w*)?\s+(?=[^\s\d]|$)|(?:fill|help|oob)\s+(?=[\w-]+\s))|^\s*(?:help|\?)\s+(?=[\w-]+\s)/.exec(
      text,
    );
  return found?.[0].length;
}

/** At an empty row of a line that goes on: what ends it, and how to get out of it. */
function openRow(text: string, cursor: number): string | undefined {
  if (cursor !== text.length || !/\n[ \t]*$/.test(text)) return undefined;
  const missing = missingIn(text);
  if (missing === '') return undefined;
  const shown = missing.length > MOST_MISSING ? `${missing.slice(0, MOST_MISSING)}…` : missing;
  return `missing: ${shown}   Ctrl-C drops the line`;
}

const MOST_MISSING = 8;
