// The connection of the prompt: shows the welcome line, listens to events, learns names, and tells when it ends.
import type { Editor } from '../editor/editor.ts';
import { findJournals } from '../io/journals.ts';
import type { Connecting } from '../line/connection.ts';
import { shown } from '../line/filter.ts';
import { watchHalts } from '../line/halts.ts';
import { Known } from '../line/known.ts';
import { limits } from '../line/send.ts';
import { Silence } from '../line/silence.ts';
import { watchFailures } from '../play/failures.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderEvent } from '../render/event.ts';
import { renderWelcome } from '../render/welcome.ts';
import type { Session } from '../session/client.ts';
import type { Ending } from '../session/options.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { EventFeed } from './feed.ts';
import { JobEnds } from './jobends.ts';
import { JobRows } from './jobrows.ts';
import type { Mark } from './mark.ts';
import type { PromptHost } from './prompt.ts';
import { comesBackWithin, mayComeBack, Reconnect, toldEnd } from './reconnect.ts';
import { welcomeFacts } from './welcomefacts.ts';

interface ConnectionParts {
  readonly clock: Clock;
  readonly mark: Mark;
  /** The terminal shows no rows below the line. */
  readonly plain: boolean;
  /** The VM's process, where it is our child. */
  readonly child: number | undefined;
  /** A VM of the shell's own was welcomed. */
  readonly owned: (session: Session) => void;
  readonly print: (lines: readonly StyledLine[]) => void;
  readonly connect: Connecting;
  /** Resolves when no page plays. */
  readonly idle: () => Promise<void>;
  /** What Ctrl-C does now to what was sent at a time, if anything. */
  readonly stopOf: (since: number) => string | undefined;
  /** The next Ctrl-C. */
  readonly signal: () => AbortSignal;
  /** The schema has come: what is typed already means more than before. */
  readonly learned: () => void;
}

/** Cells of an event's row, at least, behind a name. */
const LEAST = 20;

export class Connection {
  readonly #editor: Editor;
  readonly #host: PromptHost;
  readonly #parts: ConnectionParts;
  readonly #feeds = new Set<EventFeed>();
  readonly #watched = new WeakSet<Session>();
  readonly reconnect: Reconnect;
  #known: Known | undefined;
  #jobs: JobRows | undefined;
  #ends: JobEnds | undefined;
  #jobRows: readonly StyledLine[] = [];
  #silence: Silence | undefined;
  /** No VM was welcomed yet. */
  #isFirst = true;
  #process: (() => number | undefined) | undefined;

  constructor(editor: Editor, host: PromptHost, parts: ConnectionParts) {
    this.#editor = editor;
    this.#host = host;
    this.#parts = parts;
    this.reconnect = new Reconnect({
      ...{ clock: parts.clock, idle: parts.idle, signal: parts.signal },
      connect: (address, signal) => parts.connect(address, signal, { unattended: true }),
      wanted: () => host.settings.reconnect,
      back: (session, after) => {
        host.note(`connected again after ${duration(after / 1000)}; events in between were not seen`, 'ok');
        void host.join(session);
      },
      gaveUp: (sentence, advice) => {
        host.note(sentence, 'warning');
        host.note(advice);
      },
      changed: () => this.#showStatus(),
    });
  }

  get known(): Known | undefined {
    return this.#known;
  }

  get jobs(): JobRows | undefined {
    return this.#jobs;
  }

  /** Whether the end of the latest job of that id has a row. */
  tells(id: string): boolean {
    return this.#ends?.tells(id) === true;
  }

