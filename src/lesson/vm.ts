// The practice VM of a lesson, brought to where a task begins by doing the steps before it.
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { inFolder } from '../io/lessons.ts';
import { type Practice, startPractice } from '../io/practice.ts';
import type { PracticeSpec } from '../page/model.ts';
import { Session } from '../session/client.ts';
import { act, type Workspace } from './act.ts';
import { type Lesson, stepsBefore, unitStart } from './lesson.ts';

export interface LessonVm {
  readonly practice: Practice;
  /** Where the prompt belongs: the monitor that the steps led to. */
  readonly address: string;
  /** The steps so far have ended the VM; its files are still there. */
  readonly gone: boolean;
  /** What host commands have printed, by the step's index. */
  readonly outputs: ReadonlyMap<number, string>;
  close(): Promise<void>;
}

/** Starts a VM and carries out the steps before task `at`. Rejects with a QmpshError; no VM is left running then. */
export async function startLessonVm(lesson: Lesson, at: number, signal?: AbortSignal): Promise<LessonVm> {
  const vms = await startVms(lesson.practice, signal);
  const [first] = vms;
  const close = async () => {
    for (const vm of [...vms].reverse()) await vm.close();
  };
  const outputs = new Map<number, string>();
  let address = first.address;
  const workspace: Workspace = {
    session: undefined,
    schema: undefined,
    folder: first.folder,
    recording: { rows: [], requests: [] },
    ...(signal ? { signal } : {}),
    connect: async to => {
      await workspace.session?.close();
      address = inFolder(first.folder, to);
      workspace.session = await openSession(address);
      workspace.schema ??= await workspace.session.schema();
    },
  };
  try {
    const steps = stepsBefore(lesson, unitStart(lesson, at));
    if (steps.length > 0) {
      await workspace.connect(address);
      for (const step of steps) {
        signal?.throwIfAborted();
        outputs.set(step.index, await act(step, workspace));
      }
    }
    const gone = workspace.session !== undefined && workspace.session.state !== 'open';
    if (gone) await Promise.all(vms.filter(vm => vm.address === address).map(vm => vm.exited));
    else await workspace.session?.close();
    return { practice: first, address, gone, outputs, close };
  } catch (error) {
    await workspace.session?.close();
    await close();
    throw error;
  }
}

async function startVms(
  { disk, args, second }: PracticeSpec,
  signal: AbortSignal | undefined,
): Promise<readonly [Practice, ...Practice[]]> {
  const common = { ...(disk === undefined ? {} : { disk }), ...(signal ? { signal } : {}) };
  const first = await startPractice({ ...common, ...(args === undefined ? {} : { args }) });
  if (second === undefined) return [first];
  try {
    const incoming = ['-incoming', 'defer'];
    const other = await startPractice({
      ...common,
      beside: first,
      name: second,
      empty: true,
      args: incoming,
    });
    return [first, other];
  } catch (error) {
    await first.close();
    throw error;
  }
}

async function openSession(address: string): Promise<Session> {
  return Session.open(await connect(address), { clock: CLOCK, address });
}
