// Jobs that wait for somebody, have stopped, or get nowhere.
import { safe } from '../text/safe.ts';
import { bytes, duration, rate } from '../text/size.ts';
import { type Chart, type JobLook, type Lasting, lineFor, steadyJobs } from './chart.ts';
import type { Finding } from './finding.ts';

export function jobFindings(chart: Chart): readonly Finding[] {
  return steadyJobs(chart).flatMap(job => {
    const found = findingOf(job, chart);
    if (found === undefined) return [];
    const lasting = job.status === 'running' ? undefined : chart.lasting.get(job.id);
    return [{ about: job.id, ...found, ...(lasting === undefined ? {} : lasts(found.seen, lasting)) }];
  });
}

type Found = Omit<Finding, 'about'>;

/** Milliseconds below which it says nothing that a job was seen to be so. */
const MOMENT = 1000;

/** For how long it is so, as far as that is known. */
function lasts(seen: string, { ms, entered }: Lasting): Pick<Finding, 'seen' | 'seconds'> {
  if (ms < MOMENT) return { seen };
  const seconds = Math.floor(ms / 1000);
  const time = duration(seconds);
  return { seen: `${seen}, for ${entered ? `${time} now` : `at least ${time}`}`, seconds };
}

function findingOf(job: JobLook, chart: Chart): Found | undefined {
  switch (job.status) {
    case 'ready':
      return ready(job, chart);
    case 'pending':
      return pending(job, chart);
    case 'concluded':
      return concluded(job, chart);
    case 'paused':
    case 'standby':
      return paused(job, chart);
    case 'running':
      return slow(job, chart);
    default:
      return undefined;
  }
}

function ready(job: JobLook, chart: Chart): Found {
  const { id, type } = job;
  const isMirror = type === 'mirror';
  const lasting = chart.lasting.get(id);
  const known = lasting !== undefined && (lasting.entered || lasting.ms >= MOMENT);
  return {
    kind: 'job-ready',
    seen: `the ${named(job)} is ready and waits for a decision`,
    why: [
      isMirror
        ? 'The copy is equal to the disk, and every write of the guest is made twice until somebody decides. Nothing ends by itself.'
        : 'All is copied, and every write of the guest goes on being copied until somebody decides. Nothing ends by itself.',
      ...chart.others.map(
        ({ name, pid, address }) =>
          `${safe(name)} (process ${pid}) is connected to another monitor of the VM, ${safe(address)}, and may be about to decide.`,
      ),
      ...(known ? [] : ['Since when, QEMU does not tell; --for 30s watches whether it stays so.']),
    ].join(' '),
    remedies: [
      {
        what: isMirror ? 'switch the guest over to the copy' : 'finish it',
        lines: lineFor(chart, 'job-complete', { id }),
      },
      ...(isMirror
        ? [
            {
              what: 'keep the copy as it is now, and the guest where it is',
              lines: lineFor(chart, 'block-job-cancel', { device: id }),
            },
          ]
        : []),
    ],
  };
}

function pending({ id, ...job }: JobLook, chart: Chart): Found {
  return {
    kind: 'job-pending',
    seen: `the ${named({ id, ...job })} has done its work and waits to be made final`,
    why: 'It was started with auto-finalize=false. Until it is finalized, its nodes stay in use.',
    remedies: [
      { what: 'make its result final', lines: lineFor(chart, 'job-finalize', { id }) },
      { what: 'give it up', lines: lineFor(chart, 'job-cancel', { id }) },
    ],
  };
}

function concluded(job: JobLook, chart: Chart): Found {
  const { id, error } = job;
  return {
    kind: error === undefined ? 'job-concluded' : 'job-failed',
    seen:
      error === undefined
        ? `the ${named(job)} is over and was not dismissed`
        : `the ${named(job)} has failed: ${safe(error)}`,
    why:
      error === undefined
        ? 'It keeps its name and its nodes: a new job of that name is refused, and the nodes cannot be deleted.'
        : 'What it has copied is no copy. The job keeps its name and its nodes until it is dismissed.',
    remedies: [{ what: 'take it off the list', lines: lineFor(chart, 'job-dismiss', { id }) }],
  };
}

