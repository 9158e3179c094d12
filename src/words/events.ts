import type { Connection } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import { type EventFilter, matchesPattern, nothingIn, readFilter } from '../line/filter.ts';
import { misuse } from '../line/misuse.ts';
import type { Output } from '../line/output.ts';
import type { Word } from '../line/word.ts';
import type { QmpEvent } from '../qmp/message.ts';

export const EVENTS: Word = {
  name: '.events',
  usage: '[quiet|on|off] [FILTER ...] [-FILTER ...] | log [N] [FILTER ...]',
  help: 'which events are shown; look back at those that came',
  more: [
    'quiet, as at the start: all but those that say what the row of a job says. on: all of them. off: none.',
    'A filter is a name, with * for any letters; with - before it those are left out:',
    '    .events BLOCK_JOB_* SHUTDOWN        .events on -JOB_*        .events -RTC_CHANGE',
    'Alarms (BLOCK_IO_ERROR, BLOCK_JOB_ERROR, STOP, DEVICE_DELETED, GUEST_PANICKED and their like) are shown all the',
    'same, unless one is left out by its whole name (-STOP), or all are off.',
    'log shows the last N (20) that came, the ones not shown on the screen too.',
    'Without arguments: what is shown now. It holds until you leave; .set events ... keeps it.',
  ],
  ofQemu: true,
  needs: 'connection',
  complete: (before, typed, host) => {
    const words = [
      { text: 'quiet', note: 'all but what the row of a job says' },
      { text: 'on', note: 'show every event' },
      { text: 'off', note: 'show none; the log goes on' },
      { text: 'log', note: 'look back' },
    ];
    const mark = typed.startsWith('-') ? '-' : '';
    const names = [...(host.schema?.events.keys() ?? [])].map(text => ({ text: mark + text }));
    return before.length === 0 && mark === '' ? [...words, ...names] : names;
  },
  run: async ({ args }, host): Promise<Exit> => {
    const [first, ...rest] = args;
    if (first === 'log') {
      log(rest, host);
      return 0;
    }
    if (first !== undefined) host.filter = await wanted(args, host);
    host.note(describe(host.filter));
    return 0;
  },
};

function describe({ base, only, without }: EventFilter): string {
  if (base === 'off') return 'events are not shown; .events log looks back at them';
  const which = {
    quiet: 'every event but those that the row of a job says',
    on: 'every event',
    alarms: 'alarms, until the page is over',
    named: `${only.join(', ')} and alarms`,
  }[base];
  return `shown: ${which}${without.length === 0 ? '' : `; not ${without.join(', ')}`}`;
}

async function wanted(words: readonly string[], host: Connection & Output): Promise<EventFilter> {
  const filter = readFilter(words);
  if (typeof filter === 'string') throw misuse(EVENTS, filter);
  const none = nothingIn(filter, (await host.loadSchema())?.events.keys() ?? []);
  if (none !== undefined) throw misuse(EVENTS, `no event of this QEMU is called ${none}`);
  return filter;
}

function log(args: readonly string[], host: Connection & Output): void {
  const count = /^\d+$/.test(args[0] ?? '') ? Number(args[0]) : undefined;
  const patterns = args.slice(count === undefined ? 0 : 1);
  if (count === 0) throw misuse(EVENTS, 'log takes a number above 0');
  const events = host.session?.events;
  const found: QmpEvent[] = [];
  for (const { event } of events?.from(0) ?? [])
    if (patterns.length === 0 || patterns.some(pattern => matchesPattern(event.name, pattern)))
      found.push(event);
  if (found.length === 0)
    host.note((events?.size ?? 0) === 0 ? 'no event came yet' : 'no such event came yet');
  host.showEvents(found.slice(-(count ?? 20)));
  const dropped = events?.first ?? 0;
  if (dropped > 0) host.note(`the log is bounded: the ${dropped} oldest events are gone`, 'warning');
}
