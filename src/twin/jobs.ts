// The running jobs of a twin: those of its VM, as far as it is known what they copy.
import { type JsonObject, member } from '../text/json.ts';
import { text } from '../text/members.ts';
import type { Likeness, Remark } from './likeness.ts';
import { isOfJob } from './node.ts';
import { type JobTold, looseNodes, type Told } from './told.ts';

export interface StandingJob {
  readonly id: string;
  readonly execute: string;
  readonly arguments: JsonObject;
  /** It has to be under way still: the node whose image is to hold something, and the jobs it is paused by. */
  readonly busy?: { readonly node: string; readonly paused: boolean };
  /** It is paused when it is ready. */
  readonly standby?: true;
  /** It waits for a decision. */
  readonly until?: 'ready' | 'concluded' | 'pending';
}

interface Standing {
  readonly jobs: readonly StandingJob[];
  readonly remarks: readonly Remark[];
}

/** The jobs as requests for the twin. `aliases` gets the names of the filters that they put in. */
export function standingJobs(told: Told, likeness: Likeness): Standing {
  const jobs: StandingJob[] = [];
  const remarks: Remark[] = [];
  for (const job of told.jobs) {
    const made = standing(job, told, likeness);
    if (typeof made !== 'string') jobs.push(made);
    else
      remarks.push({
        text: `the job ${job.id} (${job.type}, ${job.status}) is not on the twin: ${made}`,
        about: ['*'],
      });
  }
  return { jobs, remarks };
}

/** A commit of the image that the guest writes to is a mirror inside. */
const FILTERS_OF: Readonly<Record<string, readonly string[]>> = {
  mirror: ['mirror_top'],
  commit: ['commit_top', 'mirror_top'],
  backup: ['copy-before-write'],
  stream: ['copy-on-read'],
};

function standing(job: JobTold, told: Told, likeness: Likeness): StandingJob | string {
  const { id, type, status } = job;
  if (status === 'concluded' && !(job.isBlockJob && job.autoDismiss))
    return {
      id,
      execute: 'blockdev-create',
      arguments: {
        'job-id': id,
        options: { driver: 'file', filename: `/stand-in/job-${jobFile(id)}`, size: 0 },
      },
      until: 'concluded',
    };
  const drivers = Object.hasOwn(FILTERS_OF, type) ? FILTERS_OF[type] : undefined;
  if (drivers === undefined) return 'a job of this kind cannot be made to last';
  if (!/^(?:running|ready|paused|standby|pending)$/.test(status)) return 'a job in this state cannot be made';
  const filters = told.nodes.filter(node => isOfJob(node) && drivers.includes(text(node, 'drv')));
  const alike = told.jobs.filter(other => FILTERS_OF[other.type]?.some(driver => drivers.includes(driver)));
  const named = filters.find(node => text(node, 'node-name') === job.source);
  const filter = named ?? (filters.length === 1 && alike.length === 1 ? filters[0] : undefined);
  const name = filter && text(filter, 'node-name');
  const source = job.source === undefined ? name && likeness.below(name) : likeness.below(job.source);
  if (source === undefined) return 'QEMU does not tell which nodes it copies';
  const common = {
    'job-id': id,
    ...(name === undefined || type === 'stream' ? {} : { 'filter-node-name': name }),
    ...(job.autoDismiss ? {} : { 'auto-dismiss': false }),
    ...(job.autoFinalize ? {} : { 'auto-finalize': false }),
  };
  const isBusy = /^(?:running|paused)$/.test(status);
  const state = isBusy
    ? { busy: { node: source, paused: status === 'paused' } }
    : status === 'pending'
      ? { until: 'pending' as const }
      : { until: 'ready' as const, ...(status === 'standby' ? { standby: true as const } : {}) };
  if (type === 'mirror' || type === 'backup') {
    const seen = (name && told.edges.get(name)?.find(({ role }) => role === 'target')?.node) ?? job.target;
    const target =
      seen ??
      fleece(told, likeness, source) ??
      only(looseNodes(told, likeness.below).filter(node => node !== source));
    if (target === undefined) return 'QEMU does not tell which node it copies to';
    return {
      id,
      execute: `blockdev-${type}`,
      arguments: { device: source, target, sync: 'full', ...common },
      ...state,
    };
  }
  const base =
    type === 'commit' && job.target !== undefined && told.edges.has(job.target) ? job.target : undefined;
  const backing = base ?? told.edges.get(source)?.find(({ role }) => role === 'backing')?.node;
  const below = backing && told.edges.get(likeness.below(backing))?.some(({ role }) => role === 'backing');
  if (backing === undefined || (base === undefined && below === true))
    return 'QEMU does not tell which images it merges';
  return type === 'commit'
    ? {
        id,
        execute: 'block-commit',
        arguments: { device: source, 'base-node': backing, ...common },
        ...state,
      }
    : {
        id,
        execute: 'block-stream',
        arguments: { device: source, ...common },
        ...(isBusy ? { busy: { node: backing, paused: status === 'paused' } } : state),
      };
}

/** The only node that stands on what a device writes to and can be written itself: it keeps what is overwritten there. */
function fleece(told: Told, likeness: Likeness, source: string): string | undefined {
  const isDisk = told.graph.devices.some(({ node }) => node !== undefined && likeness.below(node) === source);
  const above = told.nodes.filter(
    node =>
      !isOfJob(node) &&
      member(node, 'ro') !== true &&
      told.edges
        .get(text(node, 'node-name'))
        ?.some(edge => edge.role === 'backing' && likeness.below(edge.node) === source),
  );
  const found = only(above);
  return isDisk && found ? text(found, 'node-name') : undefined;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function jobFile(id: string): string {
  return id.replaceAll(/[^\w.-]/g, '_');
}
