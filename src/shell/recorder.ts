// Records what is done at the prompt as a page, piece by piece as it happens.
import { print } from '../language/print.ts';
import { letOf, namesIn } from '../page/names.ts';
import { type Happening, type RecordOptions, recordingHead, recordingOf } from '../page/record.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { MASK, maskSecrets, mayHoldSecret } from '../schema/notes.ts';
import type { Session } from '../session/client.ts';
import { isArray, isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../text/json.ts';

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

const SECRET = 'left out: it holds a secret';

export class Recorder {
  readonly #parts: RecorderParts;
  /** The requests, secrets masked: names in them are offered as parameters. */
  readonly requests: Json[] = [];
  #steps = 0;
  #last = '';
  /** Names that the recording itself gives values to: by `.let`, or as parameters for secrets. */
  readonly #names = new Set<string>();
  readonly secrets: string[] = [];
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

  /** A line is about to run: what was waited for before it comes first. A `.wait` says that itself. */
  begins(typed: string): void {
    if (/^\s*\.(wait|record)\b/.test(typed)) this.#waits.clear();
    this.#flush();
  }

  /** What to keep of a line: as typed, unless it has names that were given before the recording began. */
  lineOf(typed: string, bound: string): string {
    return namesIn(typed).every(name => this.#names.has(name)) ? typed : bound;
  }

  /** A request typed as `text`, and what came. */
  sent(text: string, message: Json, request: Request | undefined, reply: Reply): void {
    const { line, shown } = this.#disguise(text, message, request);
    if (reply.kind === 'refusal') {
      this.#failed(line, `${reply.class}: ${reply.desc}`);
      return;
    }
    const { id: _, ...raw } = reply.raw;
    this.#last = request?.execute ?? '';
    this.#step({ kind: 'line', text: line, request: shown, reply: lasting(raw), names: this.#names });
    if (isObject(shown)) this.requests.push(shown);
  }

  /** A line for the shell itself that a replay needs: `.wait`, `.let`, a page. */
  word(text: string): void {
    if (mayHoldSecret(text)) {
      this.#failed('a line', SECRET);
      return;
    }
    const name = letOf({ kind: 'word', text: text.trim() })?.name;
    if (name !== undefined) this.#names.add(name);
    this.#step({ kind: 'line', text, names: this.#names });
  }

  /** A `$` line that ran on this host. */
  shell(text: string, status: number): void {
    if (mayHoldSecret(text)) this.#failed('a command of the host', SECRET);
    else if (status !== 0) this.#failed(`$ ${text}`, `exit status ${status}`);
    else this.#step({ kind: 'shell', text, output: '' });
  }

  /** A line that did not do what it should. */
  failed(text: string, why: string): void {
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

  #step(happening: Happening): void {
    this.#write(happening);
    this.#steps += 1;
  }

  /** The line and its request without secrets: a parameter stands for each. */
  #disguise(text: string, message: Json, request: Request | undefined): { line: string; shown: Json } {
    if (!request)
      return mayHoldSecret(text) ? { line: `# ${SECRET}`, shown: null } : { line: text, shown: message };
    const wire = (args: JsonObject) => ({
      [request.oob ? 'exec-oob' : 'execute']: request.execute,
      arguments: args,
    });
    const masked = maskSecrets(request);
    if (masked === request.arguments) return { line: text, shown: wire(masked) };
    const name = this.secrets.length === 0 ? 'secret' : `secret${this.secrets.length + 1}`;
    this.secrets.push(name);
    this.#names.add(name);
    const line = print({ ...request, arguments: masked }).replaceAll(MASK, () => `\${${name}}`);
    return { line, shown: wire(renamed(masked, name)) };
  }

  #write(happening: Happening): void {
    this.#parts.append(recordingOf(happening, this.#parts.options));
  }
}

/** Members that are others each time. */
const FLEETING = /^(offset|current-progress|busy|actual-size|seconds|microseconds|rd_|wr_|.*_time_ns)/;

/** A reply as it will be on a replay: what is another each time becomes `...`, as do the names QEMU makes up. */
function lasting(value: Json): Json {
  if (typeof value === 'string') return /^#block\d+$/.test(value) ? '...' : value;
  if (isArray(value)) return value.map(lasting);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(
    ([key, item]) => [key, FLEETING.test(key) ? '...' : lasting(item)] as const,
  );
  return Object.fromEntries(members);
}

/** The masks in a value replaced by a parameter. */
function renamed(args: JsonObject, name: string): JsonObject {
  const value = parseJson(stringifyJson(args).replaceAll(MASK, () => `\${${name}}`));
  return isObject(value) ? value : {};
}
