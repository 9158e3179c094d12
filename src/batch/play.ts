// A page played for a program: on a connection of its own, with values instead of questions, and a report as data.
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { defaultSettings } from '../line/settings.ts';
import { loadPage } from '../play/load.ts';
import { playPage } from '../play/playing.ts';
import { Reading } from '../play/reading.ts';
import { Session } from '../session/client.ts';
import type { Json } from '../text/json.ts';
import { plain } from '../text/line.ts';
import { BatchHost } from './host.ts';
import type { Played, PlayOptions } from './played.ts';

/** Plays the page of a name or path. Rejects with a QmpshError where it cannot begin. */
export async function playOn(
  session: Session,
  address: string,
  name: string,
  values: Readonly<Record<string, string | number | bigint | boolean>>,
  {
    signal = new AbortController().signal,
    allowShell = false,
    yes = false,
    folder = process.cwd(),
    report,
  }: PlayOptions,
): Promise<Played> {
  const reading = new Reading();
  const page = await loadPage(name, folder, reading);
  const rows: Json[] = [];
  const row = (json: Json) => {
    rows.push(json);
    report?.(json);
  };
  const host = new BatchHost({
    ...{ session, address, practice: undefined, schema: undefined, folder, signal, allowShell, yes },
    ...{ verbose: false, pretty: false, json: true, events: false, hmp: false, exitOnError: false },
    settings: { ...defaultSettings(), timeout: 0 },
    clock: CLOCK,
    out: () => true,
    err: () => true,
    paint: plain,
    connect: async to => Session.open(await connect(to, { signal }), { clock: CLOCK, address: to, signal }),
    pipe: async (command, input, cwd) => (await import('../io/pipeline.ts')).runPipeline(command, input, cwd),
  });
  const given = new Map(Object.entries(values).map(([key, value]) => [key, String(value)]));
  try {
    const request = { page, reading, given, choice: {}, step: false, verbose: false };
    const status = await playPage(request, host, { show: () => {}, row });
    return { status, report: rows };
  } finally {
    host.release();
  }
}
