import type { Request } from '../../qmp/message.ts';
import { markChanges } from '../../render/diff.ts';
import { renderReply } from '../../render/reply.ts';
import { destructive } from '../../schema/notes.ts';
import { plain, span } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import { timeOfDay } from '../../text/size.ts';
import type { StyledLine } from '../../text/style.ts';
import { parseDuration } from '../duration.ts';
import type { Exit, Host } from '../host.ts';
import { type Live, leaves } from '../live.ts';
import { misuse } from '../misuse.ts';
import { connected } from '../send.ts';
import { understand } from '../understand.ts';
import type { Word } from '../word.ts';

export const WATCH: Word = {
  name: '.watch',
  usage: '[2s] LINE',
  help: 'run a command again and again, in place; what changed is marked',
  more: [
    'The time is that between two looks, 2 seconds where none is given. Esc or Ctrl-C ends it.',
    '    .watch query-block-jobs        .watch 500ms query-blockstats',
    'Where the screen cannot be redrawn, what changed is printed anew.',
  ],
  complete: before => (before.length === 0 ? [{ text: '2s', note: 'between two looks' }] : []),
  run: async ({ rest }, host): Promise<Exit> => {
    const { every, line } = readArguments(rest);
    const understood = await understand(line, host);
    if (understood.kind === 'wrong') {
      host.problems(line, understood.problems, 'error');
      return 2;
    }
    if (understood.kind !== 'command') throw misuse(WATCH, 'only a command can be watched');
    if (understood.pipe !== undefined) throw misuse(WATCH, 'a watched line has no pipe');
    const { request } = understood;
    if (destructive(request.execute) !== undefined)
      throw misuse(WATCH, `${request.execute} is not for doing again and again`);
    if (host.kind === 'batch') throw misuse(WATCH, 'there is no screen to watch it on; run the line itself');
    if (host.live) await host.live(live => inPlace(live, request, line, every, host));
    else await host.foreground(line, signal => printed(signal, request, every, host));
    return 0;
  },
};

const EVERY = 2000;
const LEAST = 100;

function readArguments(rest: string): { readonly every: number; readonly line: string } {
  const [first = '', ...more] = rest.split(/\s+/);
  const time = /^\d/.test(first) ? parseDuration(first) : undefined;
  if (/^\d/.test(first) && time === undefined)
    throw misuse(WATCH, `${first} is no time; write 500ms, 2s or 1m`);
  if (time !== undefined && time < LEAST) throw misuse(WATCH, `${LEAST}ms is the shortest time`);
  const line = time === undefined ? rest : rest.slice(first.length).trim();
  if (line === '' || (time !== undefined && more.length === 0))
    throw misuse(WATCH, 'there is no line to watch');
  return { every: time ?? EVERY, line };
}

async function look(request: Request, host: Host, width: number): Promise<readonly StyledLine[]> {
  const reply = await connected(host).send(request).reply;
  return renderReply(reply, { command: request.execute, width, format: host.settings.format, request });
}

async function inPlace(live: Live, request: Request, line: string, every: number, host: Host): Promise<void> {
  let before: readonly StyledLine[] | undefined;
  let shown: readonly StyledLine[] = [];
  let next = 0;
  for (;;) {
    if (host.clock.now() >= next) {
      const now = await look(request, host, live.width);
      shown = before ? markChanges(before, now) : now;
      before = now;
      next = host.clock.now() + every;
    }
    live.draw([head(line, every, host), ...shown, [span('Esc', 'key'), span(' ends', 'dim')]]);
    const key = await live.key(Math.max(0, next - host.clock.now()));
    if (key !== undefined && leaves(key)) {
      host.show([head(line, every, host), ...shown]);
      return;
    }
  }
}

function head(line: string, every: number, host: Host): StyledLine {
  const time = timeOfDay(host.clock.now() * 1000, host.utcOffset?.() ?? 0).slice(0, 8);
  return [
    span(time, 'time'),
    span('  '),
    span(safe(line), 'command'),
    span(`  every ${every / 1000} s`, 'dim'),
  ];
}

async function printed(signal: AbortSignal, request: Request, every: number, host: Host): Promise<void> {
  let before = '';
  while (!signal.aborted) {
    const now = await look(request, host, host.width);
    const text = now.map(plain).join('\n');
    if (text !== before) host.show(now);
    before = text;
    await pause(every, signal, host);
  }
}

function pause(ms: number, signal: AbortSignal, host: Host): Promise<void> {
  return new Promise(resolve => {
    const cancel = host.clock.after(ms, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
