// Leads a reader through a lesson at the prompt: shows each task, looks at every line that was run, and says whether
// the task is done. Nothing is kept from the reader: other lines run as ever, and what they break is mended.
import { QmpshError } from '../../qmp/errors.ts';
import type { BlockGraph } from '../../render/graph.ts';
import { renderMarkdown } from '../../render/page.ts';
import { renderGraph } from '../../render/picture.ts';
import type { Session } from '../../session/client.ts';
import { fitLine, span, wrapLine } from '../../text/line.ts';
import { safe } from '../../text/safe.ts';
import type { StyledLine } from '../../text/style.ts';
import type { Host } from '../host.ts';
import type { Word } from '../word.ts';
import { act, comesToHold, hold, type Place } from './act.ts';
import { lead, setupLine, showTask, taskHead, verdictLines } from './explain.ts';
import { judge, type Verdict } from './judge.ts';
import { type Lesson, type Passage, records, type Task, unitStart } from './lesson.ts';
import { outcomeOf } from './outcome.ts';
import { keepProgress } from './shelf.ts';
import { looksOther, missing, stateOf, type VmState } from './state.ts';
import { type LessonVm, startLessonVm } from './vm.ts';

/** The words that belong to a lesson; they are never a line that is judged. */
export const OWN_WORDS = ['.hint', '.show', '.skip', '.back', '.restart', '.learn'];

const FIRST_WORDS =
  'Type the line. .hint helps, .show shows it, .skip does it, .learn repeats the task; anything else may be typed in between.';
