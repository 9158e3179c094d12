// Plays a recipe in a lesson without the reader: nobody is asked, and nothing is shown.
import { CLOCK } from '../io/clock.ts';
import { findPages } from '../io/pages.ts';
import { splitArguments } from '../language/argument.ts';
import { ALL_EVENTS } from '../line/filter.ts';
import type { Host } from '../line/host.ts';
import { defaultSettings } from '../line/settings.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';

interface Place {
  readonly session: Session | undefined;
  readonly schema: Schema | undefined;
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** Whether a word is a recipe, so that it changes something. */
export function isRecipe(text: string): boolean {
  const name = nameOf(text);
  return findPages().some(page => page.name === name);
}

/** Whether the recipe went well. */
export async function playRecipe(text: string, place: Place): Promise<boolean> {
  const [{ readPlay }, { loadPage }, { playPage }, { Reading }] = await Promise.all([
    import('../play/call.ts'),
    import('../play/load.ts'),
    import('../play/playing.ts'),
    import('../play/reading.ts'),
  ]);
  const name = nameOf(text);
  const call = readPlay(splitArguments(text.slice(name.length + 1).trim()), name);
  const reading = new Reading();
  const host = quietHost(place);
  const page = await loadPage(call.name, host.folder, reading);
  const request = {
    page,
    reading,
    given: call.given,
    choice: call.options.choice,
    step: false,
    verbose: false,
  };
  return (await playPage(request, host, { show: () => {} })) === 0;
}

function nameOf(text: string): string {
  return /^\.([\w-]+)/.exec(text)?.[1] ?? '';
}

function quietHost({ session, schema, folder, signal }: Place): Host {
  const none = () => {
    throw new QmpshError('usage', 'a recipe of a lesson speaks to its VM alone');
  };
  return {
    allowShell: false,
    clock: CLOCK,
    session,
    address: '',
    practice: undefined,
    folder,
    mark: session?.events.end ?? 0,
    schema,
    loadSchema: async () => schema,
    last: null,
    names: new Map(),
    connect: none,
    open: none,
    foreground: (_what, run) => run(signal ?? new AbortController().signal),
    run: none,
    runWord: none,
    leave: () => {},
    settings: defaultSettings(),
    filter: ALL_EVENTS,
    width: 80,
    utcOffset: () => 0,
    show: () => {},
    page: async () => {},
    note: () => {},
    problems: () => {},
    failure: error => {
      if (!(error instanceof QmpshError)) throw error;
      return error.exit;
    },
    echo: () => {},
    reply: async () => {},
    showEvents: () => {},
    waited: () => {},
    jobOutcome: () => 0,
    pipe: async () => 0,
  };
}
