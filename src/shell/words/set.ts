import type { Exit } from '../host.ts';
import { misuse } from '../misuse.ts';
import { applySetting, SETTINGS } from '../settings.ts';
import type { Word } from '../word.ts';

export const SET: Word = {
  name: '.set',
  usage: '[NAME [VALUE]]',
  help: 'show or change a setting; changes are kept',
  more: [
    'Without a name, all settings. They are kept in the settings file, with comments.',
    '    .set keys vi',
  ],
  complete: before => {
    if (before.length === 0) return SETTINGS.map(row => ({ text: row.name, note: row.help }));
    const setting = before.length === 1 ? SETTINGS.find(row => row.name === before[0]) : undefined;
    return (setting?.values ?? []).map(text => ({ text }));
  },
  run: async ({ args }, host): Promise<Exit> => {
    const [name, value, ...rest] = args;
    if (rest.length > 0) throw misuse(SET, 'a setting has one value');
    if (name !== undefined && value !== undefined) {
      const problem = applySetting(host.settings, name, value);
      if (problem) throw misuse(SET, problem);
      await host.settingsChanged();
      return 0;
    }
    const rows = SETTINGS.filter(row => name === undefined || row.name === name);
    if (rows.length === 0) throw misuse(SET, `there is no setting ${name}; .set alone lists them`);
    host.show(
      rows.map(row => [
        { text: row.name.padEnd(14), role: 'key' },
        { text: row.get(host.settings).padEnd(8), role: 'enum' },
        { text: `${row.help} (${row.values.join(', ')})`, role: 'dim' },
      ]),
    );
    return 0;
  },
};

export const FORMAT: Word = {
  name: '.format',
  usage: 'table|json|raw',
  help: 'how replies are shown, for this session',
  more: [
    'table: lists of alike objects as tables, the rest as JSON.',
    'json: coloured JSON with the exact numbers. raw: one compact row, as it came.',
  ],
  complete: before => (before.length === 0 ? ['table', 'json', 'raw'].map(text => ({ text })) : []),
  run: ({ args }, host) => {
    const [value, ...rest] = args;
    const problem =
      rest.length > 0 ? 'a format is one word' : applySetting(host.settings, 'format', value ?? '');
    if (problem) throw misuse(FORMAT, problem);
    return 0;
  },
};
