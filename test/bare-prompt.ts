// A prompt's host without a screen and without a VM, for what is measured or tested key by key.

import { runLine } from '../src/line/run.ts';
import { defaultSettings } from '../src/line/settings.ts';
import { PromptHost } from '../src/prompt/prompt.ts';
import type { Clock } from '../src/qmp/transport.ts';
import type { Schema } from '../src/schema/model.ts';
import type { Facts } from '../src/session/facts.ts';

export function barePrompt(
  clock: Clock,
  schema: Schema,
  more: Partial<ConstructorParameters<typeof PromptHost>[0]> = {},
): PromptHost {
  const nothing = () => {};
  const host: PromptHost = new PromptHost({
    settings: defaultSettings(),
    clock,
    address: 'nowhere',
    practice: undefined,
    schema,
    folder: '.',
    verbose: false,
    yes: true,
    width: () => 80,
    height: () => undefined,
    run: text => runLine(text, host),
    recording: nothing,
    display: { print: nothing, page: async () => {} },
    utcOffset: () => 0,
    busy: async (_what, run) => run(new AbortController().signal),
    signal: () => new AbortController().signal,
    pipe: async () => 0,
    jobs: () => [],
    typist: {
      dialogue: {
        key: async () => undefined,
        line: async () => undefined,
        form: async () => undefined,
        edit: async text => text,
      },
      confirm: async () => true,
      history: () => [],
      keepSettings: async () => {},
      setLine: nothing,
      editLine: async () => {},
      closing: () => {},
    },
    connect: async () => Promise.reject(new Error('there is nobody to connect to')),
    joined: async () => {},
    keep: run => run,
    leaving: () => false,
    known: () => undefined,
    leave: nothing,
    ...more,
  });
  return host;
}

/** What is known of a VM that tells its names and no types. */
export function knownBy(facts: Facts) {
  return {
    values: facts.values.bind(facts),
    isStale: facts.isStale.bind(facts),
    refresh: facts.refresh.bind(facts),
    knows: () => true,
    learn: async () => {},
  };
}
