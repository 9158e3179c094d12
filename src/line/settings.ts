// What a user may set: one table row each. `.set`, the settings file and its comments are made of it.

import { filterWords, readFilter } from './filter.ts';

export interface Settings {
  /** One of `table`, `json`, `raw`. */
  format: 'table' | 'json' | 'raw';
  keys: 'emacs' | 'vi';
  /** In vi keys, whether Esc and a letter that come in one piece are Alt and the letter. */
  alt: boolean;
  /** Whether `quit` and its like ask first when typed on a terminal. */
  confirm: boolean;
  /** Milliseconds a reply may take before the shell stops waiting; 0 waits for ever. */
  timeout: number;
  /** When the menu of candidates comes. */
  menu: 'tab' | 'typing';
  /** Whether what is longer than the screen comes a screenful at a time. */
  paging: boolean;
  hints: boolean;
  suggestions: boolean;
  /** Whether the prompt connects again by itself when the connection was lost. */
  reconnect: boolean;
  /** Which events the prompt shows, in the words of `.events`. */
  events: string;
  /** Whether QEMU may be asked by commands that it calls unstable, where only they tell. */
  unstable: boolean;
  /** What stands in the prompt's brackets: `auto`, or a text with %n (the VM) and %a (its address) in it. */
  prompt: string;
}

interface Setting {
  readonly name: keyof Settings;
  readonly values: readonly string[];
  /** Takes other values than those, perhaps of several words; gives what is wrong with one. */
  readonly wrong?: (value: string) => string | undefined;
  readonly help: string;
  readonly get: (settings: Settings) => string;
  readonly set: (settings: Settings, value: string) => void;
}

export function defaultSettings(): Settings {
  return {
    format: 'table',
    keys: 'emacs',
    alt: false,
    confirm: true,
    timeout: 0,
    menu: 'typing',
    paging: true,
    hints: true,
    suggestions: true,
    reconnect: true,
    events: 'quiet',
    unstable: false,
    prompt: 'auto',
  };
}

function onOff(
  name: 'alt' | 'confirm' | 'paging' | 'hints' | 'suggestions' | 'reconnect' | 'unstable',
  help: string,
): Setting {
  return {
    name,
    values: ['on', 'off'],
    help,
    get: settings => (settings[name] ? 'on' : 'off'),
    set: (settings, value) => {
      settings[name] = value === 'on';
    },
  };
}

/** Characters of a text of the user's own. */
const LONGEST = 40;

export const SETTINGS: readonly Setting[] = [
  {
    name: 'format',
    values: ['table', 'json', 'raw'],
    help: 'how replies are shown',
    get: settings => settings.format,
    set: (settings, value) => {
      settings.format = value === 'json' || value === 'raw' ? value : 'table';
    },
  },
  {
    name: 'keys',
    values: ['emacs', 'vi'],
    help: 'which keys edit the line',
    get: settings => settings.keys,
    set: (settings, value) => {
      settings.keys = value === 'vi' ? 'vi' : 'emacs';
    },
  },
  onOff('alt', 'in vi keys: Esc with a letter right behind it is Alt and the letter, not Esc and the letter'),
  {
    name: 'menu',
    values: ['tab', 'typing'],
    help: 'when the menu of candidates comes: with Tab, or by itself while typing',
    get: settings => settings.menu,
    set: (settings, value) => {
      settings.menu = value === 'typing' ? 'typing' : 'tab';
    },
  },
  {
    name: 'prompt',
    values: ['auto', 'QEMU', '%n', '%a'],
    // Brackets would end it, and a long one would leave no room for the line.
    wrong: value =>
      value === '' || /[()\p{C}]/u.test(value) || value.length > LONGEST
        ? `prompt is at most ${LONGEST} characters without brackets`
        : undefined,
    help: 'what stands in the brackets: %n the VM, %a its address, or auto: the VM where there is more than one',
    get: settings => settings.prompt,
    set: (settings, value) => {
      settings.prompt = value;
    },
  },
  onOff('confirm', 'ask before quit, system_reset, a disk cut short and their like'),
  onOff('paging', 'show what is longer than the screen a screenful at a time'),
  onOff('hints', 'the row under the line that explains the argument at the cursor'),
  onOff('suggestions', 'the grey rest of a line, taken with Right or End'),
  onOff('reconnect', 'when the connection was lost, connect again by itself; Ctrl-C stops that'),
  {
    name: 'events',
    values: ['quiet', 'on', 'off'],
    wrong: value => {
      const filter = readFilter(value.split(' '));
      return typeof filter === 'string' ? filter : undefined;
    },
    help: 'which events are shown; also filters, as .events takes them (-RTC_CHANGE)',
    get: settings => settings.events,
    set: (settings, value) => {
      const filter = readFilter(value.split(' '));
      settings.events = typeof filter === 'string' ? settings.events : filterWords(filter).join(' ');
    },
  },
  onOff('unstable', 'for .graph, also ask what QEMU tells only by a command that it calls unstable'),
];

/** Whether the value of a setting may be several words. */
export function takesSeveral(name: string): boolean {
  return SETTINGS.some(row => row.name === name && row.wrong !== undefined);
}

/** Sets one by name. Gives the sentence that says what is wrong, or undefined. */
export function applySetting(settings: Settings, name: string, value: string): string | undefined {
  const setting = SETTINGS.find(row => row.name === name);
  if (!setting) return `there is no setting ${name}; there are ${SETTINGS.map(row => row.name).join(', ')}`;
  const problem = setting.wrong?.(value);
  if (problem !== undefined) return problem;
  if (!setting.wrong && !setting.values.includes(value))
    return `${name} is one of ${setting.values.join(', ')}, not ${value || 'nothing'}`;
  setting.set(settings, value);
  return undefined;
}

/** The settings file: every setting with its meaning; what stands at its default is commented out. */
export function writeSettings(settings: Settings): string {
  const defaults = defaultSettings();
  const rows = SETTINGS.flatMap(row => {
    const value = row.get(settings);
    const mark = value === row.get(defaults) ? '# ' : '';
    return ['', `# ${row.help}: ${row.values.join(', ')}`, `${mark}${row.name} ${value}`];
  });
  return `# Settings of qmpsh, one a row; .set writes this file.\n${rows.join('\n')}\n`;
}

/** Reads a settings file; what is wrong is told by row and passed over. */
export function readSettings(text: string): { settings: Settings; problems: readonly string[] } {
  const settings = defaultSettings();
  const problems: string[] = [];
  for (const [i, row] of text.split('\n').entries()) {
    const [name, ...values] = row.trim().split(/[\s=]+/);
    if (!name || name.startsWith('#')) continue;
    const problem =
      values.length > 1 && !takesSeveral(name)
        ? `${name} takes one value`
        : applySetting(settings, name, values.join(' '));
    if (problem) problems.push(`row ${i + 1}: ${problem}`);
  }
  return { settings, problems };
}