  /**
   * A new connection: its events and notices are shown, its facts are learned, its end is told. Resolves when it was
   * welcomed.
   */
  join(session: Session): Promise<void> {
    const { address } = this.#host;
    this.#known = new Known(session, this.#parts.clock, address);
    this.#jobs?.close();
    this.#silence?.close();
    this.#jobs = new JobRows(
      this.#parts.clock,
      session,
      () => this.#host.width,
      rows => {
        this.#jobRows = rows;
        this.#showStatus();
      },
    );
    this.#silence = new Silence({
      clock: this.#parts.clock,
      session,
      stopped: () => this.#stopped(),
      why: async () => (await import('../io/silence.ts')).whyUnanswered(session, address),
      way: () => {
        const [stop] = session.pending.flatMap(({ since }) => this.#parts.stopOf(since) ?? []);
        return stop === undefined ? 'Ctrl-D leaves' : `Ctrl-C ${stop}, then Ctrl-D leaves`;
      },
      changed: () => this.#showStatus(),
    });
    this.#process = undefined;
    this.#parts.mark.joined();
    this.#ends = this.#tellEnds(session);
    this.#watch(session);
    return this.#welcome(session);
  }

  /** Listens to a session, once; where the prompt is at another one, its rows have its name. */
  #watch(session: Session): void {
    if (this.#watched.has(session)) return;
    this.#watched.add(session);
    const label = () => this.#host.monitors.labelOf(session);
    const isHere = () => this.#host.session === session;
    const feed = this.#feedOf(label);
    session.onNotice(text => this.#host.note(label() + text, 'warning'));
    watchHalts(session, (sentence, advice) => {
      if (!isHere() && label() === '') return;
      this.#host.note(label() + sentence, 'warning');
      this.#host.note(advice);
    });
    watchFailures(session, this.#host, (text, id) => {
      if (isHere()) this.#ends?.explain(id, text);
    });
    session.onEvent(event => {
      // (Rows tell of the jobs of the VM that the prompt is at.)
      if (shown(this.#host.filter, event, !this.#parts.plain && isHere())) feed.take(event);
    });
    void session.ended.then(ending => {
      feed.close();
      this.#ended(session, ending);
    });
  }

  #feedOf(label: () => string): EventFeed {
    const feed = new EventFeed(this.#parts.clock, events => {
      const utcOffsetMinutes = this.#host.utcOffset();
      const name = label();
      const width = Math.max(LEAST, this.#host.width - name.length);
      const rows = events.flatMap(({ event, count }) =>
        renderEvent(event, { width, utcOffsetMinutes, count }),
      );
      this.#parts.print(name === '' ? rows : rows.map(row => [span(name, 'key'), ...row]));
    });
    this.#feeds.add(feed);
    return feed;
  }

  /** A job that has ended gets a row, unless the events shown say the same. */
  #tellEnds(session: Session): JobEnds {
    this.#ends?.close();
    const { clock, print } = this.#parts;
    return new JobEnds({
      ...{ clock, session, note: text => this.#host.note(text) },
      wanted: (event, failed) => {
        const { filter } = this.#host;
        // Why a job of another kind than BLOCK_JOB_* failed, no event says.
        const says = event.name !== 'JOB_STATUS_CHANGE' || !failed;
        return !['off', 'alarms'].includes(filter.base) && !(says && shown(filter, event));
      },
      print: row => print(wrapLine(row, this.#host.width, 2)),
    });
  }

  /** There is no VM (any more). */
  gone(): void {
    this.#parts.mark.show();
  }

  /** Shows nothing from now on. The session is the host's, who closes it. */
  close(): void {
    for (const feed of this.#feeds) feed.close();
    this.reconnect.stop();
    this.#ends?.close();
    this.#jobs?.close();
    this.#silence?.close();
  }

  /** What is to be said while QEMU does not answer. */
  silence(): readonly StyledLine[] {
    return this.#silence?.rows(this.#host.width) ?? [];
  }

  #showStatus(): void {
    this.#editor.setStatus([...this.silence(), ...this.reconnect.rows(this.#host.width), ...this.#jobRows]);
  }

  /** The VM's process where somebody has stopped it. Looked for when it has not answered, and not before. */
  async #stopped(): Promise<number | undefined> {
    const { address, practice } = this.#host;
    const { stoppedProcess } = await import('../io/stopped.ts');
    const pid = practice?.address === address ? practice.pid : this.#parts.child;
    this.#process ??= stoppedProcess(address, pid);
    return this.#process();
  }

  /** A page that was broken off on this VM, for the shell that played it has died. */
  async #tellUnfinished(): Promise<void> {
    const journals = findJournals();
    if (journals.length === 0) return; // as almost always: what reads them is not loaded for nothing
    const { stepsBegun, unfinishedAt } = await import('../play/journal.ts');
    for (const play of unfinishedAt(this.#host.address, journals))
      this.#host.note(
        `A page was broken off here after ${stepsBegun(play)}: ${safe(play.title)} (${safe(play.page)}). .unfinished tells what it did, and undoes, finishes or forgets it.`,
        'warning',
      );
  }

  async #welcome(session: Session): Promise<void> {
    try {
      // A lesson has its own first words.
      const { practice, owned } = this.#host;
      const { tutor } = this.#host.typist;
      if ((session.greeting || session.isAgent) && !tutor)
        this.#parts.print([
          renderWelcome(
            { ...(await welcomeFacts(session, limits(this.#host))), plain: this.#parts.plain },
            this.#host.width,
          ),
        ]);
      if (session.greeting && !owned && !tutor) await this.#tellUnfinished();
      if (owned && !tutor && session === this.#host.session) {
        this.#host.note(owned.note);
        this.#parts.owned(session);
        // (Who comes back from a lesson is not.)
        if (practice?.address === this.#host.address && this.#isFirst)
          this.#host.note('New to this? .learn begins the lessons.');
        this.#isFirst = false;
      }
    } catch (error) {
      if (this.#host.session === session) this.#host.failure(error);
      return;
    }
    void this.#learn(session);
  }

  /** The schema is asked for behind the prompt; a line that needs it asks again. */
  async #learn(session: Session): Promise<void> {
    try {
      await session.schema();
      if (this.#host.session !== session) return;
      await this.#host.loadSchema();
      this.#parts.learned();
    } catch (error) {
      const none = error instanceof QmpshError && error.kind === 'refused';
      if (this.#host.session === session && !none) this.#host.failure(error);
    }
  }

  #ended(session: Session, ending: Ending): void {
    const { error, expected } = ending;
    if (this.#host.session !== session) {
      const name = this.#host.monitors.nameOf(session);
      if (name !== undefined && !ending.expected && !this.#host.parting)
        this.#host.note(`${name}: ${error?.message ?? 'QEMU has ended'}`, 'warning');
      return;
    }
    this.#host.session = undefined;
    this.#known = undefined;
    this.#jobs?.close();
    this.#jobs = undefined;
    this.#ends?.close();
    this.#ends = undefined;
    this.#silence?.close();
    this.#silence = undefined;
    this.#showStatus();
    const { tutor } = this.#host.typist;
    if (error && !expected) {
      this.#host.failure(error);
      if (tutor && !tutor.done)
        this.#host.note('The lesson puts a fresh VM in its place, at your next line at the latest.');
      this.#comesBack(session, ending);
    } else if (tutor && !this.#host.parting) this.#host.note('QEMU has ended.');
    else if (!this.#host.parting) {
      const fresh = this.#host.practice
        ? '.practice begins a fresh one'
        : '.connect ADDRESS connects to another';
      this.#host.note(`QEMU has ended. ${fresh}, Ctrl-D leaves.`);
    }
    this.gone();
  }

  /** After a loss: connects again by itself where that makes sense, and says what it does. */
  #comesBack(session: Session, ending: Ending): void {
    const { address, owned, settings, typist } = this.#host;
    const may = mayComeBack(ending, {
      address,
      owned: owned !== undefined,
      lesson: typist.tutor?.done === false,
    });
    if (!may.again) {
      if (may.why !== undefined) this.#host.note(may.why);
      return;
    }
    if (!settings.reconnect) {
      this.#host.note('.connect connects again (.set reconnect on: by itself).');
      return;
    }
    const told = toldEnd(session);
    if (told !== undefined)
      this.#host.note(`QEMU has told its end (${told}): it is waited for, ${comesBackWithin} at most.`);
    if (this.#parts.plain) this.#host.note('Connecting again by itself; Ctrl-C stops that.');
    this.reconnect.begin(address, told !== undefined);
  }
}
