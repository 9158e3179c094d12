// Records what is done at the prompt as a page, piece by piece as it happens.
import { print } from '../language/print.ts';
import { type Happening, type RecordOptions, recordingHead, recordingOf } from '../page/record.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { MASK, maskSecrets, mayHoldSecret } from '../schema/notes.ts';
import type { Session } from '../session/client.ts';
import { isObject, type Json } from '../text/json.ts';

export interface RecorderParts {
  /** Where the pieces go, each in one write, so that a crash leaves whole ones. */
  readonly append: (text: string) => void;
  readonly title: string;
  readonly options: RecordOptions;
}

/** Events a user waits for that are not a job's, with the commands that bring them. */
const AWAITED: readonly (readonly [event: string, after: RegExp, key: string, value?: RegExp])[] = [
  ['DEVICE_DELETED', /^device_del$/, 'device'],
  ['BLOCK_EXPORT_DELETED', /^block-export-del$/, 'id'],
  ['MIGRATION', /^migrate(-continue)?$/, 'status', /^(pre-switchover|completed|failed|cancelled)$/],
];

export class Recorder {
  readonly #parts: RecorderParts;
  /** The requests, secrets masked: names in them are offered as parameters. */
  readonly requests: Json[] = [];
  #steps = 0;
  #last = '';
  #unlisten = () => {};
  readonly #waits = new Set<string>();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    parts.append(recordingHead(parts.title, parts.options));
  }

  /** How many steps it holds. */
  get steps(): number {
    return this.#steps;
  }

  /** Listens to a connection: events that came before the next line become waits. */
  follow(session: Session): void {
    this.#unlisten();
    const start = session.events.end;
    this.#unlisten = session.onEvent((event, position) => {
      if (position >= start) this.#event(event, session);
    });
  }

  /** A request typed as `text`, and what came. */
  sent(text: string, message: Json, request: Request | undefined, reply: Reply): void {
    const { line, shown, masked } = disguise(text, message, request);
    this.#flush();
    if (reply.kind === 'refusal') {
      this.#failed(line, `${reply.class}: ${reply.desc}`);
      return;
    }
    const { id: _, ...raw } = reply.raw;
    if (masked)
      this.#write({
        kind: 'failed',
        text: 'a secret',
        why: 'is masked in the next line: write it, or a name for it, in place of the stars',
      });
    this.#last = request?.execute ?? '';
    this.#write({ kind: 'line', text: line, request: shown, reply: raw });
    if (isObject(shown)) this.requests.push(shown);
    this.#steps += 1;
  }

  /** A line for the shell itself that a replay needs: `.wait`, `.let`, a page. */
  word(text: string): void {
    this.#flush();
    this.#write({ kind: 'line', text: mayHoldSecret(text) ? `# ${MASK}` : text });
    this.#steps += 1;
  }

  /** A `$` line that ran on this host. */
  shell(text: string, status: number): void {
    this.#flush();
    if (mayHoldSecret(text)) this.#failed('a command of the host', 'left out: it holds a secret');
    else if (status !== 0) this.#failed(`$ ${text}`, `exit status ${status}`);
    else {
      this.#write({ kind: 'shell', text, output: '' });
      this.#steps += 1;
    }
  }

  /** A line that did not do what it should. */
  failed(text: string, why: string): void {
    this.#flush();
    this.#failed(mayHoldSecret(text) ? 'a line with a secret' : text, why);
  }

  /** Ends listening. What was written stands. */
  close(): void {
    this.#flush();
    this.#unlisten();
  }

  #failed(text: string, why: string): void {
    this.#write({ kind: 'failed', text, why });
  }

  #event(event: QmpEvent, session: Session): void {
    const device = event.data['device'];
    if (event.name === 'BLOCK_JOB_READY' && typeof device === 'string') {
      this.#waits.add(`.wait job ${device} ready`);
    } else if (event.name === 'BLOCK_JOB_COMPLETED' && typeof device === 'string') {
      // A job that failed is no thing to wait for on a replay.
      if (session.jobs.get(device)?.result === 'success') this.#waits.add(`.wait job ${device}`);
    }
    for (const [name, after, key, wanted] of AWAITED) {
      const value = event.data[key];
      if (event.name !== name || !after.test(this.#last) || typeof value !== 'string') continue;
      if (!wanted || wanted.test(value)) this.#waits.add(`.wait ${name} ${key}=${value}`);
    }
  }

  /** The waits of the time since the last line. A job that was ready and then ended needs the one for its end alone. */
  #flush(): void {
    for (const line of this.#waits) {
      if (line.endsWith(' ready') && this.#waits.has(line.slice(0, -' ready'.length))) continue;
      this.#write({ kind: 'line', text: line });
    }
    this.#waits.clear();
  }

  #write(happening: Happening): void {
    this.#parts.append(recordingOf(happening, this.#parts.options));
  }
}

function disguise(
  text: string,
  message: Json,
  request: Request | undefined,
): { line: string; shown: Json; masked: boolean } {
  if (request) {
    const args = maskSecrets(request);
    if (args !== request.arguments) {
      const masked = { ...request, arguments: args };
      return { line: print(masked), shown: { execute: request.execute, arguments: args }, masked: true };
    }
    return { line: text, shown: { execute: request.execute, arguments: request.arguments }, masked: false };
  }
  return mayHoldSecret(text)
    ? { line: `# ${MASK}`, shown: null, masked: true }
    : { line: text, shown: message, masked: false };
}
