// What the session costs on top of a bare socket: round trips one by one and many at once, and a burst of events.
import { connect as netConnect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CLOCK } from '../../src/io/clock.ts';
import { Session } from '../../src/session/client.ts';
import { fakeMonitor } from '../fake-transport.ts';
import { openSession, startQemu } from '../qemu.ts';
import type { Row } from './row.ts';

const SEQUENTIAL = 1000;
const PIPELINED = 3000;
const EVENTS = 100_000;

/** The least that still understands its replies: lines, and JSON.parse. */
class Bare {
  readonly #socket: Socket;
  #rest = '';
  #waiting = 0;
  #done: () => void = () => {};

  constructor(path: string) {
    this.#socket = netConnect(path);
    this.#socket.setEncoding('utf8').on('data', (chunk: string) => {
      const rows = (this.#rest + chunk).split('\n');
      this.#rest = rows.pop() ?? '';
      for (const row of rows) {
        const message: unknown = JSON.parse(row);
        if (typeof message === 'object' && message !== null && 'return' in message && --this.#waiting === 0)
          this.#done();
      }
    });
  }

  send(texts: readonly string[]): Promise<void> {
    this.#waiting = texts.length;
    return new Promise(resolve => {
      this.#done = resolve;
      this.#socket.write(texts.map(text => `${text}\n`).join(''));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

let serial = 1;
/** The very bytes that ours sends: QEMU reads them one by one, so that each costs about 2 µs. */
const query = () => `{"execute":"query-status","arguments":{},"id":${serial++}}`;

async function time(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function memory(): number {
  if (typeof collect === 'function') collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1e6;
}

/** The memory, in MB, that a session holds after a burst of events such as QEMU sends. */
async function burst(): Promise<number> {
  const before = memory();
  const fake = fakeMonitor();
  const session = await Session.open(fake, { clock: CLOCK, address: 'burst' });
  let count = 0;
  session.onEvent(() => count++);
  for (let n = 0; n < EVENTS; n++) {
    const stamp = `{"seconds": 1795375453, "microseconds": ${100_000 + n}}`;
    fake.tell(
      `{"timestamp": ${stamp}, "event": "RTC_CHANGE", "data": {"offset": ${n}, "qom-path": "/machine/unattached/device[7]/rtc"}}\r\n`,
    );
  }
  const used = memory() - before;
  if (count !== EVENTS || session.events.size !== EVENTS)
    throw new Error(`${count} of ${EVENTS} events came`);
  await session.close();
  return used;
}

export async function roundtripRows(): Promise<{ readonly rows: readonly Row[]; close(): Promise<void> }> {
  // A monitor serves one client, so the peer has its own.
  const qemu = await startQemu({ args: ['-qmp', 'unix:bare,server=on,wait=off'] });
  const session = await openSession(qemu.address);
  const bare = new Bare(`${qemu.folder}/bare`);
  await bare.send(['{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}']);
  const rows: readonly Row[] = [
    {
      name: `round trips: ${SEQUENTIAL} one by one`,
      peer: 'bare node:net',
      budget: 1 / 0.95,
      ours: () =>
        time(async () => {
          for (let i = 0; i < SEQUENTIAL; i++) await session.execute('query-status');
        }),
      theirs: () =>
        time(async () => {
          for (let i = 0; i < SEQUENTIAL; i++) await bare.send([query()]);
        }),
    },
    {
      name: `round trips: ${PIPELINED} at once`,
      peer: 'bare node:net',
      budget: 1 / 0.9,
      ours: () =>
        time(async () => {
          await Promise.all(Array.from({ length: PIPELINED }, () => session.execute('query-status')));
        }),
      theirs: () => time(() => bare.send(Array.from({ length: PIPELINED }, query))),
    },
    {
      name: `events: memory after ${EVENTS}, all kept`,
      peer: '64 MB',
      budget: 1,
      unit: 'MB',
      ours: burst,
      theirs: () => Promise.resolve(64),
    },
  ];
  return {
    rows,
    close: async () => {
      bare.close();
      await session.close();
      await qemu.close();
    },
  };
}
