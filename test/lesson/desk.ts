// A lesson without a screen: lines are run and judged as at the prompt, on a real QEMU; what would be shown is kept.
import { CLOCK } from '../../src/io/clock.ts';
import { connect } from '../../src/io/connect.ts';
import { runOnHost } from '../../src/io/hostrun.ts';
import { inFolder } from '../../src/io/lessons.ts';
import { problemText } from '../../src/language/problem.ts';
import { answerOf, type Lesson, lessonOf } from '../../src/lesson/lesson.ts';
import { LessonTutor } from '../../src/lesson/tutor.ts';
import { startLessonVm } from '../../src/lesson/vm.ts';
import type { Exit } from '../../src/line/exit.ts';
import { ALL_EVENTS } from '../../src/line/filter.ts';
import type { Host } from '../../src/line/host.ts';
import type { Typist } from '../../src/line/person.ts';
import { runLine } from '../../src/line/run.ts';
import { defaultSettings } from '../../src/line/settings.ts';
import { toPage } from '../../src/play/load.ts';
import { QmpshError } from '../../src/qmp/errors.ts';
import type { Schema } from '../../src/schema/model.ts';
import { Session } from '../../src/session/client.ts';
import { stringifyJson } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { runWord } from '../../src/words/words.ts';

export interface Desk {
  readonly tutor: LessonTutor;
  readonly host: Host;
  readonly lesson: Lesson;
  /** What the reader answers to yes-or-no questions. */
  agrees: boolean;
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
  const typist: Typist = {
    dialogue: {
      key: async (_question, keys) => keys.at(-1),
      line: async () => undefined,
      form: async () => undefined,
      edit: async text => text,
    },
    confirm: async () => desk.agrees,
    history: () => [],
    keepSettings: async () => {},
    closing: () => {},
    editLine: async () => {},
    setLine: () => {},
  };
  const host: Host = {
    allowShell: true,
    last: null,
    names: new Map(),
    utcOffset: () => 0,
    typist,
    person: typist,
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
    page: async lines => void rows.push(...lines.map(plain)),
    note: text => rows.push(text),
    problems: (text, problems, role) =>
      rows.push(...problems.flatMap(problem => problemText(text, problem, { role }).map(plain))),
    failure: (error): Exit => {
      if (!(error instanceof QmpshError)) throw error;
      rows.push(`error  ${error.message}`, ...(error.advice ? [error.advice] : []));
      return error.exit;
    },
    run: text => runLine(text, host),
    runWord: (line, text, row) => runWord(line, text, host, row),
    open: async () => {
      throw new Error('no second connection');
    },
    echo: () => {},
    reply: async reply => {
      rows.push(reply.kind === 'refusal' ? `refused  ${reply.desc}` : stringifyJson(reply.value));
    },
    showEvents: () => {},
    waited: () => {},
    jobOutcome: () => 0,
    pipe: async command => {
      rows.push(`piped to ${command.trim()}`);
      return 0;
    },
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
  const tutor = new LessonTutor(host, lesson, vm, at);
  typist.tutor = tutor;
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
  const desk: Desk = {
    tutor,
    agrees: true,
    host,
    lesson,
    shown,
    answer: (which = tutor.at) => {
      const task = lesson.tasks[which];
      return task ? answerOf(task) : '';
    },
    type: async line => {
      shown();
      if ((await tutor.ready(line)) === false) return shown();
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
  return desk;
}
