// Makes a page of a conversation in a log: what was done becomes steps, what was waited for becomes waits, and what could
// not be played is left out and said.
import { print } from '../language/print.ts';
import { Recorder } from '../line/recorder.ts';
import { parametrize, recordingHead, type Suggestion, suggestParams } from '../page/record.ts';
import { asksOnly, filesMadeBy } from '../play/inverse.ts';
import type { Request } from '../qmp/message.ts';
import { actOn, startedBy } from '../schema/jobs.ts';
import { secretsIn } from '../schema/notes/secrets.ts';
import { MASK } from '../schema/notes/secrettext.ts';
import { Jobs } from '../session/jobs.ts';
import { equalJson, isObject, type JsonObject, member, parseJson, stringifyJson } from '../text/json.ts';
import { disksBefore } from './before.ts';
import { Folders } from './files.ts';
import { imagesMadeOutside, type Outside } from './outside.ts';
import { showsRunning, withPolled } from './polls.ts';
import type { Asked, Item, Talk } from './talk.ts';

interface PageOptions {
  readonly title: string;
  readonly markdown: boolean;
  /** Also write requests and replies. */
  readonly replies: boolean;
  /** Also write what only asks. */
  readonly queries: boolean;
  /** File names with their folders as the log has them. */
  readonly paths: boolean;
}

interface Made {
  readonly text: string;
  readonly steps: number;
  readonly secrets: readonly string[];
  /** Values that could be parameters. */
  readonly suggestions: readonly Suggestion[];
  /** Parameter and folder. */
  readonly folders: readonly (readonly [name: string, folder: string])[];
  /** How many requests were left out because they only ask. */
  readonly queries: number;
  /** Files that must be there before the page is played. */
  readonly needed: readonly string[];
}

/** How many disks a practice VM has at most, and what their images are called. */
const LETTERS = 'abcdefgh';
const MOST_DISKS = LETTERS.length;
const PLAIN = /^(?:qmp_capabilities|query-qmp-schema)$/;

/** The page; `choose` says which of the suggestions become parameters. */
export function pageOf(
  talk: Talk,
  options: PageOptions,
  choose: (
    offered: readonly Suggestion[],
  ) => readonly Pick<Suggestion, 'name' | 'kind' | 'value'>[] = () => [],
): Made {
  const pieces: string[] = [];
  const { markdown, replies } = options;
  const recorder = new Recorder({
    append: text => {
      pieces.push(text);
      return true;
    },
    options: { markdown, replies },
  });
  const writer = new Writer(talk, options, recorder);
  writer.write();
  const suggestions = suggestParams(recorder.requests).filter(({ value }) => !value.includes('${'));
  const asked = talk.items.filter(item => item.kind === 'asked');
  const disks = disksBefore(writer.kept, asked);
  // One fence: the file is written at once.
  const steps = pieces.join('').replaceAll('```\n\n```qmp\n', '');
  const text = recordingHead(options.title, { markdown, replies }) + steps;
  const folders = writer.folders.all;
  const params = folders.map(
    ([name, folder]) =>
      `${name}: { kind: file, default: "", help: ${JSON.stringify(`put before file names, ends in /; the log has ${folder}`)} }`,
  );
  return {
    text: parametrize(text, choose(suggestions), recorder.secrets, {
      params,
      rows: practiceRow(disks.slice(0, MOST_DISKS), writer.files),
    }),
    steps: recorder.steps,
    secrets: recorder.secrets,
    suggestions,
    folders,
    queries: writer.queries,
    needed: writer.needed,
  };
}

