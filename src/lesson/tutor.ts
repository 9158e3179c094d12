// Leads a reader through a lesson at the prompt: shows each task, looks at every line that was run, and says whether
// the task is done. Nothing is kept from the reader: other lines run as ever, and what they break is mended.

import type { Host } from '../line/host.ts';
import type { Tutor } from '../line/tutor.ts';
import type { WordFacts } from '../line/wordfacts.ts';
import { drawn, framed, Picture } from '../play/picture.ts';
import { stateOf, type VmState } from '../play/vmstate.ts';
import { QmpshError } from '../qmp/errors.ts';
import { renderMarkdown } from '../render/page.ts';
import { fitLine, wrapLine } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import { act, comesToHold, hold, limitOf } from './act.ts';
import { damage } from './damage.ts';
import {
  doneLine,
  type How,
  howToGoOn,
  isLessonWord,
  lead,
  outputRows,
  setBack,
  setupLine,
  showTask,
  taskHead,
  verdictLines,
} from './explain.ts';
import { judge, leaves, type Verdict } from './judge.ts';
import { type Lesson, type Passage, type Task, unitStart } from './lesson.ts';
import { outcomeOf } from './outcome.ts';
import { keepProgress } from './shelf.ts';
import { Station } from './station.ts';
import type { LessonVm } from './vm.ts';

