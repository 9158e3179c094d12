// One question to the person at the terminal, who has it to themselves meanwhile: a text, a choice, or several.
import prompts from 'prompts';
import { safe } from '../text/safe.ts';

interface Choice {
  readonly value: string;
  readonly note?: string;
}

export type Question =
  | {
      readonly kind: 'text';
      readonly message: string;
      /** What is typed is not shown. */
      readonly secret?: boolean;
      /** What is wrong with a text, or undefined. */
      readonly check: (text: string) => string | undefined;
    }
  | {
      /** Typing narrows the choices; with `free`, what is typed may be another value. */
      readonly kind: 'choice';
      readonly message: string;
      readonly choices: readonly Choice[];
      readonly free: boolean;
      readonly check: (text: string) => string | undefined;
    }
  | { readonly kind: 'several'; readonly message: string; readonly choices: readonly Choice[] };

/** The answer, one value but for `several`; undefined when the question was left (Esc, Ctrl-C). */
export async function askQuestion(question: Question): Promise<readonly string[] | undefined> {
  const message = safe(question.message);
  switch (question.kind) {
    case 'text':
      return one(
        await prompts({
          type: question.secret ? 'password' : 'text',
          name: 'value',
          message,
          validate: text => question.check(text) ?? true,
        }),
      );
    case 'choice':
      return choose(question, message);
    case 'several': {
      const { value } = await prompts({
        type: 'multiselect',
        name: 'value',
        message,
        instructions: false,
        hint: 'blank marks, Enter goes on',
        choices: question.choices.map(toChoice),
      });
      return Array.isArray(value) ? value.map(String) : undefined;
    }
  }
}

async function choose(
  question: Question & { kind: 'choice' },
  message: string,
): Promise<readonly string[] | undefined> {
  const all = question.choices.map(toChoice);
  for (;;) {
    const answer = one(
      await prompts({
        type: 'autocomplete',
        name: 'value',
        message,
        limit: 8,
        choices: all,
        suggest: async (typed: string) => {
          const rank = (title: string) => (title === typed ? 0 : title.startsWith(typed) ? 1 : 2);
          const found = all
            .filter(({ title }) => title.includes(typed))
            .sort((a, b) => rank(a.title) - rank(b.title));
          const other = question.free && typed !== '' && !all.some(({ value }) => value === typed);
          return other ? [...found, { title: safe(typed), value: typed, description: 'as typed' }] : found;
        },
      }),
    );
    if (!answer || question.check(answer[0] ?? '') === undefined) return answer;
  }
}

function one(answers: { readonly value?: unknown }): readonly string[] | undefined {
  return typeof answers.value === 'string' ? [answers.value] : undefined;
}

function toChoice({ value, note }: Choice): { title: string; value: string; description?: string } {
  return { title: safe(value), value, ...(note ? { description: safe(note) } : {}) };
}
