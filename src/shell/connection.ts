// The VM that the prompt is connected to: welcomed, listened to, learned from, and its end told.
import type { Editor } from '../editor/editor.ts';
import type { Devices } from '../io/devices.ts';
import type { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderEvent } from '../render/event.ts';
import { renderWelcome } from '../render/welcome.ts';
import type { Session } from '../session/client.ts';
import { Facts } from '../session/facts.ts';
import { wrapLine } from '../text/line.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { EventFeed } from './feed.ts';
import { shown } from './filter.ts';
import { JobRows } from './jobrows.ts';
import type { PromptHost } from './prompt.ts';
import { vitals } from './vitals.ts';

const GONE: Span = { text: '(gone) ', role: 'warning' };

export interface ConnectionParts {
  readonly clock: Clock;
  readonly prompt: Span;
  readonly print: (lines: readonly StyledLine[]) => void;
  /** The schema has come: what is typed already means more than before. */
  readonly learned: () => void;
}

export class Connection {
  readonly #editor: Editor;
  readonly #host: PromptHost;
  readonly #parts: ConnectionParts;
  readonly #feed: EventFeed;
  #facts: Facts | undefined;
  #devices: Devices | undefined;
  #jobs: JobRows | undefined;

  constructor(editor: Editor, host: PromptHost, parts: ConnectionParts) {
    this.#editor = editor;
    this.#host = host;
    this.#parts = parts;
    this.#feed = new EventFeed(parts.clock, events => {
      const { width } = host;
      const utcOffsetMinutes = host.utcOffset();
      parts.print(
        events.flatMap(({ event, count }) =>
          wrapLine(renderEvent(event, { width, utcOffsetMinutes, count }), width, 2),
        ),
      );
    });
  }

  get facts(): Facts | undefined {
    return this.#facts;
  }

  get devices(): Devices | undefined {
    return this.#devices;
  }

  get jobs(): JobRows | undefined {
    return this.#jobs;
  }

  /** A new connection: its events and notices are shown, its facts are learned, its end is told. */
  join(session: Session): void {
    const facts = new Facts(request => session.send(request).reply);
    this.#facts = facts;
    this.#devices = undefined;
    void this.#learnDevices(session);
    this.#jobs?.close();
    this.#jobs = new JobRows(
      this.#parts.clock,
      session,
      () => this.#host.width,
      rows => this.#editor.setStatus(rows),
    );
    this.#editor.setPrompt(this.#parts.prompt);
    session.onNotice(text => this.#host.note(text, 'warning'));
    session.onReply(({ name }) => facts.onCommand(name));
    session.onEvent(event => {
      facts.onEvent(event);
      if (shown(this.#host.filter, event)) this.#feed.take(event);
    });
    void this.#welcome(session);
    void session.ended.then(({ error, expected }) => this.#ended(session, expected, error));
  }

  /** There is no VM (any more). */
  gone(): void {
    this.#editor.setPrompt(GONE);
  }

  /** Shows nothing from now on. The session is the host's, who closes it. */
  close(): void {
    this.#feed.close();
    this.#jobs?.close();
  }

  /** Loads what starts programs; that takes milliseconds, so not before the prompt stands. */
  async #learnDevices(session: Session): Promise<void> {
    const { greeting } = session;
    const { address, practice } = this.#host;
    if (!greeting) return;
    const { Devices, programOf } = await import('../io/devices.ts');
    if (this.#host.session === session)
      this.#devices = new Devices(greeting, () => programOf(address, practice?.pid, greeting));
  }

  async #welcome(session: Session): Promise<void> {
    try {
      // A lesson has its own first words.
      const { tutor, practice, owned } = this.#host;
      if (session.greeting && !tutor)
        this.#parts.print([renderWelcome(await vitals(session), this.#host.width)]);
      if (owned && !tutor && session === this.#host.session) {
        this.#host.note(owned.note);
        if (practice?.address === this.#host.address)
          this.#host.note('New to this? .learn begins the lessons.');
      }
      await this.#host.loadSchema();
      this.#parts.learned();
    } catch (error) {
      if (this.#host.session === session) this.#host.failure(error);
    }
  }

  #ended(session: Session, expected: boolean, error: QmpshError | undefined): void {
    if (this.#host.session !== session) return;
    this.#host.session = undefined;
    this.#facts = undefined;
    this.#devices = undefined;
    this.#jobs?.close();
    this.#jobs = undefined;
    if (error && !expected) this.#host.failure(error);
    else if (this.#host.tutor && !this.#host.parting) this.#host.note('QEMU has ended.');
    else if (!this.#host.parting)
      this.#host.note('QEMU has ended. .connect ADDRESS connects to another, Ctrl-D leaves.');
    this.gone();
  }
}
