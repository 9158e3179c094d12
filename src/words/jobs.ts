import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import { type Live, leavesView, meanwhile } from '../line/live.ts';
import { misuse } from '../line/misuse.ts';
import { connected, limits, replyValue } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import { actions, type JobAction, type JobView, renderJob, renderJobRow } from '../render/job.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { jobViews } from './graph.ts';

export const JOBS: Word = {
  name: '.jobs',
  usage: '',
  help: 'watch the jobs; pause, resume, complete, cancel, limit them',
  more: [
    'Up and Down choose a job, the letters shown below act on it, Esc leaves. What a letter does is a line like',
    'any other: it is shown, and its reply.',
    'Where the screen cannot be redrawn, and in batch, the jobs as they are now.',
  ],
  ofQemu: true,
  needs: 'host',
  run: async ({ args }, host): Promise<Exit> => {
    if (args.length > 0) throw misuse(JOBS, `nothing stands behind .jobs; what is ${args[0]}?`);
    // Whoever connects to a VM whose jobs run already has seen no event of theirs.
    replyValue(await connected(host).execute('query-jobs', {}, limits(host)));
    const live = host.typist?.live;
    const jobs = jobViews(host);
    // A view of nothing would only take the keys that are meant for the next line.
    if (jobs.length === 0) {
      host.note('no job runs');
      return 0;
    }
    if (live) {
      await live(view => watch(view, host));
      return 0;
    }
    host.show(jobs.flatMap(job => renderJob(job, host.width)));
    return 0;
  },
};

/** How often progress is drawn; it is asked for once a second. */
const LOOK = 500;

interface View {
  /** The job the keys act on. */
  readonly chosen: string | undefined;
  /** A limit being typed. */
  readonly speed?: string;
  /** A key that was asked about. */
  readonly asked?: Key;
}

async function watch(live: Live, host: Host): Promise<void> {
  const seen = new Set<string>();
  let view: View = { chosen: undefined };
  while (host.session?.state === 'open') {
    const jobs = known(host, seen);
    if (!jobs.some(job => job.id === view.chosen)) view = { chosen: jobs[0]?.id };
    live.draw(screen(jobs, view, live, host));
    const key = await live.key(LOOK);
    if (key === undefined) continue;
    const job = jobs.find(one => one.id === view.chosen);
    if (view.speed !== undefined && job) {
      view = await typeSpeed(view, job, key, live, host);
    } else if (view.asked) {
      const { line } = view.asked.action;
      view = { chosen: view.chosen };
      if (key === 'y') await run(line, live, host);
    } else if (leavesView(key)) {
      // Those that live have their rows under the prompt; most that have ended had one here.
      const untold = jobs.filter(({ id, state }) => state === 'null' && host.tells?.(id) !== true);
      host.show(untold.map(one => renderJobRow(one, live.width)));
      if (jobs.length === 0) host.note('no job runs');
      return;
    } else view = await act(view, jobs, job, key, live, host);
  }
}

async function act(
  view: View,
  jobs: readonly JobView[],
  job: JobView | undefined,
  key: string,
  live: Live,
  host: Host,
): Promise<View> {
  const step = key === 'Up' || key === 'k' ? -1 : key === 'Down' || key === 'j' ? 1 : 0;
  if (step !== 0) {
    const at = jobs.findIndex(one => one.id === view.chosen) + step;
    return { chosen: jobs[Math.max(0, Math.min(at, jobs.length - 1))]?.id };
  }
  const found = job && keysOf(job).find(one => one.key === key);
  if (!found) return view;
  if (found.key === 's') return { ...view, speed: '' };
  // What cannot be taken back is asked about.
  if (found.key === 'x' || found.key === 'c') return { ...view, asked: found };
  await run(found.action.line, live, host);
  return view;
}

async function typeSpeed(view: View, job: JobView, key: string, live: Live, host: Host): Promise<View> {
  const speed = view.speed ?? '';
  if (key === 'Enter' && speed !== '') {
    await run(`block-job-set-speed device=${job.id} speed=${speed}`, live, host);
    return { chosen: view.chosen };
  }
  if (key === 'Backspace') return { ...view, speed: speed.slice(0, -1) };
  if (/^[\dkKmMgGtT]$/.test(key)) return { ...view, speed: speed + key };
  return leavesView(key) || key === 'Enter' ? { chosen: view.chosen } : view;
}

async function run(line: string, live: Live, host: Host): Promise<void> {
  host.show([[span('(QEMU) ', 'prompt'), span(safe(line), 'command')]]);
  host.stands?.(line);
  const jobs = jobViews(host);
  const draw = () => live.draw(screen(jobs, { chosen: undefined }, live, host));
  await meanwhile(live, draw, host.run(line));
}

/** The jobs there are, and how those ended that were seen here before. */
function known(host: Host, seen: Set<string>): readonly JobView[] {
  const now = jobViews(host);
  for (const job of now) seen.add(job.id);
  const gone = [...seen].filter(id => !now.some(job => job.id === id));
  const ended = gone.flatMap(id => host.session?.jobs.get(id) ?? []);
  return [...now, ...ended.map(({ started: _, ended: __, ...job }) => job)];
}

interface Key {
  readonly key: string;
  readonly name: string;
  readonly action: JobAction;
}

const KEYS: ReadonlyMap<string, readonly [key: string, name: string]> = new Map([
  ['job-pause', ['p', 'pause']],
  ['job-resume', ['r', 'resume']],
  ['job-complete', ['c', 'complete']],
  ['job-cancel', ['x', 'cancel']],
  ['job-finalize', ['f', 'finalize']],
  ['job-dismiss', ['d', 'dismiss']],
  ['block-job-cancel', ['e', 'end here, keep the copy']],
  ['block-job-set-speed', ['s', 'speed']],
]);

function keysOf(job: JobView): readonly Key[] {
  return actions(job).flatMap(action => {
    const [key, name] = KEYS.get(action.line.split(' ')[0] ?? '') ?? [];
    return key === undefined || name === undefined ? [] : [{ key, name, action }];
  });
}

function screen(jobs: readonly JobView[], view: View, live: Live, host: Host): readonly StyledLine[] {
  const rows = jobs.flatMap((job): readonly StyledLine[] => {
    const mark = job.id === view.chosen ? span('> ', 'match') : span('  ');
    const [first = [], ...details] = renderJob(job, Math.max(1, live.width - 2));
    // Only the chosen one in full; the lines that act on it are what the keys do.
    const lines = actions(job).length;
    const shown = job.id === view.chosen ? details.slice(0, Math.max(0, details.length - lines)) : [];
    return [[mark, ...first], ...shown.map(row => [span('  '), ...row])];
  });
  const body = rows.length > 0 ? rows : [[span('no job runs', 'dim')]];
  return [
    ...body,
    ...(host.silence?.() ?? []),
    ...wrapLine(
      foot(
        jobs.find(one => one.id === view.chosen),
        view,
      ),
      live.width,
    ),
  ];
}

function foot(job: JobView | undefined, view: View): StyledLine {
  if (view.speed !== undefined)
    return [
      span(`bytes a second (10M; 0: no limit): ${view.speed}`),
      span('  Enter sets it, Esc does not', 'dim'),
    ];
  if (view.asked)
    return [span(`Run ${view.asked.action.line} (${view.asked.action.does})? [y/N]`, 'warning')];
  const keys = job ? keysOf(job) : [];
  return [
    ...keys.flatMap(({ key, name }) => [span(key, 'key'), span(` ${name}   `, 'dim')]),
    span('Esc', 'key'),
    span(' leaves', 'dim'),
  ];
}
