// A lesson without a screen: lines are run and judged as at the prompt, on a real QEMU; what would be shown is kept.
import { CLOCK } from '../../../src/io/clock.ts';
import { connect } from '../../../src/io/connect.ts';
import { runOnHost } from '../../../src/io/hostrun.ts';
import { inFolder } from '../../../src/io/lessons.ts';
import { problemText } from '../../../src/language/problem.ts';
import { QmpshError } from '../../../src/qmp/errors.ts';
import type { Schema } from '../../../src/schema/model.ts';
import { Session } from '../../../src/session/client.ts';
import { ALL_EVENTS } from '../../../src/shell/filter.ts';
import type { Exit, Host } from '../../../src/shell/host.ts';
import { answerOf, type Lesson, lessonOf } from '../../../src/shell/lesson/lesson.ts';
import { Tutor } from '../../../src/shell/lesson/tutor.ts';
import { startLessonVm } from '../../../src/shell/lesson/vm.ts';
import { toPage } from '../../../src/shell/player/load.ts';
import { runLine } from '../../../src/shell/run.ts';
import { defaultSettings } from '../../../src/shell/settings.ts';
import { plain } from '../../../src/text/line.ts';

export interface Desk {
  readonly tutor: Tutor;
  readonly host: Host;
  readonly lesson: Lesson;
  /** Runs a line as the prompt does, and has it judged; gives what was shown meanwhile. */
  type(line: string): Promise<string>;
  /** What was shown since the last look. */
  shown(): string;
  answer(at?: number): string;
  close(): Promise<void>;
}

export async function readLesson(text: string, name: string): Promise<Lesson> {
  return lessonOf(await toPage(text, name));
}

/** A lesson under way at a task. */
export async function openDesk(lesson: Lesson, at = 0, width = 80): Promise<Desk> {
  const vm = await startLessonVm(lesson, at);
  let rows: string[] = [];
  let schema: Schema | undefined;
  const host: Host = {
    kind: 'prompt',
    settings: defaultSettings(),
    clock: CLOCK,
    session: undefined,
    address: '',
    practice: vm.practice,
    folder: vm.practice.folder,
    filter: ALL_EVENTS,
    mark: 0,
    width,
    get schema() {
      return schema;
    },
    loadSchema: async () => {
      if (host.session?.state === 'open') schema ??= await host.session.schema();
      return schema;
    },
    show: lines => rows.push(...lines.map(plain)),
    note: text => rows.push(text),
    problems: (text, problems, role) =>
      rows.push(...problems.flatMap(problem => problemText(text, problem, { role }).map(plain))),
    failure: (error): Exit => {
      if (!(error instanceof QmpshError)) throw error;
      rows.push(`error  ${error.message}`, ...(error.advice ? [error.advice] : []));
      return error.exit;
    },
    run: text => runLine(text, host),
    echo: () => {},
    reply: reply => {
      if (reply.kind === 'refusal') rows.push(`refused  ${reply.desc}`);
    },
    showEvents: () => {},
    waited: () => {},
    jobOutcome: () => 0,
    history: () => [],
    settingsChanged: async () => {},
    pipe: async () => 0,
    confirm: async () => true,
    foreground: (_what, run) => run(new AbortController().signal),
    connect: async address => {
      await host.session?.close();
      const to = inFolder(host.folder, address);
      host.session = await Session.open(await connect(to), { clock: CLOCK, address: to });
      host.address = to;
      host.mark = host.session.events.end;
    },
    leave: () => {},
  };
  const tutor = new Tutor(host, lesson, vm, at);
  host.tutor = tutor;
  const shown = () => {
    const text = rows.join('\n');
    rows = [];
    return text;
  };
  try {
    await tutor.begin();
  } catch (error) {
    await host.session?.close();
    await tutor.close();
    throw error;
  }
  await host.loadSchema();
  return {
    tutor,
    host,
    lesson,
    shown,
    answer: (which = tutor.at) => {
      const task = lesson.tasks[which];
      return task ? answerOf(task) : '';
    },
    type: async line => {
      shown();
      const status = line.startsWith('$ ')
        ? (await runOnHost(line.slice(2), { folder: host.folder })).status
        : await runLine(line, host);
      await tutor.ran(line, status);
      return shown();
    },
    close: async () => {
      await host.session?.close();
      await tutor.close();
    },
  };
}
