import { parseDuration } from '../line/duration.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { type Live, leavesView, meanwhile } from '../line/live.ts';
import { misuse } from '../line/misuse.ts';
import { connected, limits } from '../line/send.ts';
import { understand } from '../line/understand.ts';
import { Window } from '../line/window.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { markChanges } from '../render/diff.ts';
import { renderReply } from '../render/reply.ts';
import { destructive } from '../schema/loss.ts';
import { plain, span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { timeOfDay } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';

export const WATCH: Word = {
  name: '.watch',
  usage: '[2s] LINE',
  help: 'run a command again and again, in place; what changed is marked',
  more: [
    'The time is that between two looks, 2 seconds where none is given. Esc, q or Ctrl-C ends it;',
    'Up, Down, PgUp and PgDn move in what is longer than the screen.',
    '    .watch query-block-jobs        .watch 500ms query-blockstats',
    'Where the screen cannot be redrawn, what changed is printed anew.',
  ],
  needs: 'typist',
  otherwise: 'There is no screen to watch it on; run the line itself.',
  complete: before => (before.length === 0 ? [{ text: '2s', note: 'between two looks' }] : []),
  run: async ({ rest }, host, typist): Promise<Exit> => {
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
    const { live } = typist;
    if (live) await live(view => inPlace(view, request, line, every, host));
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
  const reply = await connected(host).send(request).answer(limits(host));
  return renderReply(reply, { command: request.execute, width, format: host.settings.format, request });
}

async function inPlace(live: Live, request: Request, line: string, every: number, host: Host): Promise<void> {
  let before: readonly StyledLine[] | undefined;
  let shown: readonly StyledLine[] = [];
  let next = Number.NEGATIVE_INFINITY;
  let time = '';
  const window = new Window();
  const silence = () => host.silence?.() ?? [];
  const room = () => live.height - 3 - silence().length;
  const draw = () =>
    live.draw([
      head(line, every, time),
      ...window.of(shown, room()),
      ...silence(),
      [span('Esc', 'key'), span(' ends', 'dim')],
    ]);
  const leave = () => host.show([head(line, every, time), ...shown]);
  for (;;) {
    if (host.clock.now() >= next) {
      const now = await unlessLeft(meanwhile(live, draw, look(request, host, live.width)));
      if (!now) return leave();
      time = timeNow(host);
      shown = before ? markChanges(before, now) : now;
      before = now;
      next = host.clock.now() + every;
    }
    draw();
    const key = await live.key(Math.max(0, next - host.clock.now()));
    if (key === undefined) continue;
    if (leavesView(key)) return leave();
    window.key(key, shown.length, room() - 1);
  }
}

/** The reply; undefined where the user left the view before it came. */
async function unlessLeft<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof QmpshError && error.kind === 'interrupted') return undefined;
    throw error;
  }
}

function timeNow(host: Host): string {
  return timeOfDay(host.clock.time() * 1000, host.utcOffset()).slice(0, 8);
}

/** `time` is that of the last look; before there is one there is none. */
function head(line: string, every: number, time: string): StyledLine {
  return [
    ...(time === '' ? [] : [span(time, 'time'), span('  ')]),
    span(safe(line), 'command'),
    span(`  every ${every / 1000} s`, 'dim'),
  ];
}

async function printed(signal: AbortSignal, request: Request, every: number, host: Host): Promise<void> {
  let before = '';
  while (!signal.aborted) {
    const now = await unlessLeft(look(request, host, host.width));
    if (!now) return;
    const text = now.map(plain).join('\n');
    if (text !== before) host.show(now);
    before = text;
    await pause(every, signal, host);
  }
}

function pause(ms: number, signal: AbortSignal, host: Host): Promise<void> {
  return new Promise(resolve => {
    const over = () => {
      cancel();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const cancel = host.clock.after(ms, over);
    signal.addEventListener('abort', over);
  });
}