function paused(job: JobLook, chart: Chart): Found {
  const { id, io } = job;
  const goesOn = { what: 'let it go on', lines: lineFor(chart, 'job-resume', { id }) };
  const ends = { what: 'give it up', lines: lineFor(chart, 'job-cancel', { id }) };
  if (io === 'nospace')
    return {
      kind: 'job-nospace',
      seen: `the ${named(job)} has stopped: there was no space left to write to`,
      why: 'It waits for ever. What it has copied is kept, and it goes on where it stopped.',
      remedies: [{ ...goesOn, what: 'make room where its target lies, then let it go on' }, ends],
    };
  if (io === 'failed')
    return {
      kind: 'job-io-error',
      seen: `the ${named(job)} has stopped at an I/O error`,
      why: 'It waits for ever. What it has copied is kept, and it goes on where it stopped.',
      remedies: [{ ...goesOn, what: "mend what failed (the host's log tells), then let it go on" }, ends],
    };
  return {
    kind: 'job-paused',
    seen: `the ${named(job)} is paused`,
    why: 'Somebody has paused it. It does not go on by itself.',
    remedies: [goesOn, ends],
  };
}

/** A job that gets nowhere, over all looks. */
function slow(job: JobLook, chart: Chart): Found | undefined {
  const { id } = job;
  const then = chart.looks[0]?.find(one => one.id === id);
  if (then === undefined || job.speed === undefined || chart.looks.length < 2) return undefined;
  if (neverReady(then, job)) return losing(then, job, chart);
  // One with sync=none copies what the guest overwrites, and nothing else; no query tells it from others.
  if (job.type === 'backup') return undefined;
  if (job.speed > 0 || job.offset !== then.offset || job.length !== then.length || job.offset >= job.length)
    return undefined;
  return {
    kind: 'job-stuck',
    seen: `the ${named(job)} runs, and has copied nothing while it was looked at`,
    why: `It stands at ${bytes(job.offset)} of ${bytes(job.length)}: what it reads from or writes to does not answer.`,
    remedies: [
      {
        what: 'look at its storage first; give it up only where that does not come back',
        lines: lineFor(chart, 'job-cancel', { id }),
      },
    ],
  };
}

/** Whether what is left to copy has not become less, because more came to it meanwhile. */
function neverReady(then: JobLook, now: JobLook): boolean {
  const [before, left] = [then.length - then.offset, now.length - now.offset];
  return now.length > then.length && left > 0 && left >= before;
}

function losing(then: JobLook, job: JobLook, chart: Chart): Found {
  const { id, speed = 0 } = job;
  const args = { id, type: job.type, 'copy-mode': 'write-blocking' };
  // A command of newer versions: where nothing is known of this one, it is not shown.
  const canChange = job.type === 'mirror' && chart.schema?.commands.has('block-job-change') === true;
  const blocking = canChange ? lineFor(chart, 'block-job-change', args) : [];
  const limited = {
    what: 'take its limit away',
    lines: lineFor(chart, 'block-job-set-speed', { device: id, speed: 0 }),
  };
  const byGuest = {
    what:
      blocking.length > 0
        ? 'let the guest wait for its writes to be copied'
        : 'wait until the guest writes less, or start it anew with copy-mode=write-blocking',
    lines: blocking,
  };
  return {
    kind: 'job-never-ready',
    seen: `the ${named(job)} copies more slowly than the guest writes`,
    why:
      `${bytes(then.length - then.offset)} were left to copy, and then ${bytes(job.length - job.offset)}: like this it is never ready.` +
      (speed > 0 ? ` It is limited to ${rate(speed)}.` : ''),
    remedies: speed > 0 ? [limited, byGuest] : [byGuest],
  };
}

function named({ type, id }: JobLook): string {
  return `${safe(type)} ${safe(id)}`;
}