export class Tutor {
  readonly lesson: Lesson;
  readonly #host: Host;
  #vm: LessonVm;
  #at: number;
  #hints = 0;
  /** How the VM stood when the task began. */
  #began: VmState | undefined;
  /** The monitor that the task began at. */
  #beganAt = '';
  /** The graph that was drawn last. */
  #drawn: BlockGraph | undefined;
  #drawnOf: Session | undefined;
  #picture: readonly StyledLine[] = [];
  /** The task as it was shown last, without its picture. */
  #told: readonly StyledLine[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: Host, lesson: Lesson, vm: LessonVm, at: number) {
    this.#host = host;
    this.lesson = lesson;
    this.#vm = vm;
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
    await this.#enter();
    await this.#present({ setUp: true, above });
  }

  /** Shows the task once more, with the picture as it is now. */
  repeat(): Promise<void> {
    return this.#inTurn(async () => {
      const state = await stateOf(this.#host.session);
      const picture = state ? renderGraph(state.graph, { width: this.#host.width - 2 }) : [];
      await this.#page([...this.#told, ...framed(picture)]);
    });
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
  async show(words: readonly Word[]): Promise<void> {
    const task = this.#task();
    this.#host.show(showTask(task, await this.#host.loadSchema(), words, this.#host.width));
  }

  /** Does the step for the reader. */
  skip(): Promise<void> {
    return this.#inTurn(async () => {
      const task = this.#task();
      this.#host.show(wrapLine(setupLine(task.step.text, task.step.kind), this.#host.width, 4));
      try {
        await this.#act(task);
      } catch (error) {
        // Something that was typed stands in its way: the same on a fresh VM.
        if (!(error instanceof QmpshError) || error.kind === 'interrupted') throw error;
        await this.#rebuild(this.#at + 1);
      }
      await this.#advance('skipped');
    });
  }

  back(): Promise<void> {
    return this.#goTo(this.#at - 1, 'This is the first step; .restart begins it anew.');
  }

  restart(): Promise<void> {
    return this.#goTo(0);
  }

  async close(): Promise<void> {
    await this.#vm.close();
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
      await this.#present({ setUp: true });
    });
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(run).catch(error => {
      this.#host.failure(error);
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
    const word = /^\s*(\.[\w-]+)/.exec(text)?.[1];
    if (this.done || (word !== undefined && OWN_WORDS.includes(word))) return;
    const task = this.#task();
    const verdict = judge(text, task.step, this.#host.schema);
    const did = await outcomeOf(text, task.step, status, verdict, {
      host: this.#host,
      // Of a second VM only the connection is known.
      exited: this.#host.address === this.#vm.practice.address ? this.#vm.practice.exited : Promise.resolve(),
    });
    if (verdict.kind === 'right' && did.asMeant && (await comesToHold(task.step.effects, this.#yard))) {
      await this.#advance('right');
      return;
    }
    const { effects } = task.step;
    if (verdict.kind === 'right' && effects.length > 0 && (await hold(effects, this.#yard))) {
      await this.#advance('that has happened already');
      return;
    }
    if (verdict.kind === 'right') {
      const why = did.why ?? (did.carriedOut ? 'it has not had its effect' : undefined);
      if (!did.carriedOut && why === undefined) return; // not confirmed, or not understood: the shell has said so
      await this.#mend(`The line is right, but ${why}.`);
      return;
    }
    const mayCount = verdict.kind !== 'mistake' && effects.length > 0;
    if (did.carriedOut && mayCount && (await hold(task.step.effects, this.#yard))) {
      await this.#advance('another way to the same end');
      return;
    }
    await this.#correct(text, verdict, status, did.carriedOut);
  }

  /** Where effects are looked for. */
  get #yard(): Pick<Place, 'session' | 'folder'> {
    return { session: this.#host.session, folder: this.#vm.practice.folder };
  }

  async #correct(text: string, verdict: Verdict, status: number, carriedOut: boolean): Promise<void> {
    const { width } = this.#host;
    // What the shell has found wrong with a line it has also said.
    const said = status === 2 && verdict.kind === 'near';
    const lines = said ? [] : await verdictLines(verdict, width);
    this.#host.show(lines);
    const isQuery = /^\s*(\(QEMU\)\s+)?(query-|\.|\$|help\b|\?)/.test(text);
    const now = await stateOf(this.#host.session);
    if (now !== undefined && this.#host.address !== this.#beganAt) {
      // The reader looks around at the other VM: nothing is missing here.
      const back = this.#beganAt.replace(`${this.#vm.practice.folder}/`, '');
      this.#host.note(`This step belongs to the other machine: .connect ${back} goes back there.`);
      return;
    }
    const lost = this.#began === undefined ? undefined : missing(this.#began, now);
    // A page that was played, and failed, may have left something.
    const played = verdict.kind === 'mistake' && /^\s*\./.test(text);
    const left = played && now !== undefined && looksOther(this.#began?.graph, now.graph);
    if (lost !== undefined) await this.#mend(`The lesson cannot go on like this: ${lost}.`);
    else if ((carriedOut && !isQuery && verdict.kind !== 'other') || left)
      await this.#mend('QEMU has done what you typed.');
    else if (lines.length > 0 || (status !== 0 && !isQuery))
      this.#host.note('.hint gives a hint, .show shows the line.');
  }

  /** Says why, and sets the VM back to where the task began. */
  async #mend(why: string): Promise<void> {
    this.#host.note(why, 'warning');
    const start = unitStart(this.lesson, this.#at);
    if (start !== this.#at) {
      this.#host.note('The recording begins anew, on a fresh VM.');
      await this.#rebuild(start);
      this.#at = start;
      await this.#present({ setUp: true });
      return;
    }
    await this.#rebuild(this.#at);
    const state = await stateOf(this.#host.session);
    this.#began = state;
    this.#beganAt = this.#host.address;
    this.#drawn = state?.graph;
    this.#drawnOf = this.#host.session;
    this.#host.note('The VM is set back to where this step began; try again. .hint gives a hint.');
  }

  async #rebuild(at: number): Promise<void> {
    this.#forgetRecording();
    const next = await this.#host.foreground('a fresh VM', signal => startLessonVm(this.lesson, at, signal));
    const before = this.#vm;
    this.#vm = next;
    this.#drawn = undefined;
    await this.#enter();
    await before.close();
  }

  /** A recording that belongs to the lesson begins anew with its step. */
  #forgetRecording(): void {
    if (!this.#host.recorder || !records(this.lesson)) return;
    this.#host.recorder.close();
    this.#host.recorder = undefined;
  }

  /** Moves the prompt to the lesson's VM. */
  async #enter(): Promise<void> {
    const host = this.#host;
    host.practice = this.#vm.practice;
    host.folder = this.#vm.practice.folder;
    if (this.#vm.gone) await host.session?.close();
    else if (host.address !== this.#vm.address || host.session?.state !== 'open')
      await host.connect(this.#vm.address);
  }

  async #advance(how: How): Promise<void> {
    const said = span(how === 'right' ? 'Right.' : `${how[0]?.toUpperCase()}${how.slice(1)}.`, 'ok');
    this.#picture = this.#pictureOf(await stateOf(this.#host.session));
    this.#at += 1;
    this.#keep();
    // In one with the next task, so that on a small screen the picture is not gone before it is seen.
    await this.#present({ setUp: false, above: [[said], ...framed(this.#picture)] });
  }

  /** Shows the task: its prose, what the lesson does by itself, the picture where it is another one. */
  async #present({ setUp, above = [] }: Presenting): Promise<void> {
    const { lesson } = this;
    const { width } = this.#host;
    this.#hints = 0;
    const task = lesson.tasks[this.#at];
    const rows: StyledLine[] = [[], ...(task ? [taskHead(lesson, this.#at, width)] : [])];
    let last: Passage['kind'] | undefined;
    for (const passage of task?.passages ?? lesson.closing) {
      if (last !== undefined && last !== passage.kind) rows.push([]);
      rows.push(...(await this.#pass(passage, setUp)));
      last = passage.kind;
    }
    this.#told = [...rows];
    const state = await stateOf(this.#host.session);
    this.#began = state;
    this.#beganAt = this.#host.address;
    rows.push(...framed(this.#pictureOf(state)));
    const words = task ? FIRST_WORDS : `Lesson ${lesson.number} is done. .learn goes on, Ctrl-D leaves.`;
    if (!task || this.#at === 0) rows.push([], ...wrapLine([span(words, task ? 'dim' : 'ok')], width));
    await this.#page([...above, ...rows]);
  }

  async #page(rows: readonly StyledLine[]): Promise<void> {
    await (this.#host.page?.(rows) ?? this.#host.show(rows));
  }

  /** What is shown of a passage. `done`: the VM has been through it already. */
  async #pass(passage: Passage, done: boolean): Promise<readonly StyledLine[]> {
    const { width } = this.#host;
    if (passage.kind === 'prose') return renderMarkdown(passage.text, width);
    const { step } = passage;
    const line = fitLine(setupLine(step.text, step.kind), width);
    const output = done ? (this.#vm.outputs.get(step.index) ?? '') : await act(step, this.#place());
    return [line, ...outputRows(output)];
  }

  async #act(task: Task): Promise<void> {
    // A word may ask, or show a page at a time: it wants the keys for itself.
    if (task.step.kind === 'word' && !task.step.text.startsWith('.connect')) {
      const status = await this.#host.run(task.step.text);
      if (status !== 0) throw new QmpshError('refused', `${task.step.text} did not work`);
      return;
    }
    const output = await this.#host.foreground('the step', signal =>
      act(task.step, { ...this.#place(), signal }),
    );
    if (task.step.text === 'quit') await this.#vm.practice.exited;
    this.#host.show(outputRows(output));
  }

  #place(): Place {
    const host = this.#host;
    return {
      session: host.session,
      schema: host.schema,
      folder: host.folder,
      connect: address => host.connect(address),
    };
  }

  /** The block graph where it is another one than was drawn last. */
  #pictureOf(state: VmState | undefined): readonly StyledLine[] {
    if (!state || !looksOther(this.#drawn, state.graph)) return [];
    // Of another monitor's graph nothing is new, and nothing is gone.
    const before = this.#drawnOf === this.#host.session ? this.#drawn : undefined;
    this.#drawn = state.graph;
    this.#drawnOf = this.#host.session;
    const rows = renderGraph(state.graph, { width: this.#host.width - 2, ...(before ? { before } : {}) });
    return rows;
  }
}

/** A picture as it stands among text. */
function framed(rows: readonly StyledLine[]): readonly StyledLine[] {
  if (rows.length === 0) return [];
  return [[], ...rows.map((row): StyledLine => (row.length === 0 ? row : [span('  '), ...row]))];
}

/** What a host command printed. */
function outputRows(output: string): readonly StyledLine[] {
  const text = output.trimEnd();
  return text === '' ? [] : text.split('\n').map(row => [span(safe(row))]);
}

interface Presenting {
  /** The VM has been through what the lesson does by itself. */
  readonly setUp: boolean;
  /** What stands above the task. */
  readonly above?: readonly StyledLine[];
}

/** Why a step counts as done. */
type How = 'right' | 'skipped' | 'another way to the same end' | 'that has happened already';
