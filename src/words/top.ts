import { parseDuration } from '../line/duration.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { type Live, leavesView, meanwhile } from '../line/live.ts';
import { misuse } from '../line/misuse.ts';
import { connected, limits, replyValue, unlessGivenUp } from '../line/send.ts';
import { Window } from '../line/window.ts';
import type { Word } from '../line/word.ts';
import { type Drive, readDrives } from '../render/drives.ts';
import { ORDERS, type Order, type Pace, pacesOf, renderTop } from '../render/top.ts';
import { span, wrapLine } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';

export const TOP: Word = {
  name: '.top',
  usage: '[1s]',
  help: 'watch the drives: operations, bytes and latency a second, and their pace',
  more: [
    'The time is that between two looks, 1 second where none is given. Letters sort: d by name, r reads, w writes,',
    'b bytes, l latency, e errors. Up, Down, PgUp and PgDn move in a long list; Esc or q leaves.',
    'Errors are counted since the VM began. Where the screen cannot be redrawn, two looks and what came in between.',
  ],
  ofQemu: true,
  needs: 'host',
  complete: before => (before.length === 0 ? [{ text: '1s', note: 'between two looks' }] : []),
  run: async ({ args }, host): Promise<Exit> => {
    const [given, ...more] = args;
    const every = given === undefined ? 1000 : parseDuration(given);
    if (more.length > 0) throw misuse(TOP, `${more[0]} is one word too many`);
    if (every === undefined) throw misuse(TOP, `${given} is no time; write 500ms, 2s or 1m`);
    if (every < LEAST) throw misuse(TOP, `${LEAST}ms is the shortest time`);
    // What is wrong is told before there is a view.
    const first = await look(host);
    const live = host.typist?.live;
    if (live) await live(view => watch(view, first, every, host));
    else await twice(first, every, host);
    return 0;
  },
};

const LEAST = 100;

async function look(host: Host): Promise<readonly Drive[]> {
  const value = replyValue(await connected(host).execute('query-blockstats', {}, limits(host)));
  return readDrives(value) ?? [];
}

function byName(paces: readonly Pace[]): ReadonlyMap<string, Pace> {
  return new Map(paces.map(pace => [pace.drive.name, pace]));
}

async function twice(first: readonly Drive[], every: number, host: Host): Promise<void> {
  const begun = host.clock.now();
  await host.foreground('.top', signal => pause(every, signal, host));
  const seconds = (host.clock.now() - begun) / 1000;
  const paces = pacesOf(await look(host), byName(pacesOf(first, new Map(), 0)), seconds);
  host.show(body(paces, ORDERS[3], host.width));
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

function body(paces: readonly Pace[], order: Order, width: number): readonly StyledLine[] {
  return paces.length === 0 ? [[span('no drives', 'dim')]] : renderTop(paces, order, width);
}

async function watch(live: Live, first: readonly Drive[], every: number, host: Host): Promise<void> {
  const window = new Window();
  let order: Order = ORDERS[3];
  let paces = pacesOf(first, new Map(), 0);
  let looked = host.clock.now();
  const below = () => [...(host.silence?.() ?? []), ...wrapLine(foot(order), live.width)];
  const rows = () => body(paces, order, live.width);
  const room = () => live.height - 1 - HEAD - below().length;
  const draw = () => {
    const all = rows();
    const head = paces.length === 0 ? 0 : HEAD;
    live.draw([...all.slice(0, head), ...window.of(all.slice(head), room()), ...below()]);
  };
  while (host.session?.state === 'open') {
    const now = host.clock.now();
    if (now >= looked + every) {
      const drives = await unlessGivenUp(meanwhile(live, draw, look(host)));
      if (!drives) break;
      const at = host.clock.now();
      paces = pacesOf(drives, byName(paces), (at - looked) / 1000);
      looked = at;
    }
    draw();
    const key = await live.key(Math.max(0, looked + every - host.clock.now()));
    if (key === undefined) continue;
    if (leavesView(key)) break;
    const sorts = ORDERS.find(one => one.key === key);
    if (sorts) order = sorts;
    else window.key(key, paces.length, room() - 1);
  }
  host.show(rows());
}

/** Rows above the first drive. */
const HEAD = 2;

function foot(order: Order): StyledLine {
  return [
    ...ORDERS.flatMap(one => [
      span(one.key, 'key'),
      span(` ${one.name}   `, one === order ? 'match' : 'dim'),
    ]),
    span('Esc', 'key'),
    span(' leaves', 'dim'),
  ];
}
