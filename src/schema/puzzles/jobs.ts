// Refusals about jobs.
import { member } from '../../text/json.ts';
import { plainRequest } from '../jobs.ts';
import { freeName, textOf } from '../world.ts';
import { LIST_JOBS, type Puzzle, plain, withArguments } from './puzzle.ts';

const NEXT_IN_STATE: ReadonlyMap<string, string> = new Map([
  ['ready', 'job-complete'],
  ['pending', 'job-finalize'],
  ['concluded', 'job-dismiss'],
  ['paused', 'job-resume'],
  ['standby', 'job-resume'],
]);

export const JOBS: readonly Puzzle[] = [
  {
    match: /^Invalid job ID ''$/,
    asks: ['job'],
    explain: (request, _, world) => ({
      text: 'The job needs a name: a drive would lend it its own, a node does not. Give job-id=... a name of your choice.',
      instead: withArguments(request, { 'job-id': freeName('job', world.names('job')) }),
    }),
  },
  {
    match: /^Invalid job ID '/,
    asks: ['job'],
    explain: (request, _, world) => {
      const text = 'A job id begins with a letter and holds letters, digits and - . _ only.';
      const id = member(request.arguments, 'job-id');
      if (typeof id !== 'string') return { text };
      const like = `job-${id.replace(/[^A-Za-z0-9._-]/g, '-')}`;
      const taken = world.names('job');
      const free = taken?.includes(like) === true ? freeName(`${like}-`, taken) : like;
      return { text, instead: withArguments(request, { 'job-id': free }) };
    },
  },
  {
    match: /^Job ID '(.*)' already in use$/,
    asks: ['job'],
    explain: (request, match, world) => {
      const id = match[1] ?? '';
      const job = world.rows('jobs').find(row => textOf(row, 'id') === id);
      const status = textOf(job, 'status');
      if (status === 'concluded')
        return {
          text: 'A job of that name has concluded and waits for job-dismiss.',
          instead: { execute: 'job-dismiss', arguments: { id } },
        };
      return {
        text: `A job of that name is there${status === '' ? '' : ` (${status})`}: choose another job-id.`,
        instead: withArguments(request, { 'job-id': freeName('job', world.names('job')) }),
      };
    },
  },
  {
    match: /^Job '(.*)' in state '(.*)' cannot accept command verb '(.*)'$/,
    asks: ['job'],
    explain: (_, match) => {
      const command = NEXT_IN_STATE.get(match[2] ?? '');
      const text =
        'The state decides what can be done with a job: complete when ready, finalize when pending, dismiss when concluded, cancel before that.';
      const next = { execute: command ?? '', arguments: { id: match[1] ?? '' } };
      return { text, instead: command === undefined ? LIST_JOBS : next };
    },
  },
  plain(
    /^The active block job '.*' cannot be completed$/,
    'Only a mirror or an active commit can be completed, and only when it is ready: wait for BLOCK_JOB_READY. Other jobs end by themselves.',
    LIST_JOBS,
  ),
  plain(
    /^(?:Job not found|Block job '.*' not found)$/,
    'No job has that id. A job that ended is gone at once unless it was started with auto-dismiss=false; its end was in an event.',
    LIST_JOBS,
  ),
  {
    match: /^The command (.*) has not been found$|^(?:Deprecated|Unstable) command (.*) disabled by policy$/,
    only: /^block-job-/,
    explain: request => {
      const instead = plainRequest(request);
      const text =
        'This QEMU has no such command, or was started with -compat deprecated-input=reject; the job- commands do the same.';
      return instead === undefined ? { text } : { text, instead };
    },
  },
];
