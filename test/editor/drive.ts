// Drives the editor by named keys: `hello C-a M-f` types hello and presses two keys. A word that names no key is typed;
// `␣` is a blank.
import { EMPTY } from '../../src/editor/buffer.ts';
import type { Effect, Input, TerminalInput } from '../../src/editor/input.ts';
import {
  DEFAULT_SETTINGS,
  type EditorSettings,
  type EditorState,
  initialState,
} from '../../src/editor/state.ts';
import { step } from '../../src/editor/step.ts';

const KEY =
  /^(?:[CMS]-)+(?:.|[A-Z]\w+)$|^(?:Enter|Tab|Escape|Backspace|Delete|Home|End|Up|Down|Left|Right|PageUp|PageDown)$/;

export function keysOf(script: string): readonly TerminalInput[] {
  return script
    .split(' ')
    .filter(word => word !== '')
    .flatMap((word): TerminalInput[] =>
      KEY.test(word)
        ? [{ type: 'key', key: word }]
        : [...word.replaceAll('␣', ' ')].map(text => ({ type: 'text', text })),
    );
}

export interface Driven {
  readonly state: EditorState;
  readonly effects: readonly Effect[];
}

export function drive(
  inputs: string | readonly Input[],
  settings: Partial<EditorSettings> = {},
  from: Partial<EditorState> = {},
): Driven {
  const all = { ...DEFAULT_SETTINGS, ...settings };
  let state: EditorState = { ...initialState({ columns: 80, rows: 24 }), buffer: EMPTY, ...from };
  const effects: Effect[] = [];
  for (const input of typeof inputs === 'string' ? keysOf(inputs) : inputs) {
    const done = step(state, input, all);
    state = done.state;
    effects.push(...done.effects);
  }
  return { state, effects };
}

/** The line with `|` where the cursor stands. */
export function shown(state: EditorState): string {
  const { text, cursor } = state.buffer;
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}
