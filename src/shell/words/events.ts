import type { QmpEvent } from '../../qmp/message.ts';
import { matchesPattern } from '../filter.ts';
import type { Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import type { Word } from '../word.ts';

export const EVENTS: Word = {
  name: '.events',
  usage: '[on|off|FILTER ...|log [N] [FILTER ...]]',
  help: 'which events are shown; look back at those that came',
  more: [
    'A filter is a name, with * for any letters: .events BLOCK_JOB_* SHUTDOWN',
    'log shows the last N (20) that came, the ones not shown on the screen too.',
    'Without arguments: what is shown now.',
  ],
  complete: (before, _typed, host) => {
    const words = [
      { text: 'on', note: 'show every event' },
      { text: 'off', note: 'show none; the log goes on' },
      { text: 'log', note: 'look back' },
    ];
    const names = [...(host.schema?.events.keys() ?? [])].map(text => ({ text }));
    return before.length === 0 ? [...words, ...names] : names;
  },
  run: ({ args }, host) => {
    const [first, ...rest] = args;
    if (first === 'log') {
      log(rest, host);
      return 0;
    }
    if (first === 'on' || first === 'off') {
      if (rest.length > 0) throw misuse(EVENTS, `nothing stands behind ${first}`);
      host.filter = { on: first === 'on', patterns: [] };
    } else if (first !== undefined) {
      host.filter = { on: true, patterns: args.map(arg => known(arg, host)) };
    }
    host.note(describe(host));
    return 0;
  },
};

function describe({ filter }: Host): string {
  if (!filter.on) return 'events are not shown; .events log looks back at them';
  return filter.patterns.length === 0 ? 'every event is shown' : `shown: ${filter.patterns.join(', ')}`;
}

/** A filter that can match nothing is a slip of the fingers. */
function known(pattern: string, host: Host): string {
  const names = [...(host.schema?.events.keys() ?? [])];
  if (names.length > 0 && !names.some(name => matchesPattern(name, pattern)))
    throw misuse(EVENTS, `no event of this QEMU is called ${pattern}`);
  return pattern.toUpperCase();
}

function log(args: readonly string[], host: Host): void {
  const count = /^\d+$/.test(args[0] ?? '') ? Number(args[0]) : undefined;
  const patterns = args.slice(count === undefined ? 0 : 1);
  if (count === 0) throw misuse(EVENTS, 'log takes a number above 0');
  const events = host.session?.events;
  const wanted: QmpEvent[] = [];
  for (const { event } of events?.from(0) ?? [])
    if (patterns.length === 0 || patterns.some(pattern => matchesPattern(event.name, pattern)))
      wanted.push(event);
  if (wanted.length === 0)
    host.note((events?.size ?? 0) === 0 ? 'no event came yet' : 'no such event came yet');
  host.showEvents(wanted.slice(-(count ?? 20)));
  const dropped = events?.first ?? 0;
  if (dropped > 0) host.note(`the log is bounded: the ${dropped} oldest events are gone`, 'warning');
}
