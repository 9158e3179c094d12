// A twin: a throw-away QEMU with the block layer of a VM, on images without data, in a private folder. Nothing is sent to
// the VM but questions; nothing that is sent to the twin leads out of its folder.
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import type { Practice } from '../io/launch.ts';
import type { Places } from '../io/places.ts';
import { filesBelow, surround } from '../io/standins.ts';
import { type AskVm, askBlockGraph } from '../line/blockgraph.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import type { BlockGraph } from '../render/graph.ts';
import { Session } from '../session/client.ts';
import { isObject, type Json, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { differences, factsOf } from './alike.ts';
import { devicesOf } from './devices.ts';
import { furnish } from './furnish.ts';
import { Gate } from './gate.ts';
import { standingJobs } from './jobs.ts';
import { likenessOf, type Remark } from './likeness.ts';
import { type Permit, permit } from './permit.ts';
import { portRefusal } from './ports.ts';
import { RunState } from './runstate.ts';
import { noTwin, startTwin } from './start.ts';
import type { Told } from './told.ts';

/** A request that came to the twin's gate. */
export interface Passed {
  readonly request: Request;
  readonly permit: Permit;
  /** Files it names that are on this host, and that the twin has only empty. */
  readonly stood: readonly string[];
}

interface TwinOptions {
  readonly told: Told;
  /** The program to run. */
  readonly qemu: string;
  /** The version of the VM. */
  readonly version: string;
  /** The folder that the VM runs in. */
  readonly inside: string;
  /** Whether the VM is on this host, so that its files can be looked for. */
  readonly isHere: boolean;
  /** It listens nowhere but for its character devices, as this host shows: no NBD server runs. */
  readonly servesNothing?: boolean;
  readonly signal?: AbortSignal;
}

const LIMIT = { timeout: 20_000 };
/** Milliseconds in which a QEMU that does not take its arguments has ended. */
const ENDING = 500;

export class Twin {
  readonly session: Session;
  readonly vm: Practice;
  readonly places: Places;
  readonly remarks: readonly Remark[];
  /** Whether the VM's files are those of this host. */
  readonly isHere: boolean;
  /** What was sent to it since it is whole. */
  readonly passed: Passed[];

  private constructor(
    session: Session,
    vm: Practice,
    places: Places,
    remarks: readonly Remark[],
    passed: Passed[],
    isHere: boolean,
  ) {
    this.isHere = isHere;
    this.session = session;
    this.vm = vm;
    this.places = places;
    this.remarks = remarks;
    this.passed = passed;
  }

  /** Builds it. Rejects with a QmpshError, and leaves nothing then. */
  static async build(options: TwinOptions): Promise<Twin> {
    const { told, qemu, inside, isHere, signal } = options;
    const devices = devicesOf(told);
    const likeness = likenessOf(told, devices);
    const standing = standingJobs(told, likeness);
    const aliases = new Map(likeness.aliases);
    for (const { arguments: args } of standing.jobs) {
      const filter = args['filter-node-name'];
      if (typeof filter === 'string' && filter.startsWith('#'))
        aliases.set(filter, `twin-job-${aliases.size}-x`);
    }
    const filled = new Set(standing.jobs.flatMap(({ busy }) => (busy ? imageOf(busy.node, told) : [])));
    const { vm, places, nbd } = await startTwin({
      ...{ qemu, likeness: { ...likeness, aliases }, told, inside, filled },
      ...(signal ? { signal } : {}),
    });
    const passed: Passed[] = [];
    const paths = new Map([...devices.paths].map(([own, real]) => [real, own]));
    const runState = new RunState(told.status);
    let isWhole = false;
    try {
      const names = [...aliases];
      const back = (value: string) => {
        let out = places.back(devices.paths.get(value) ?? value);
        if (out.includes('twin-')) for (const [real, own] of names) out = out.replaceAll(own, real);
        return out;
      };
      const gate = new Gate(await connect(vm.address, signal ? { signal } : {}), {
        judge: request =>
          (isHere && isWhole ? portRefusal(request) : undefined) ?? permit(request, places, nbd, !isWhole),
        there: value => aliases.get(value) ?? paths.get(value) ?? value,
        back,
        answer: (request, value) => runState.answer(request, value),
        passing: (request, given) => {
          if (isWhole) runState.sees(request);
          const files = given.kind === 'send' ? given.files : [];
          passed.push({
            request,
            permit: given,
            stood: files.filter(file => surround(file, places, isHere).stood),
          });
        },
      });
      const session = await Session.open(gate, {
        clock: CLOCK,
        address: 'the twin',
        greetingTimeout: LIMIT.timeout,
        ...(signal ? { signal } : {}),
      });
      const remarks: Remark[] = [
        ...versions(session, options),
        ...likeness.remarks,
        ...devices.remarks.map(sentence => ({ text: sentence })),
        ...standing.remarks,
        ...(isHere
          ? []
          : [
              {
                text: 'the VM is not on this host: whether the files and folders that are named are there was not looked at',
              },
            ]),
      ];
      const { servesNothing = false } = options;
      const { jobs } = standing;
      remarks.push(...(await furnish({ session, places, told, likeness, jobs, servesNothing })));
      remarks.push(...differences(told.graph, await graphOf(session)));
      passed.length = 0;
      isWhole = true;
      return new Twin(session, vm, places, remarks, passed, isHere);
    } catch (error) {
      const moment = new Promise<undefined>(resolve => void CLOCK.after(ENDING, () => resolve(undefined)));
      const ended = error instanceof QmpshError && (await Promise.race([vm.exited, moment]));
      await vm.close();
      throw ended ? noTwin(places.back(ended.stderr)) : error;
    }
  }

  /** What is to be said of it before anything is done there. */
  get said(): readonly string[] {
    return this.remarks.flatMap(({ text: sentence, isQuiet }) => (isQuiet ? [] : [sentence]));
  }

  graph(): Promise<BlockGraph | undefined> {
    return graphOf(this.session);
  }

  /** All that a page must leave as it was: the graph, jobs, bitmaps, and the files with their names. */
  async state(): Promise<string> {
    const graph = await this.graph();
    const jobs = await ask(this.session)('query-jobs');
    const ids = objectsIn(jobs).map(job => `${text(job, 'id')} ${text(job, 'status')}`);
    return JSON.stringify([graph ? factsOf(graph) : [], ids.sort(), filesBelow(this.places.root)]);
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.vm.close();
  }
}

function ask(session: Session): AskVm {
  return async (command, args = {}) => {
    const reply = await session.execute(command, args, LIMIT);
    return reply.kind === 'success' ? reply.value : undefined;
  };
}

function graphOf(session: Session): Promise<BlockGraph | undefined> {
  return askBlockGraph(ask(session), false);
}

function versions(session: Session, { version }: TwinOptions): readonly Remark[] {
  const own = session.greeting?.QMP.version.qemu;
  const mine = own ? `${own.major}.${own.minor}.${own.micro}` : '';
  return mine === version || mine === ''
    ? []
    : [
        {
          text: `the VM is QEMU ${version}, and the twin is QEMU ${mine}: they may differ in what they refuse`,
        },
      ];
}

/** The file of a node, or of the one it stands on: where its data is. */
function imageOf(name: string, told: Told): readonly string[] {
  const node = told.nodes.find(one => text(one, 'node-name') === name);
  const edge = told.edges.get(name)?.find(({ role }) => role === 'file' || role === 'image');
  if (edge) return imageOf(edge.node, told);
  return node && text(node, 'drv') === 'file' ? [text(node, 'file')] : [];
}

/** The version in a greeting, or in a reply of query-version. */
export function versionIn(value: Json | undefined): string {
  const numbers = isObject(value) ? member(value, 'qemu') : undefined;
  if (!isObject(numbers)) return '';
  return ['major', 'minor', 'micro'].map(part => String(member(numbers, part))).join('.');
}
