// Questions to the person at the terminal: values for names, and one key.
import prompts from 'prompts';
import { safe } from '../text/safe.ts';

export interface Field {
  readonly name: string;
  readonly help?: string;
  /** What is typed is not shown. */
  readonly secret?: boolean;
  readonly choices?: readonly string[];
  /** The sentence that says what is wrong with a value, or undefined. */
  readonly check?: (value: string) => string | undefined;
}

/** Asks for each value; undefined when the questions were left (Ctrl-C, Esc). Output goes to standard error. */
export async function askFields(fields: readonly Field[]): Promise<ReadonlyMap<string, string> | undefined> {
  const given = new Map<string, string>();
  for (const { name, help, choices, check, secret } of fields) {
    const message = safe(help === undefined ? name : `${name}: ${help}`);
    const question = choices
      ? ({
          type: 'select',
          name: 'value',
          message,
          choices: choices.map(value => ({ title: safe(value), value })),
        } as const)
      : ({
          type: secret ? 'password' : 'text',
          name: 'value',
          message,
          validate: (value: string) => (value === '' ? 'A value is needed.' : (check?.(value) ?? true)),
          onRender: takesText,
        } as const);
    const { value } = await unlessEnded(prompts({ ...question, stdout: process.stderr }));
    if (typeof value !== 'string') return undefined;
    given.set(name, value);
  }
  return given;
}

/** What a question of `prompts` does with a key that has no meaning for it: the text goes into the value. */
interface TextQuestion {
  _?: (text: string, key: { readonly name?: string; readonly ctrl?: boolean }) => void;
  render(): void;
}

const patched = new WeakSet<object>();

/** Control characters are no part of a value; Ctrl-L clears the screen. */
function takesText(this: TextQuestion): void {
  const { _: insert } = this;
  if (!insert || patched.has(this)) return;
  patched.add(this);
  this._ = (text, key) => {
    if (key.ctrl && key.name === 'l') {
      process.stderr.write('\x1b[2J\x1b[H');
      this.render();
    } else if (!/\p{Cc}/u.test(text)) insert.call(this, text, key);
  };
}

/** One of the keys, the first of them for Enter; undefined when the question was left. */
export async function askKey(question: string, keys: readonly string[]): Promise<string | undefined> {
  const asked = prompts({
    type: 'text',
    name: 'value',
    message: safe(question),
    validate: (typed: string) =>
      typed === '' || keys.includes(typed.trim().toLowerCase()) || `One of ${keys.join(', ')}.`,
    stdout: process.stderr,
  });
  const { value } = await unlessEnded(asked);
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? keys[0] : value.trim().toLowerCase();
}

/** A line of the person's own; undefined where none was typed. */
export async function askLine(): Promise<string | undefined> {
  const asked = prompts({ type: 'text', name: 'value', message: '(QEMU)', stdout: process.stderr });
  const { value } = await unlessEnded(asked);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Resolves without a value when the process is told to end: whoever could answer is gone, for later questions, too. */
function unlessEnded(question: Promise<{ readonly value?: unknown }>): Promise<{ readonly value?: unknown }> {
  ended ??= new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve({}));
  });
  return Promise.race([ended, question]);
}

let ended: Promise<{ readonly value?: unknown }> | undefined;
