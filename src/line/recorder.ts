// Records what is done at the prompt as a page, piece by piece as it happens.

import { openRows } from '../language/openrows.ts';
import { print } from '../language/print.ts';
import { letOf, namesIn } from '../page/names.ts';
import { type Happening, isOneStep, type RecordOptions, recordingOf, word } from '../page/record.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { requestIn } from '../qmp/protocol.ts';
import { failureInBand } from '../schema/hmp.ts';
import { maskSecrets, secretsIn } from '../schema/notes/secrets.ts';
import { hideIn, MASK, maskText, mayHoldSecret, withoutValues } from '../schema/notes/secrettext.ts';
import type { Session } from '../session/client.ts';
import type { Jobs } from '../session/jobs.ts';
import { isArray, isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../text/json.ts';
import { isSafe } from '../text/safe.ts';

interface RecorderParts {
  /** Where the pieces go, each in one write, so that a crash leaves whole ones; false where it could not be written. */
  readonly append: (text: string) => boolean;
  readonly options: RecordOptions;
  /** Nothing is written of what failed. */
  readonly dropsFailed?: boolean;
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
  #ended = false;
  #last = '';
  /** Names that the recording itself gives values to: by `.let`, or as parameters for secrets. */
  readonly #names = new Set<string>();
  readonly secrets: string[] = [];
  /** The pieces that are comments about what failed, as they were written. */
  readonly failures: string[] = [];
  #unlisten = () => {};
  /** The jobs and events that were waited for, with the piece of the recording that says so. */
  readonly #waits = new Map<string, Happening>();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
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
      if (position >= start) this.saw(event, session.jobs);
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

  /** The page gives these names values. */
  knows(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** What its reader should know, as a comment. */
  remark(text: string): void {
    this.#write({ kind: 'remark', text: maskText(text) });
  }

  /** A request typed as `text`, and what came; no reply where that is not known. */
  sent(text: string, message: Json, request: Request | undefined, reply: Reply | undefined): void {
    const secrets = request ? secretsIn(request) : [];
    const why =
      reply?.kind === 'refusal'
        ? `${reply.class}: ${reply.desc}`
        : reply && failureInBand(request ?? requestIn(message), reply);
    if (why !== undefined) {
      this.#failed(secrets.length === 0 ? text : maskText(text), withoutValues(why, secrets));
      return;
    }
    const disguised = this.#disguise(text, message, request);
    if (!disguised) {
      this.#left('a line');
      return;
    }
    const { line: typed, shown } = disguised;
    // Rows that would be read as steps of their own: the same request in one row.
    const line =
      request && !isOneStep(typed, openRows) ? print({ ...request, arguments: maskSecrets(request) }) : typed;
    const { id: _, ...raw } = reply?.raw ?? {};
    this.#last = request?.execute ?? '';
    this.#step({
      kind: 'line',
      text: line,
      request: shown,
      ...(reply ? { reply: lasting(raw, secrets) } : {}),
      names: this.#names,
    });
    if (isObject(shown)) this.requests.push(shown);
  }

  /** A line for the shell itself that a replay needs: `.wait`, `.let`, a page. */
  word(text: string): void {
    if (mayHoldSecret(text)) {
      this.#left('a line');
      return;
    }
    const name = letOf({ kind: 'word', text: text.trim() })?.name;
    if (name !== undefined) this.#names.add(name);
    this.#step({ kind: 'line', text, names: this.#names });
  }

  /** A `$` line that ran on this host. */
  shell(text: string, status: number): void {
    if (status !== 0) this.#failed(`$ ${text}`, `exit status ${status}`);
    else if (mayHoldSecret(text)) this.#left('a command of the host');
    else this.#step({ kind: 'shell', text, output: '' });
  }

  /** A line that did not do what it should. */
  failed(text: string, why: string): void {
    this.#failed(text, withoutValues(why, hideIn(text).secrets));
  }

  /** Ends listening. What was written stands. */
  close(): void {
    this.#flush();
    this.end();
  }

  /** The same without what was seen last. */
  end(): void {
    this.#ended = true;
    this.#unlisten();
  }

  #failed(text: string, why: string): void {
    if (this.#parts.dropsFailed) return;
    const failed = { kind: 'failed', text: maskText(text), why } as const;
    if (this.#write(failed)) this.failures.push(recordingOf(failed, this.#parts.options, openRows));
  }

  #left(what: string): void {
    this.#write({ kind: 'left', what });
  }

  /** An event came; `jobs` is what is known of jobs by then. */
  saw(event: QmpEvent, jobs: Jobs): void {
    const device = event.data['device'];
    if (event.name === 'BLOCK_JOB_READY' && typeof device === 'string') {
      this.#wait(`job ${device} ready`, device, name => `.wait job ${name} ready`);
    } else if (event.name === 'BLOCK_JOB_COMPLETED' && typeof device === 'string') {
      // A job that failed is no thing to wait for on a replay.
      if (jobs.get(device)?.result === 'success')
        this.#wait(`job ${device}`, device, name => `.wait job ${name}`);
    }
    for (const [name, after, key, wanted] of AWAITED) {
      const value = event.data[key];
      if (event.name !== name || !after.test(this.#last) || typeof value !== 'string') continue;
      if (!wanted || wanted.test(value))
        this.#wait(`${name} ${value}`, value, text => `.wait ${name} ${key}=${text}`);
    }
  }

  /** The waits of the time since the last line. A job that was ready and then ended needs the one for its end alone. */
  #flush(): void {
    for (const [what, happening] of this.#waits) {
      if (what.endsWith(' ready') && this.#waits.has(what.slice(0, -' ready'.length))) continue;
      this.#write(happening);
    }
    this.#waits.clear();
  }

  /** A name that QEMU sent becomes one argument, or, where it cannot be written as one, a comment. */
  #wait(what: string, name: string, line: (name: string) => string): void {
    const isPlain = isSafe(name) && !(what.startsWith('job ') && /=|^-/.test(name));
    this.#waits.set(
      what,
      isPlain
        ? { kind: 'line', text: line(word(name)) }
        : {
            kind: 'failed',
            text: `a wait for ${what}`,
            why: 'left out: its name cannot be written in a line',
          },
    );
  }

  #step(happening: Happening): void {
    if (this.#write(happening)) this.#steps += 1;
  }

  /** The line and its request without secrets: a parameter stands for each. Undefined where none can. */
  #disguise(
    text: string,
    message: Json,
    request: Request | undefined,
  ): { line: string; shown: Json } | undefined {
    if (!request) return mayHoldSecret(text) ? undefined : { line: text, shown: message };
    const wire = (args: JsonObject) => ({
      [request.oob ? 'exec-oob' : 'execute']: request.execute,
      arguments: args,
    });
    const masked = maskSecrets(request);
    // In a pipe, say, or where the request does not show that it is one.
    if (masked === request.arguments)
      return mayHoldSecret(text) ? undefined : { line: text, shown: wire(masked) };
    const name = this.secrets.length === 0 ? 'secret' : `secret${this.secrets.length + 1}`;
    this.secrets.push(name);
    this.#names.add(name);
    const line = print({ ...request, arguments: masked }).replaceAll(MASK, () => `\${${name}}`);
    return { line, shown: wire(renamed(masked, name)) };
  }

  #write(happening: Happening): boolean {
    return !this.#ended && this.#parts.append(recordingOf(happening, this.#parts.options, openRows));
  }
}

/** Members that are others each time. */
const FLEETING = /^(offset|current-progress|busy|actual-size|seconds|microseconds|rd_|wr_|.*_time_ns)/;

/** A reply as it will be on a replay: what is another each time becomes `...`, as do the names QEMU makes up. */
function lasting(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') return /^#block\d+$/.test(value) ? '...' : withoutValues(value, secrets);
  if (isArray(value)) return value.map(item => lasting(item, secrets));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(
    ([key, item]) => [key, FLEETING.test(key) ? '...' : lasting(item, secrets)] as const,
  );
  return Object.fromEntries(members);
}

/** The masks in a value replaced by a parameter. */
function renamed(args: JsonObject, name: string): JsonObject {
  const value = parseJson(stringifyJson(args).replaceAll(MASK, () => `\${${name}}`));
  return isObject(value) ? value : {};
}