export class LessonTutor implements Tutor {
  readonly lesson: Lesson;
  readonly #host: Host;
  readonly #station: Station;
  #at: number;
  #hints = 0;
  /** How the VM stood when the task began. */
  #began: VmState | undefined;
  #advisedAt = -1; // the task at which the ways out were told
  /** The monitor that the task began at. */
  #beganAt = '';
  readonly #graph = new Picture();
  #picture: readonly StyledLine[] = [];
  /** The task as it was shown last, without its picture. */
  #told: readonly StyledLine[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: Host, lesson: Lesson, vm: LessonVm, at: number) {
    this.#host = host;
    this.lesson = lesson;
    this.#station = new Station(host, lesson, vm);
    this.#at = unitStart(lesson, at);
  }

  /** Tasks done; as many as there are when the lesson is through. */
  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.lesson.tasks.length;
  }

  /** The picture that the last step led to; nothing where it changed nothing. */
  get picture(): readonly StyledLine[] {
    return this.#picture;
  }

  /** Takes the prompt to the lesson's VM (unless it is there) and shows where the reader stands, below `above`. */
  async begin(above: readonly StyledLine[] = []): Promise<void> {
    this.#keep();
    await this.#station.enter();
    await this.#present(true, above);
  }

  /** Shows the task once more, with the picture as it is now. */
  repeat(): Promise<void> {
    return this.#inTurn(async () => {
      const state = await stateOf(this.#host.session, limitOf(this.#host.signal));
      const picture = state ? drawn(state.graph, this.#host) : [];
      await this.#host.page([...this.#told, ...framed(picture)]);
    });
  }

  /** A VM that has ended by itself is replaced; gives false then, as the line was typed for the one before. */
  ready(text: string): true | Promise<boolean> {
    if (this.done || isLessonWord(text) || /^\s*\.connect\b/.test(text) || this.#stands()) return true;
    return this.#inTurn(async () => {
      // The line before this one may have ended the VM as the lesson wants it.
      if (this.#stands()) return true;
      await this.#mend(undefined);
      return false;
    }).then(ready => ready ?? true);
  }

  leaves(text: string): ReturnType<Tutor['leaves']> {
    const step = this.lesson.tasks[this.#at]?.step;
    return step && this.#host.address === this.#beganAt ? leaves(text, step, this.#host.schema) : 'all';
  }

  /** Looks at a line that was run, with its exit status. Lines are looked at one after the other. */
  ran(text: string, status: number): Promise<void> {
    return this.#inTurn(() => this.#look(text, status));
  }

  /** Gives one hint more. */
  async hint(): Promise<void> {
    const task = this.#task();
    const { hints } = task.step;
    const hint = hints[this.#hints];
    if (hint === undefined) {
      this.#host.note(
        `There are no more hints${hints.length > 0 ? '' : ' for this step'}; .show shows the line.`,
      );
      return;
    }
    this.#hints += 1;
    const rows = await renderMarkdown(hint, Math.max(20, this.#host.width - 12));
    this.#host.show(lead(`hint ${this.#hints}/${hints.length}`, rows));
  }

  /** Shows the line, and what its pieces mean; `words` are the shell's own. */
  async show(words: readonly WordFacts[]): Promise<void> {
    const task = this.#task();
    this.#host.show(showTask(task, await this.#host.loadSchema(), words, this.#host.width));
  }

  /** Does the step for the reader. */
  skip(): Promise<void> {
    return this.#inTurn(async () => {
      const task = this.#task();
      this.#host.show(wrapLine(setupLine(task.step.text, task.step.kind), this.#host.width, 4));
      let setUp = false;
      try {
        await this.#station.act(task.step);
      } catch (error) {
        // Something that was typed stands in its way: the same on a fresh VM.
        if (!(error instanceof QmpshError) || error.kind === 'interrupted') throw error;
        await this.#rebuild(this.#at + 1);
        setUp = true;
      }
      await this.#advance('skipped', setUp);
    });
  }

  back(): Promise<void> {
    return this.#goTo(this.#at - 1, 'This is the first step; .restart begins it anew.');
  }

  restart(): Promise<void> {
    return this.#goTo(0);
  }

  async close(): Promise<void> {
    await this.#station.close();
  }

  #goTo(at: number, refusal = ''): Promise<void> {
    return this.#inTurn(async () => {
      if (at < 0) {
        this.#host.note(refusal);
        return;
      }
      const start = unitStart(this.lesson, at);
      await this.#rebuild(start);
      this.#at = start;
      this.#keep();
      await this.#present(true);
    });
  }

  /** Whether there is a VM, where the task began with one. */
  #stands(): boolean {
    return this.#began === undefined || this.#host.session?.state === 'open';
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T | undefined> {
    const turn = this.#turn.then(run).catch(error => {
      this.#host.failure(error);
      return undefined;
    });
    this.#turn = turn;
    return turn;
  }

  /** Keeps how far the reader is. Where that cannot be written it is said, and the lesson goes on. */
  #keep(): void {
    try {
      keepProgress(this.lesson, this.#at);
    } catch (error) {
      this.#host.failure(error);
    }
  }

  #task(): Task {
    const task = this.lesson.tasks[this.#at];
    if (task) return task;
    throw new QmpshError('usage', `lesson ${this.lesson.number} is done`, {
      advice: '.learn goes on with the next one, .restart begins this one again.',
    });
  }

  async #look(text: string, status: number): Promise<void> {
    if (this.done || isLessonWord(text)) return;
    const task = this.#task();
    const verdict = judge(text, task.step, this.#host.schema);
    const did = await outcomeOf(text, task.step, status, verdict, {
      host: this.#host,
      // Of a second VM only the connection is known.
      exited:
        this.#host.address === this.#station.vm.practice.address
          ? this.#station.vm.practice.exited
          : Promise.resolve(),
    });
    if (
      verdict.kind === 'right' &&
      did.asMeant &&
      (await comesToHold(task.step.effects, this.#station.workspace()))
    ) {
      await this.#advance(verdict.way === undefined ? 'right' : 'another way to the same end');
      return;
    }
    const [{ effects }, right] = [task.step, verdict.kind === 'right'];
    const mayCount = effects.length > 0 && (right || (did.carriedOut && verdict.kind !== 'mistake'));
    if (mayCount && (await hold(effects, this.#station.workspace()))) {
      await this.#advance(right ? 'that has happened already' : 'another way to the same end');
      return;
    }
    if (right) {
      const why = did.why ?? (did.carriedOut ? 'it has not had its effect' : undefined);
      if (!did.carriedOut && why === undefined) return; // not confirmed, or not understood: the shell has said so
      await this.#mend(`The line is right, but ${why}.`);
      return;
    }
    await this.#correct(text, verdict, status, did.carriedOut);
  }

  async #correct(text: string, verdict: Verdict, status: number, carriedOut: boolean): Promise<void> {
    // What the shell has found wrong with a line it has also said.
    const lines =
      status === 2 && verdict.kind === 'near' ? [] : await verdictLines(verdict, this.#host.width);
    const now = await stateOf(this.#host.session, limitOf(this.#host.signal));
    this.#host.show(lines);
    if (now !== undefined && this.#host.address !== this.#beganAt) {
      // The reader looks around at the other VM: nothing is missing here.
      const back = this.#beganAt.replace(`${this.#station.vm.practice.folder}/`, '');
      this.#host.note(`This step belongs to the other machine: .connect ${back} goes back there.`);
      return;
    }
    const why = damage({ text, verdict, carriedOut }, this.#began, now);
    if (why !== undefined) await this.#mend(now === undefined ? undefined : why);
    else if (this.#advisedAt !== this.#at && (lines.length > 0 || (status !== 0 && status !== 130))) {
      this.#advisedAt = this.#at;
      this.#host.note('.hint gives a hint, .show shows the line.');
    }
  }

  /** Says why (without, the VM has ended), and puts a fresh VM in its place: as the lesson has it at this task. */
  async #mend(why: string | undefined): Promise<void> {
    if (why !== undefined) this.#host.note(why, 'warning');
    const start = unitStart(this.lesson, this.#at);
    if (start !== this.#at) {
      this.#host.note('The recording begins anew, on a fresh VM.');
      await this.#rebuild(start);
      this.#at = start;
      await this.#present(true);
      return;
    }
    await this.#rebuild(this.#at);
    const state = await stateOf(this.#host.session, limitOf(this.#host.signal));
    this.#began = state;
    this.#beganAt = this.#host.address;
    this.#graph.take(state, this.#host.session);
    this.#host.note(setBack(why === undefined));
  }

  async #rebuild(at: number): Promise<void> {
    await this.#station.rebuild(at);
    this.#graph.forget();
  }

  async #advance(how: How, setUp = false): Promise<void> {
    this.#picture = this.#pictureOf(await stateOf(this.#host.session, limitOf(this.#host.signal)));
    this.#at += 1;
    // In one with the next task, so that on a small screen the picture is not gone before it is seen.
    const above = [doneLine(how), ...framed(this.#picture)];
    try {
      await this.#present(setUp, above).catch(async error => {
        // A step of the lesson's own failed. As a fresh VM does without what was typed, it may work there.
        if (setUp || !(error instanceof QmpshError) || error.kind === 'interrupted') throw error;
        this.#host.note(
          'Something typed before stands in the way: the lesson goes on, on a fresh VM.',
          'warning',
        );
        await this.#rebuild(this.#at);
        await this.#present(true, above);
      });
    } catch (error) {
      // Nothing of the next task was shown: words like .hint still mean this one.
      this.#at -= 1;
      throw error;
    }
    this.#keep();
  }

  /**
   * Shows the task below `above`: its prose, what the lesson does by itself, the picture where it is another one. With
   * `setUp` the VM has been through that.
   */
  async #present(setUp: boolean, above: readonly StyledLine[] = []): Promise<void> {
    const { lesson } = this;
    const { width } = this.#host;
    const task = lesson.tasks[this.#at];
    const rows: StyledLine[] = [[], ...(task ? [taskHead(lesson, this.#at, width)] : [])];
    let last: Passage['kind'] | undefined;
    for (const passage of task?.passages ?? lesson.closing) {
      if (last !== undefined && last !== passage.kind) rows.push([]);
      rows.push(...(await this.#pass(passage, setUp)));
      last = passage.kind;
    }
    this.#told = [...rows];
    this.#hints = 0;
    const state = await stateOf(this.#host.session, limitOf(this.#host.signal));
    this.#began = state;
    this.#beganAt = this.#host.address;
    rows.push(...framed(this.#pictureOf(state)));
    if (!task || this.#at === 0) rows.push([], ...howToGoOn(lesson, task !== undefined, width));
    await this.#host.page([...above, ...rows]);
  }

  /** The rows that show a passage. With `done` its step was carried out in this VM before. */
  async #pass(passage: Passage, done: boolean): Promise<readonly StyledLine[]> {
    const { width } = this.#host;
    if (passage.kind === 'prose') return renderMarkdown(passage.text, width);
    const { step } = passage;
    const line = fitLine(setupLine(step.text, step.kind), width);
    const output = done
      ? (this.#station.vm.outputs.get(step.index) ?? '')
      : await act(step, this.#station.workspace());
    return [line, ...outputRows(output)];
  }

  #pictureOf(state: VmState | undefined): readonly StyledLine[] {
    return this.#graph.changed(state, this.#host.session, this.#host);
  }
}
