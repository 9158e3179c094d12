// Compares an undo with the ledger: what had to be taken back, what was taken back, and what is left.
import type { Fence } from '../page/model.ts';
import type { Request } from '../qmp/message.ts';
import { actionsOf } from '../schema/actions.ts';
import { startedBy } from '../schema/jobs.ts';
import { isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { filesMadeBy, isAmbiguous, isInverse, leavesNothing, nodeWritten, takesBack } from './inverse.ts';
import { type Deed, type Ledger, mayStand } from './ledger.ts';
import { removalOf } from './removal.ts';

/** Host commands that change nothing. */
const LOOKS =
  /^\s*(?:(?:qemu-img\s+(?:compare|info|check|map|measure)|ls|cat|cmp|stat|test|\[|exit|true|false|sleep)\b[^;&|<>`$]*|echo [^;&|<>`$]*)$/;

export class Account {
  readonly #ledger: Ledger;
  /** The deeds that an undo line has taken back, or has told as left. */
  readonly #told = new Set<Deed>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Whether the page has made what the line takes back; undefined where nothing in the page makes it. */
  madeFor(undo: Request, monitor: string): 'something' | 'nothing' | undefined {
    const makers = this.#ledger.deeds.filter(deed => isTakenBack(deed, undo, monitor));
    const last = makers.findLast(mayStand);
    if (!last) return makers.length > 0 ? 'nothing' : undefined;
    return this.#takenBackByPage(last) ? 'nothing' : 'something';
  }

  /** Whether the steps of a fence have changed something, or may have. */
  changed(fence: Fence): boolean {
    return this.#ledger.standing.some(deed => deed.step.fence === fence && !this.#leavesNothing(deed));
  }

  /** Whether a request of the page has made this file, or may have, as QEMU sees it, and no step of the page has removed it. */
  madeByQemu(file: string): boolean {
    if (this.#ledger.deeds.some(deed => discards(deed).includes(file))) return false;
    return this.#ledger.standing.some(
      ({ request, session, fate }) =>
        request !== undefined &&
        filesMadeBy(request).includes(file) &&
        !(fate === 'done' && startedBy(request).some(({ id }) => session?.jobs.get(id)?.result === 'failed')),
    );
  }

  /** Whether a step of the page has written this file, or may have. */
  wrote(file: string): boolean {
    return this.#ledger.standing.some(deed => makesFile(deed, [file]));
  }

  /** An undo line stands for this: done, or told to be left. */
  tell(undo: Request, monitor: string): void {
    for (const deed of this.#ledger.deeds) if (isTakenBack(deed, undo, monitor)) this.#told.add(deed);
  }

  /** The same for a line that removes files. Where they are not there, a host command may have moved them. */
  tellFiles(files: readonly string[], absent: boolean): void {
    for (const deed of this.#ledger.deeds)
      if (makesFile(deed, files) && !(absent && deed.step.kind === 'shell')) this.#told.add(deed);
  }

  /** The deeds that no undo line stands for: those that stay, and those of which it is not known whether they happened. */
  close(): { readonly stays: readonly string[]; readonly unsure: readonly string[] } {
    const rest = this.#ledger.standing.filter(
      deed => !this.#told.has(deed) && !this.#takenBackByPage(deed) && !this.#leavesNothing(deed),
    );
    const lines = (deeds: readonly Deed[]) => [
      ...new Set(
        deeds.map(
          deed => this.#written(deed) ?? `${deed.step.kind === 'shell' ? '$ ' : ''}${safe(deed.text)}`,
        ),
      ),
    ];
    return {
      stays: lines(rest.filter(({ fate }) => fate === 'done')),
      unsure: lines(rest.filter(({ fate }) => fate !== 'done')),
    };
  }

  /** A later step of the page itself took it back. */
  #takenBackByPage(deed: Deed): boolean {
    const { deeds } = this.#ledger;
    return deeds.slice(deeds.indexOf(deed) + 1).some(later => later.fate === 'done' && undoes(later, deed));
  }

  #leavesNothing(deed: Deed): boolean {
    const { request, session, step, text } = deed;
    if (step.kind === 'shell') return LOOKS.test(text) || discards(deed).length > 0;
    if (!request) return false;
    // It took back what the page had made before.
    const earlier = this.#ledger.deeds.slice(0, this.#ledger.deeds.indexOf(deed));
    if (isInverse(request) && earlier.some(other => undoes(deed, other))) return true;
    const merged = startedBy(request).some(({ id }) => {
      const result = session?.jobs.get(id)?.result;
      return result === 'success' || result === undefined;
    });
    return leavesNothing(request, {
      merged,
      gone: node => this.#isGone(node),
      removed: (node = null, name = null) => this.#isRemoved(node, name),
    });
  }

  #isRemoved(node: Json, name: Json): boolean {
    const undo = { execute: 'block-dirty-bitmap-remove', arguments: { node, name } };
    const maker = this.#ledger.deeds.findLast(({ request }) => request && takesBack(undo, request));
    return maker !== undefined && (this.#told.has(maker) || this.#takenBackByPage(maker));
  }

  /** The arguments by which the page has opened a node. */
  #madeAs(node: string): JsonObject | undefined {
    const undo = { execute: 'blockdev-del', arguments: { 'node-name': node } };
    return this.#ledger.deeds.findLast(({ request }) => request && takesBack(undo, request))?.request
      ?.arguments;
  }

  /** What is told of a deed that has written to an export: nothing that is there shows it. */
  #written({ request }: Deed): string | undefined {
    const [node] = request ? actionsOf(request).flatMap(action => nodeWritten(action) ?? []) : [];
    let args = node === undefined ? undefined : this.#madeAs(node);
    for (let below = args?.['file']; typeof below === 'string'; below = args?.['file'])
      args = this.#madeAs(below);
    const server = args?.['driver'] === 'nbd' && args['server'];
    if (!args || !isObject(server)) return undefined;
    const where = server['path'] ?? `${String(server['host'])}:${String(server['port'])}`;
    return `(the export ${safe(String(args['export'] ?? ''))} of the NBD server at ${safe(String(where))} was written to: what it holds is no finished image)`;
  }

  /** Whether what was written to a node is gone: it is on a file that was made and removed, or on none. */
  #isGone(node: string): boolean {
    const args = this.#madeAs(node);
    if (!args) return false;
    if (member(args, 'driver') === 'null-co' || member(args, 'driver') === 'null-aio') return true;
    const below = member(args, 'file');
    if (typeof below === 'string') return this.#isGone(below);
    const text = stringifyJson(args);
    return [...this.#told].some(({ request }) =>
      request ? filesMadeBy(request).some(file => text.includes(stringifyJson(file))) : false,
    );
  }
}

/** Whether a line for this monitor takes back what the deed made. */
function isTakenBack({ request, monitor }: Deed, undo: Request, to: string | undefined): boolean {
  return request !== undefined && monitor === to && takesBack(undo, request);
}

/** Whether a step of the page takes back what another made. */
function undoes({ request, monitor }: Deed, made: Deed): boolean {
  return request !== undefined && !isAmbiguous(request) && isTakenBack(made, request, monitor);
}

/** The files that a step of the page has removed, and that the page had made. */
function discards({ step, text, fate, discarded }: Deed): readonly string[] {
  const removal = step.kind === 'shell' && fate === 'done' && discarded ? removalOf(text) : undefined;
  return removal === undefined || removal === 'unclear' ? [] : removal.files;
}

function makesFile({ request, step, text }: Deed, files: readonly string[]): boolean {
  if (request) return filesMadeBy(request).some(file => files.includes(file));
  return step.kind === 'shell' && files.some(file => text.includes(file));
}
