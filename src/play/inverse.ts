// Which command undoes which, as far as it is known, and which requests leave nothing to undo.
import type { Request } from '../qmp/message.ts';
import { actionsOf } from '../schema/actions.ts';
import { actOf } from '../schema/jobs.ts';
import { classOf } from '../schema/notes/asking.ts';
import { isObject, type Json, member } from '../text/json.ts';

/**
 * Rows: an undo command, the argument that names its object; the commands that make such an object, with their
 * arguments.
 */
const INVERSES: Readonly<
  Record<string, readonly [names: readonly string[], makers: Readonly<Record<string, readonly string[]>>]>
> = {
  'blockdev-del': [['node-name'], { 'blockdev-add': ['node-name'] }],
  'block-dirty-bitmap-remove': [['node', 'name'], { 'block-dirty-bitmap-add': ['node', 'name'] }],
  'block-export-del': [['id'], { 'block-export-add': ['id'] }],
  'nbd-server-stop': [[], { 'nbd-server-start': [] }],
  'object-del': [['id'], { 'object-add': ['id'] }],
  device_del: [['id'], { device_add: ['id'] }],
  netdev_del: [['id'], { netdev_add: ['id'] }],
  'chardev-remove': [['id'], { 'chardev-add': ['id'] }],
  migrate_cancel: [[], { migrate: [] }],
  'migrate-set-capabilities': [[], { 'migrate-set-capabilities': [] }],
  'qom-set': [['path', 'property'], { 'qom-set': ['path', 'property'] }],
  // Merging an overlay into the image below it.
  'block-commit': [
    ['device'],
    { 'blockdev-snapshot-sync': ['snapshot-node-name'], 'blockdev-snapshot': ['overlay'] },
  ],
};

/** Whether the command is one that takes something back, so that it can be told what. */
export function isInverse({ execute }: Request): boolean {
  return Object.hasOwn(INVERSES, execute);
}

/** Whether the command does more than take back: as a step of a page it need not mean that. */
export function isAmbiguous({ execute }: Request): boolean {
  return execute === 'block-commit' || execute === 'migrate-set-capabilities' || execute === 'qom-set';
}

/** Whether the first request takes back what the second made. */
export function takesBack(undo: Request, made: Request): boolean {
  const known = Object.hasOwn(INVERSES, undo.execute) ? INVERSES[undo.execute] : undefined;
  if (!known) return false;
  const [names, makers] = known;
  return actionsOf(made).some(({ execute, arguments: args }) => {
    const named = Object.hasOwn(makers, execute) ? makers[execute] : undefined;
    return (
      named?.every((name, i) => isSame(member(args, name), member(undo.arguments, names[i] ?? name))) === true
    );
  });
}

/** Commands that make a file, and the argument that names it. */
const FILE_MAKERS: Readonly<Record<string, string>> = {
  'blockdev-snapshot-sync': 'snapshot-file',
  'drive-backup': 'target',
  'drive-mirror': 'target',
};

/** The files, as QEMU was told them, that a request makes. */
export function filesMadeBy(request: Request): readonly string[] {
  return actionsOf(request).flatMap(({ execute, arguments: args }) => {
    const options = execute === 'blockdev-create' ? member(args, 'options') : undefined;
    const name = Object.hasOwn(FILE_MAKERS, execute) ? FILE_MAKERS[execute] : undefined;
    const file = isObject(options)
      ? member(options, 'filename')
      : name === undefined
        ? undefined
        : member(args, name);
    return typeof file === 'string' ? [file] : [];
  });
}

/** Without a schema a name that is all digits is read as a number. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && String(one) === String(other);
}

/** What asks besides the table's commands: of QEMUs to come, of guest agents, and what asks at a price. */
const ASKS = /^(query-|x-query-|qom-list-|device-list-|qmp_capabilities$|guest-(get|info|ping))/;
const COPIES = /^blockdev-(backup|mirror)$/;
/** Commands whose effect stays only if their job has done its work. */
const MERGES = /^block-(stream|commit)$/;

/** Whether the request only asks. */
export function asksOnly({ execute }: Request): boolean {
  return classOf(execute) === 'asks' || ASKS.test(execute);
}

/** What an undo has to know about a request that QEMU took. */
interface Traces {
  /** Whether a job of the request has done its work. */
  readonly merged: boolean;
  /** Whether what was written to a node is gone with it. */
  readonly gone: (node: string) => boolean;
  /** Whether a bitmap that the page has made is removed. */
  readonly removed: (node: Json | undefined, name: Json | undefined) => boolean;
}

/** The node whose image an action writes to. */
export function nodeWritten({ execute, arguments: args }: Request): string | undefined {
  const options = member(args, 'options');
  const into =
    execute === 'blockdev-create' && isObject(options)
      ? member(options, 'file')
      : COPIES.test(execute)
        ? member(args, 'target')
        : execute === 'block-dirty-bitmap-add'
          ? member(args, 'node')
          : undefined;
  return typeof into === 'string' ? into : undefined;
}

/** Whether a request that QEMU took leaves nothing that would have to be taken back. */
export function leavesNothing(request: Request, { merged, gone, removed }: Traces): boolean {
  return actionsOf(request).every(action => {
    const { execute, arguments: args } = action;
    if (MERGES.test(execute)) return !merged;
    if (execute === 'block-dirty-bitmap-merge') return removed(member(args, 'node'), member(args, 'target'));
    const into = nodeWritten(action);
    if (into !== undefined) return gone(into);
    // They end or steer what the page itself has started. To complete a job may move the guest to another disk.
    const act = actOf(execute);
    return asksOnly(action) || (act !== undefined && act !== 'complete');
  });
}
