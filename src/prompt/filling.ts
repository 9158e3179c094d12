// Builds a command by questions: its required arguments first, then the optional ones that the user picks. Completion
// tells what may stand where, so a form knows variants and live names as Tab does.
import type { Question } from '../io/question.ts';
import type { Candidate } from '../language/line.ts';
import type { Completion } from '../language/offer.ts';
import { problemsWhileTyping } from '../language/typing.ts';
import type { Schema } from '../schema/model.ts';
import { mayHoldSecret } from '../schema/notes/secrettext.ts';
import { fit } from '../text/width.ts';

export interface FormParts {
  readonly schema: Schema;
  /** Cells of a row. */
  readonly width: number;
  /** What could stand at the end of a text, the VM's own names as they are now. */
  readonly complete: (text: string) => Promise<Completion>;
  readonly ask: (question: Question) => Promise<readonly string[] | undefined>;
}

/** The line with the answers filled in; undefined where the user left a question. */
export async function fillLine(line: string, parts: FormParts): Promise<string | undefined> {
  const form = new Form(line.trim(), parts);
  return (await form.object('')) ? form.line : undefined;
}

class Form {
  line: string;
  readonly #parts: FormParts;

  constructor(line: string, parts: FormParts) {
    this.line = line;
    this.#parts = parts;
  }

  /** The members below a prefix (`file.`): the required ones, then those that are chosen. False: left. */
  async object(prefix: string): Promise<boolean> {
    for (;;) {
      const next = (await this.#keys(prefix)).filter(key => key.required)[0];
      if (!next) break;
      if (!(await this.#member(next, prefix))) return false;
    }
    const rest = await this.#keys(prefix);
    if (rest.length === 0) return true;
    const what = prefix === '' ? 'Which others?' : `Which others of ${prefix.slice(0, -1)}?`;
    const chosen = await this.#parts.ask({
      kind: 'several',
      message: what,
      choices: rest.map(key => ({ value: key.text, note: noteOf(key) })),
    });
    if (!chosen) return false;
    for (const name of chosen) {
      const key = rest.find(one => one.text === name);
      if (key && !(await this.#member(key, prefix))) return false;
    }
    return true;
  }

  async #member(key: Candidate, prefix: string): Promise<boolean> {
    // A node's name will do, or its options spelled out: `file=` and `file.`
    const both = (await this.#keys(prefix)).filter(
      one => one.text.replace(/\.$/, '') === key.text.replace(/\.$/, ''),
    );
    let taken = key;
    if (both.length > 1) {
      const answer = await this.#parts.ask({
        kind: 'choice',
        message: `${prefix}${key.text.replace(/\.$/, '')}`,
        choices: both.map(one => ({
          value: one.text,
          note: one.text.endsWith('.') ? 'spell it out, member by member' : `a value: ${one.note ?? ''}`,
        })),
        free: false,
        check: () => undefined,
      });
      if (!answer) return false;
      taken = both.find(one => one.text === answer[0]) ?? key;
    }
    const path = `${prefix}${taken.text}`;
    return taken.text.endsWith('.') ? this.object(path) : this.#value(path, taken);
  }

  async #value(path: string, key: Candidate): Promise<boolean> {
    const before = `${this.line} ${path}=`;
    const { candidates, wanted } = await this.#parts.complete(before);
    const values = candidates.filter(one => one.text !== '[' && one.text !== '{');
    // Questions of one row each: prompts redraws long ones badly.
    const message = fit([path, key.note, key.about].filter(Boolean).join('  '), this.#parts.width - 24);
    const check = (text: string) => this.#problem(before, text);
    const answer = await this.#parts.ask(
      values.length > 0
        ? {
            kind: 'choice',
            message,
            choices: values.map(one => ({ value: one.text, note: one.note ?? '' })),
            free: wanted !== undefined,
            check,
          }
        : { kind: 'text', message, check, secret: mayHoldSecret(`${before}x`) && !mayHoldSecret(this.line) },
    );
    const text = answer?.[0];
    if (text === undefined) return false;
    this.line = before + quotedIfNeeded(text);
    return true;
  }

  #problem(before: string, text: string): string | undefined {
    if (text === '') return 'A value is needed.';
    const line = before + quotedIfNeeded(text);
    // The cursor is nowhere: every problem counts.
    const own = problemsWhileTyping(line, -1, this.#parts.schema).filter(
      ({ place }) => place.end > before.length,
    );
    return own[0]?.message;
  }

  async #keys(prefix: string): Promise<readonly Candidate[]> {
    const { candidates } = await this.#parts.complete(`${this.line} ${prefix}`);
    return candidates.filter(one => one.kind === 'key');
  }
}

function noteOf(key: Candidate): string {
  return [key.note?.replace(' · optional', ''), key.about].filter(Boolean).join('  ');
}

/** Text with blanks must be in quotes; literals and quoted texts stand for themselves. */
function quotedIfNeeded(text: string): string {
  return /^["'{[]/.test(text) || !/[\s|&]/.test(text) ? text : JSON.stringify(text);
}
