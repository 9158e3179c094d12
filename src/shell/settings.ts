// What a user may set: one table row each. `.set`, the settings file and its comments are made of it.

export interface Settings {
  /** One of `table`, `json`, `raw`. */
  format: 'table' | 'json' | 'raw';
  keys: 'emacs' | 'vi';
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
}

export interface Setting {
  readonly name: keyof Settings;
  readonly values: readonly string[];
  readonly help: string;
  readonly get: (settings: Settings) => string;
  readonly set: (settings: Settings, value: string) => void;
}

export function defaultSettings(): Settings {
  return {
    format: 'table',
    keys: 'emacs',
    confirm: true,
    timeout: 0,
    menu: 'typing',
    paging: true,
    hints: true,
    suggestions: true,
  };
}

function onOff(name: 'confirm' | 'paging' | 'hints' | 'suggestions', help: string): Setting {
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
  {
    name: 'menu',
    values: ['tab', 'typing'],
    help: 'when the menu of candidates comes: with Tab, or by itself while typing',
    get: settings => settings.menu,
    set: (settings, value) => {
      settings.menu = value === 'typing' ? 'typing' : 'tab';
    },
  },
  onOff('confirm', 'ask before quit, system_reset and their like'),
  onOff('paging', 'show what is longer than the screen a screenful at a time'),
  onOff('hints', 'the row under the line that explains the argument at the cursor'),
  onOff('suggestions', 'the grey rest of a line, taken with Right or End'),
];

/** Sets one by name. Gives the sentence that says what is wrong, or undefined. */
export function applySetting(settings: Settings, name: string, value: string): string | undefined {
  const setting = SETTINGS.find(row => row.name === name);
  if (!setting) return `there is no setting ${name}; there are ${SETTINGS.map(row => row.name).join(', ')}`;
  if (!setting.values.includes(value))
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
    const [name, value = '', ...rest] = row.trim().split(/[\s=]+/);
    if (!name || name.startsWith('#')) continue;
    const problem = rest.length > 0 ? `${name} takes one value` : applySetting(settings, name, value);
    if (problem) problems.push(`row ${i + 1}: ${problem}`);
  }
  return { settings, problems };
}
