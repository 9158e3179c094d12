// Situations, each rehearsed and then played on the VM itself: whether the verdict is what happens then.
import * as assert from 'uvu/assert';
import { BatchHost } from '../../src/batch/host.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { defaultSettings } from '../../src/line/settings.ts';
import { loadPage, toPage } from '../../src/play/load.ts';
import { playPage } from '../../src/play/playing.ts';
import { Reading } from '../../src/play/reading.ts';
import type { Session } from '../../src/session/client.ts';
import { plain } from '../../src/text/line.ts';
import { openSession, type Qemu } from '../qemu.ts';
import { listing } from './likely.ts';

/** A line, or a recipe by its name; one of which a twin cannot tell, and why not; or what is done on the VM in between. */
export type Situation =
  | string
  | { readonly line: string; readonly untold: RegExp }
  | ((session: Session) => Promise<unknown>);

interface Outcome {
  readonly said: string;
  readonly goesThrough: boolean;
  readonly step: string | undefined;
  readonly message: string;
}

/** Names that a run makes up are not the same in two of them. */
function steady(text: string): string {
  const ours = /\b(backup|mirror|create|increment|commit|stream|probe|moment|point)-[a-z][a-z0-9]{4}\b/g;
  return text.replaceAll(ours, '$1-RUN').replaceAll(/#block\d+/g, '#block');
}

function hostOn(session: Session, folder: string, address: string, said: string[]): BatchHost {
  return new BatchHost({
    ...{ session, address, folder, practice: undefined, clock: CLOCK, schema: undefined },
    ...{ verbose: false, pretty: false, json: false, events: false, hmp: false, exitOnError: false },
    settings: { ...defaultSettings(), timeout: 20_000 },
    out: () => true,
    err: text => {
      said.push(text);
      return true;
    },
    paint: plain,
    width: () => 100_000,
    signal: new AbortController().signal,
    connect: async () => {
      throw new Error('nobody connects');
    },
    pipe: async () => 0,
    allowShell: true,
  });
}

async function rehearsal(host: BatchHost, said: string[], situation: string): Promise<Outcome> {
  said.length = 0;
  const exit = await host.run(`.rehearse ${situation}`);
  const all = said.join('');
  const [, kind = '', step, message = ''] =
    /^verdict: (goes through|is refused|cannot be told)(?: at step (\d+))?(?:(?: with)?: (.*))?$/m.exec(
      all,
    ) ?? [];
  assert.is(exit === 0, kind === 'goes through', all);
  return {
    said: kind === '' ? all : kind,
    goesThrough: kind === 'goes through',
    step,
    message: steady(message),
  };
}

async function reality(host: BatchHost, situation: string): Promise<Outcome> {
  const reading = new Reading();
  const [word = '', ...pairs] = situation.split(' ');
  const isPage = word.startsWith('.');
  const page = isPage
    ? await loadPage(word.slice(1), host.folder, reading)
    : await toPage(`(QEMU) ${situation}\n`, 'the line');
  const given = new Map(
    isPage
      ? pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
      : [],
  );
  const shown: string[] = [];
  const exit = await playPage({ page, reading, given, choice: {}, step: false, verbose: false }, host, {
    show: lines => shown.push(...lines.map(plain)),
  });
  const [, step, failed = ''] =
    /^failed {2}.*?:\d+: step (\d+): (?:\.(?:expect|let) .*?: (?=not as)|\.points .*?: )?(?:QEMU refused it: )?(.*)$/m.exec(
      shown.join('\n'),
    ) ?? [];
  return {
    said: shown.join('\n'),
    goesThrough: exit === 0,
    step: isPage ? step : undefined,
    message: steady(failed),
  };
}

/** Those of the situations whose verdict is not what happened, and how many went well and wrong. */
export async function compare(
  qemu: Pick<Qemu, 'address' | 'folder'>,
  situations: readonly Situation[],
  before: (session: Session) => Promise<void>,
): Promise<{ readonly different: readonly string[]; readonly through: number; readonly refused: number }> {
  const session = await openSession(qemu.address);
  const said: string[] = [];
  const host = hostOn(session, qemu.folder, qemu.address, said);
  const different: string[] = [];
  const count = { through: 0, refused: 0 };
  try {
    await before(session);
    for (const situation of situations) {
      if (typeof situation === 'function') {
        await situation(session);
        continue;
      }
      const { line, untold } = typeof situation === 'string' ? { line: situation } : situation;
      const files = listing(qemu.folder);
      const verdict = await rehearsal(host, said, line);
      assert.is(listing(qemu.folder), files, `${line}: a file of the VM was touched`);
      const real = await reality(host, line);
      count[real.goesThrough ? 'through' : 'refused'] += 1;
      const same =
        untold === undefined
          ? verdict.goesThrough === real.goesThrough &&
            verdict.step === real.step &&
            verdict.message === real.message
          : verdict.said === 'cannot be told' && untold.test(verdict.message);
      if (!same)
        different.push(
          `${line}\n    verdict: ${verdict.said} ${verdict.step ?? ''} ${verdict.message}\n    real: ${real.step ?? ''} ${real.message || real.said}`,
        );
    }
  } finally {
    await session.close();
  }
  return { different, ...count };
}
