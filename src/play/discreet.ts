// Hides secrets in all that a play shows: values of parameters with a name such as `password`, wherever they occur, and
// arguments that are secrets in any request.
import type { Page, Step } from '../page/model.ts';
import type { Value, Values } from '../page/value.ts';
import { namesSecret } from '../schema/notes/secretnames.ts';
import { maskMessage } from '../schema/notes/secrets.ts';
import { hideIn, maskText, withoutValues } from '../schema/notes/secrettext.ts';
import { type Json, stringifyJson } from '../text/json.ts';
import { mapTexts } from '../text/members.ts';
import type { Aftermath, Ending, Failure, Mismatch, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';

/** Hides secrets in what is shown while a page is played. The names may get values while it runs. */
export class Discretion {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  /** A line, or what is said about one. */
  text(text: string): string {
    return withoutValues(maskText(text), this.#secrets());
  }

  /** What came back, was printed or is said of a line: only the values themselves are known to be secrets there. */
  output(text: string, line = ''): string {
    return withoutValues(text, [...this.#secrets(), ...hideIn(line).secrets]);
  }

  message(message: Json): Json {
    return this.json(maskMessage(message));
  }

  json(value: Json): Json {
    const secrets = this.#secrets();
    return secrets.length === 0 ? value : mapTexts(value, text => withoutValues(text, secrets));
  }

  #secrets(): readonly string[] {
    return [...this.#values].filter(([name]) => namesSecret(name)).flatMap(([, value]) => textsOf(value));
  }
}

function textsOf({ json }: Value): readonly string[] {
  if (typeof json === 'string') return [json];
  return json === null || typeof json === 'boolean' ? [] : [stringifyJson(json)];
}

/** A report that hides secrets before it hands everything to another report. */
export class DiscreetReport implements Report {
  readonly #to: Report;
  readonly #hide: Discretion;

  constructor(to: Report, hide: Discretion) {
    this.#to = to;
    this.#hide = hide;
  }

  begin(step: Step, text: string): void {
    this.#to.begin(step, this.#hide.text(text));
  }

  end(result: StepResult): void {
    this.#to.end(this.#result(result));
  }

  skipped(step: Step): void {
    this.#to.skipped({ ...step, text: this.#hide.text(step.text) });
  }

  failed(step: Step | undefined, failure: Failure): void {
    this.#to.failed(step, this.#failure(failure, step?.text));
  }

  undoing(): void {
    this.#to.undoing();
  }

  undone(undone: Undone): void {
    this.#to.undone(this.#undone(undone));
  }

  over(page: Page, ending: Ending, ms: number): void {
    const { failed, after } = ending;
    this.#to.over(
      page,
      {
        ...ending,
        ...(failed ? { failed: this.#result(failed) } : {}),
        ...(after ? { after: this.#aftermath(after) } : {}),
      },
      ms,
    );
  }

  #aftermath({ undone, stays, kept, unsure, moved }: Aftermath): Aftermath {
    const texts = (rows: readonly string[]) => rows.map(row => this.#hide.text(row));
    return {
      undone: undone.map(one => this.#undone(one)),
      stays: texts(stays),
      ...(kept ? { kept } : {}),
      unsure: texts(unsure),
      moved: texts(moved),
    };
  }

  #result(result: StepResult): StepResult {
    const hide = this.#hide;
    const { text, request, reply, output, failure, mismatches, warnings } = result;
    return {
      ...result,
      text: hide.text(text),
      ...(request === undefined ? {} : { request: hide.message(request) }),
      ...(reply === undefined ? {} : { reply: hide.json(reply) }),
      ...(output === undefined ? {} : { output: hide.output(output) }),
      ...(failure ? { failure: this.#failure(failure, text) } : {}),
      mismatches: mismatches.map(mismatch => this.#mismatch(mismatch, text)),
      warnings: warnings.map(warning => hide.output(warning, text)),
    };
  }

  #mismatch(mismatch: Mismatch, line: string): Mismatch {
    const { got, differences } = mismatch;
    const hide = this.#hide;
    return {
      ...mismatch,
      differences: differences.map(difference => ({
        ...difference,
        expected: hide.output(difference.expected, line),
        ...(difference.got === undefined ? {} : { got: hide.output(difference.got, line) }),
      })),
      got: got === undefined || typeof got === 'string' ? got && hide.output(got) : hide.message(got),
    };
  }

  #failure(failure: Failure, line?: string): Failure {
    const { message, advice } = failure;
    return {
      ...failure,
      message: this.#hide.output(message, line),
      ...(advice === undefined ? {} : { advice: this.#hide.output(advice, line) }),
    };
  }

  #undone(undone: Undone): Undone {
    const { text, why } = undone;
    return {
      ...undone,
      text: this.#hide.text(text),
      ...(why === undefined ? {} : { why: this.#hide.output(why, text) }),
    };
  }
}