/** How a practice VM gets the disks that the log's VM had, none in an image that has the name of one of the page's files. */
function practiceRow(disks: ReturnType<typeof disksBefore>, files: readonly string[]): readonly string[] {
  const [first, ...more] = disks;
  if (!first) return [];
  const list = (items: readonly string[]) => `[${items.join(', ')}]`;
  const taken = new Set(files.map(file => file.replace(/^.*\//, '')));
  let mark = 'disk';
  while ([...taken].some(name => name.startsWith(mark))) mark += '-';
  const names = disks.map((_, i) => `${mark}${i}.qcow2`);
  const parts = [
    `disk: ${first.size ?? '39M'}`,
    ...(more.length > 0 ? [`disks: ${list(more.map(({ size }) => String(size ?? '39M')))}`] : []),
    `nodes: ${list(disks.map(({ node }) => node))}`,
    ...(disks.some(({ file }) => file !== undefined)
      ? [`files: ${list(disks.map(({ file }) => file ?? '""'))}`]
      : []),
    ...(disks.some(({ loose }) => loose)
      ? [`loose: ${list(disks.filter(({ loose }) => loose).map(({ node }) => node))}`]
      : []),
    ...(disks.some((_, i) => taken.has(`${LETTERS[i]}.qcow2`)) ? [`images: ${list(names)}`] : []),
  ];
  return [`practice: { ${parts.join(', ')} }`];
}

/** Whether the page has a step for the request. */
function isStep({ request }: Asked, { queries }: PageOptions): boolean {
  return !PLAIN.test(request.execute) && (queries || !asksOnly(request));
}

/** The items with each event put before the questions that were asked until it came: where it decided, nobody asked. */
function settled(items: readonly Item[]): readonly Item[] {
  const out: Item[] = [];
  let questions: Item[] = [];
  for (const item of items) {
    if (item.kind === 'asked' && asksOnly(item.request)) questions.push(item);
    else if (item.kind === 'event') out.push(item);
    else {
      out.push(...questions, item);
      questions = [];
    }
  }
  return [...out, ...questions];
}

class Writer {
  readonly #items: readonly Item[];
  /** The log does not say when something was over. */
  readonly #silent: boolean;
  readonly #options: PageOptions;
  readonly #recorder: Recorder;
  readonly #jobs = new Jobs();
  readonly #failed = new Set<string>();
  readonly folders = new Folders();
  /** The requests that became steps. */
  readonly kept: Request[] = [];
  queries = 0;
  readonly needed: string[] = [];
  /** The files that the page opens or makes. */
  readonly files: string[] = [];

  constructor({ items }: Talk, options: PageOptions, recorder: Recorder) {
    this.#items = settled(withPolled(items));
    this.#silent = items.every(({ kind }) => kind !== 'event') && items.every(mayLackEvents);
    this.#options = options;
    this.#recorder = recorder;
  }

  write(): void {
    const asked = this.#items.filter(item => item.kind === 'asked' && item.reply?.kind !== 'refusal');
    const outside = imagesMadeOutside(
      asked.flatMap(item => (item.kind === 'asked' ? [item.request] : [])),
      filesMadeBy,
    );
    for (const [i, item] of this.#items.entries()) {
      if (item.kind === 'event') {
        this.#jobs.receive(item.event, i);
        this.#recorder.saw(item.event, this.#jobs);
        this.#tellFailure(item.event.data);
      } else if (item.kind === 'word') {
        this.#recorder.begins(item.text);
        this.#recorder.word(item.text);
      } else {
        const made = outside.get(item.request);
        this.#ask(item, i, made);
      }
    }
    this.#recorder.close();
  }

  #ask(asked: Asked, i: number, image: Outside | undefined): void {
    const { request, reply } = asked;
    if (reply?.kind === 'success' && /^query-(block-)?jobs$/.test(request.execute)) {
      this.#jobs.learn(reply.value, i);
      for (const job of this.#jobs.list()) this.#tellFailure({ id: job.id });
    }
    if (!isStep(asked, this.#options)) {
      if (!PLAIN.test(request.execute)) this.queries += 1;
      return;
    }
    this.#recorder.begins('');
    if (asked.passes) {
      this.#recorder.remark(`left out: ${request.execute} passes an open file, which a page cannot`);
      return;
    }
    if (image === 'made') this.#makeFile(request);
    if (image !== undefined && image !== 'made') {
      this.needed.push(image.needed);
      this.files.push(image.needed);
    }
    this.files.push(...filesMadeBy(request));
    const args = this.#options.paths ? request.arguments : this.folders.replaced(request.arguments);
    this.#recorder.knows(this.folders.all.map(([name]) => name));
    const meant = unmasked({ ...request, arguments: args });
    const isSame = equalJson(meant.arguments, request.arguments);
    const typed = isSame ? asked.text : undefined;
    const line = typed ?? print(meant);
    const goesOn = reply?.kind !== 'refusal' && this.#goesOn(request, i);
    this.#recorder.sent(line + (goesOn ? ' &' : ''), toWire(meant), meant, reply);
    if (!reply && asked.text === undefined) this.#recorder.remark('(the log has no reply to this)');
    if (reply?.kind !== 'refusal') this.kept.push(request);
  }

  /** A file that somebody made beside the monitor: libvirt does, for each image it has QEMU format. */
  #makeFile(request: Request): void {
    const filename = member(request.arguments, 'filename') ?? '';
    this.files.push(String(filename));
    const node = String(member(request.arguments, 'node-name') ?? 'file');
    const id = `make-${node}`;
    this.#recorder.remark('This file was made beside the monitor.');
    for (const one of [
      {
        execute: 'blockdev-create',
        arguments: { 'job-id': id, options: { driver: 'file', filename, size: 0 } },
      },
      { execute: 'job-dismiss', arguments: { id } },
    ]) {
      const args = this.#options.paths ? one.arguments : this.folders.replaced(one.arguments);
      this.#recorder.knows(this.folders.all.map(([name]) => name));
      const meant = { execute: one.execute, arguments: args };
      this.#recorder.sent(print(meant), toWire(meant), meant, undefined);
    }
  }

  /** Whether the next step came before what the page would wait for: that a job of the request is ready, or over. */
  #goesOn(request: Request, from: number): boolean {
    const act = actOn(request);
    const ids = new Set(startedBy(request).map(({ id }) => id));
    const isEnd = act !== undefined && /^(?:complete|cancel|end|finalize)$/.test(act.does);
    if (isEnd) ids.add(act.id);
    for (let i = from + 1; ids.size > 0 && i < this.#items.length; i++) {
      const item = this.#items[i];
      if (!item) continue;
      if (this.#silent && item.kind === 'asked') {
        if ([...ids].some(id => showsRunning(item, id) || (!isEnd && stopsEarly(request, item.request, id))))
          return true;
        continue;
      }
      if (item.kind === 'asked' && !isStep(item, this.#options)) continue;
      if (item.kind !== 'event') return true;
      const { name, data } = item.event;
      const id = String(data['device'] ?? data['id']);
      if (/^BLOCK_JOB_(COMPLETED|CANCELLED)$/.test(name) || (!isEnd && name === 'BLOCK_JOB_READY'))
        ids.delete(id);
      if (name === 'JOB_STATUS_CHANGE' && /^(concluded|null)$/.test(String(data['status']))) ids.delete(id);
    }
    return false;
  }

  #tellFailure(data: JsonObject): void {
    const id = data['device'] ?? data['id'];
    const job = typeof id === 'string' ? this.#jobs.get(id) : undefined;
    if (job?.result !== 'failed' || this.#failed.has(job.id)) return;
    if (job.error === undefined) return; // its reason may still come
    this.#failed.add(job.id);
    this.#recorder.remark(`job ${job.id} failed: ${job.error}`);
  }
}

/** qmp-shell logs no events, and nobody has to have looked at a screen for them. */
function mayLackEvents(item: Item): boolean {
  return item.kind !== 'asked' || item.text !== undefined || item.joined === true;
}

/** Whether the second request does to a job of the first what can be done to one that runs, and is neither ready nor pending. */
function stopsEarly(start: Request, later: Request, id: string): boolean {
  const act = actOn(later);
  const type = startedBy(start).find(job => job.id === id)?.type;
  return (
    act?.id === id &&
    !/^(?:mirror|commit)$/.test(type ?? '') &&
    !/^(?:complete|finalize|dismiss)$/.test(act.does)
  );
}

/** A secret that the log itself has hidden is still one. */
function unmasked(request: Request): Request {
  const args = parseJson(stringifyJson(request.arguments).replaceAll(MASK, 'hidden'));
  const shown = isObject(args) ? { ...request, arguments: args } : request;
  return secretsIn(shown).length > 0 ? shown : request;
}

function toWire({ execute, arguments: args, oob }: Request): JsonObject {
  return { [oob ? 'exec-oob' : 'execute']: execute, arguments: args };
}
