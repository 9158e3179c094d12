import type { QmpEvent } from '../../qmp/message.ts';
import { isObject, type Json, type JsonObject, stringifyJson } from '../../text/json.ts';
import { parseDuration } from '../duration.ts';
import { matchesPattern } from '../filter.ts';
import type { Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import { connected } from '../send.ts';
import type { Word } from '../word.ts';

const STATES = ['running', 'ready', 'pending', 'concluded'];

export const WAIT: Word = {
  name: '.wait',
  usage: 'EVENT | job ID [STATE] [key=value ...] [timeout=30s]',
  help: 'wait for an event, or for a job to reach a state',
  more: [
    'An event counts from the moment the last command was sent, so one that came at once is not missed:',
    '    .wait BLOCK_JOB_COMPLETED device=job0 timeout=1m',
    'A job is waited for until it is concluded, or in the state named:',
    '    .wait job job0 ready',
    'A job that fails or is cancelled is an error. Ctrl-C stops waiting; nothing is undone.',
  ],
  complete: (before, _typed, host) => {
    if (before[0] === 'job') {
      if (before.length === 1)
        return (host.session?.jobs.list() ?? []).map(job => ({ text: job.id, note: job.state }));
      return before.length === 2 ? STATES.map(text => ({ text })) : [];
    }
    if (before.length > 0) return [{ text: 'timeout=' }];
    const names = [...(host.schema?.events.keys() ?? [])].map(text => ({ text, note: 'event' }));
    return [{ text: 'job', note: 'ID [STATE]' }, ...names];
  },
  run: async ({ args }, host) => {
    const session = connected(host);
    const words = args.filter(arg => !arg.includes('='));
    const { timeout, members } = options(args.filter(arg => arg.includes('=')));
    const limit = timeout === undefined ? {} : { timeout };
    const since = host.mark;
    const [first, id, state = 'concluded', ...rest] = words;
    if (first === 'job') {
      if (id === undefined) throw misuse(WAIT, 'which job? Its id is missing');
      if (!STATES.includes(state))
        throw misuse(WAIT, `a job is waited for until ${STATES.join(', ')}, not ${state}`);
      if (rest.length > 0 || Object.keys(members).length > 0)
        throw misuse(WAIT, 'a job has an id and a state');
      const outcome = await host.foreground(`job ${id} ${state}`, signal =>
        session.waitForJob(id, state, { since, signal, ...limit }),
      );
      return host.jobOutcome(outcome);
    }
    if (first === undefined) throw misuse(WAIT, 'what for? Name an event or a job');
    if (id !== undefined) throw misuse(WAIT, `${id} is one word too many`);
    checkName(first, host);
    const event = await host.foreground(first.toUpperCase(), signal =>
      session.waitFor(event => matchesPattern(event.name, first) && holds(event.data, members), {
        since,
        signal,
        what: first.toUpperCase(),
        ...limit,
      }),
    );
    host.waited(event satisfies QmpEvent);
    return 0;
  },
};

function options(pairs: readonly string[]): { timeout?: number; members: Record<string, string> } {
  const members: Record<string, string> = {};
  let timeout: number | undefined;
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (key !== 'timeout') {
      members[key] = value;
      continue;
    }
    timeout = parseDuration(value);
    if (timeout === undefined) throw misuse(WAIT, `${value} is no time; write 500ms, 30s or 2m`);
  }
  return timeout === undefined ? { members } : { members, timeout };
}

function checkName(name: string, host: Host): void {
  const names = [...(host.schema?.events.keys() ?? [])];
  if (names.length > 0 && !names.some(known => matchesPattern(known, name)))
    throw misuse(WAIT, `no event of this QEMU is called ${name}`);
}

/** Whether the event's data has all these members (`a.b` reaches inside), compared as text. */
function holds(data: JsonObject, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([path, wanted]) => {
    let value: Json | undefined = data;
    for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
    return value !== undefined && (typeof value === 'string' ? value : stringifyJson(value)) === wanted;
  });
}
