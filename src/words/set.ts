import type { Exit } from '../line/exit.ts';
import { nothingIn, readFilter } from '../line/filter.ts';
import { misuse } from '../line/misuse.ts';
import { applySetting, SETTINGS, takesSeveral } from '../line/settings.ts';
import type { Word } from '../line/word.ts';

export const SET: Word = {
  name: '.set',
  usage: '[NAME [VALUE]]',
  help: 'show or change a setting; changes are kept',
  more: [
    'Without a name, all settings. They are kept in the settings file, with comments.',
    '    .set keys vi',
  ],
  needs: 'host',
  complete: before => {
    if (before.length === 0) return SETTINGS.map(row => ({ text: row.name, note: row.help }));
    const setting = before.length === 1 ? SETTINGS.find(row => row.name === before[0]) : undefined;
    return (setting?.values ?? []).map(text => ({ text }));
  },
  run: async ({ args }, host): Promise<Exit> => {
    const [name, ...values] = args;
    if (name !== undefined && values.length > 1 && !takesSeveral(name))
      throw misuse(SET, 'a setting has one value');
    if (name !== undefined && values.length > 0) {
      const filter = name === 'events' ? readFilter(values) : undefined;
      const names = typeof filter === 'object' ? (await host.loadSchema())?.events.keys() : undefined;
      const none = typeof filter === 'object' ? nothingIn(filter, names ?? []) : undefined;
      if (none !== undefined) throw misuse(SET, `no event of this QEMU is called ${none}`);
      const problem = applySetting(host.settings, name, values.join(' '));
      if (problem) throw misuse(SET, problem);
      if (typeof filter === 'object') host.filter = filter;
      if (host.typist) await host.typist.keepSettings(host.settings);
      else host.note('In batch a setting holds until the end of the run; it is not kept.');
      return 0;
    }
    const rows = SETTINGS.filter(row => name === undefined || row.name === name);
    if (rows.length === 0) throw misuse(SET, `there is no setting ${name}; .set alone lists them`);
    host.show(
      rows.map(row => [
        { text: row.name.padEnd(14), role: 'key' },
        { text: `${row.get(host.settings).padEnd(7)} `, role: 'enum' },
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
  needs: 'output',
  complete: before => (before.length === 0 ? ['table', 'json', 'raw'].map(text => ({ text })) : []),
  run: ({ args }, host) => {
    const [value, ...rest] = args;
    const problem =
      rest.length > 0 ? 'a format is one word' : applySetting(host.settings, 'format', value ?? '');
    if (problem) throw misuse(FORMAT, problem);
    return 0;
  },
};
