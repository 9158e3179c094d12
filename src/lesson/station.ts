// Keeps the prompt on the VM of the lesson under way, does steps there, and replaces that VM by a fresh one.
import type { Host } from '../line/host.ts';
import type { Step } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import { act, type Workspace } from './act.ts';
import { outputRows } from './explain.ts';
import { type Lesson, records } from './lesson.ts';
import { type LessonVm, startLessonVm } from './vm.ts';

export class Station {
  readonly #host: Host;
  readonly #lesson: Lesson;
  #vm: LessonVm;

  constructor(host: Host, lesson: Lesson, vm: LessonVm) {
    this.#host = host;
    this.#lesson = lesson;
    this.#vm = vm;
  }

  get vm(): LessonVm {
    return this.#vm;
  }

  /** Moves the prompt to the lesson's VM, unless it is there. */
  async enter(): Promise<void> {
    const host = this.#host;
    host.practice = this.#vm.practice;
    host.folder = this.#vm.practice.folder;
    if (this.#vm.gone) await host.session?.close();
    else if (host.address !== this.#vm.address || host.session?.state !== 'open')
      await host.connect(this.#vm.address);
  }

  /** A fresh VM, brought to where task `at` begins, in the place of the one there was. */
  async rebuild(at: number): Promise<void> {
    this.#forgetRecording();
    const next = await this.#host.foreground('a fresh VM', signal => startLessonVm(this.#lesson, at, signal));
    const before = this.#vm;
    this.#vm = next;
    await this.enter();
    await before.close();
  }

  /**
   * Does a step for the reader, and shows what it gave as if it had been typed. Rejects with a QmpshError when it does
   * not go as the page says; nothing is shown then.
   */
  async act(step: Step): Promise<void> {
    // A word may ask, or show a page at a time: it wants the keys for itself.
    if (step.kind === 'word' && !step.text.startsWith('.connect')) {
      const status = await this.#host.run(step.text);
      if (status !== 0) throw new QmpshError('refused', `${step.text} did not work`);
      return;
    }
    const replies: Parameters<NonNullable<Workspace['replied']>>[] = [];
    const replied = (...reply: (typeof replies)[number]) => void replies.push(reply);
    const output = await this.#host.foreground('the step', signal =>
      act(step, { ...this.workspace(), signal, replied }),
    );
    if (step.text === 'quit') await this.#vm.practice.exited;
    this.#host.show(outputRows(output));
    for (const [reply, request, pipe] of replies)
      if (pipe !== undefined && reply.kind === 'success') await this.#host.pipe(pipe, reply.value);
      else await this.#host.reply(reply, request);
  }

  /** Where steps act, and where their effects are looked for. */
  workspace(): Workspace {
    const host = this.#host;
    return {
      session: host.session,
      schema: host.schema,
      folder: this.#vm.practice.folder,
      connect: address => host.connect(address),
    };
  }

  async close(): Promise<void> {
    await this.#vm.close();
  }

  /** A recording that belongs to the lesson begins anew with its step. */
  #forgetRecording(): void {
    if (!this.#host.recorder || !records(this.#lesson)) return;
    this.#host.recorder.close();
    this.#host.recorder = undefined;
  }
}
