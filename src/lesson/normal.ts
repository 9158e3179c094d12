// The normal form of a request: two requests that ask for the same have the same one. Defaults that are spelled out
// are dropped, and commands with two names get one.
import type { Request } from '../qmp/message.ts';
import { plainRequest } from '../schema/jobs.ts';
import { equalJson, isArray, isObject, type Json, type JsonObject, member, setMember } from '../text/json.ts';

const JOB: JsonObject = { speed: 0, 'auto-finalize': true, 'auto-dismiss': true };
const ON_ERROR: JsonObject = { 'on-source-error': 'report', 'on-target-error': 'report' };

// Defaults as the QMP reference states them. The schema does not tell them.
const DEFAULTS: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['blockdev-backup', { ...JOB, ...ON_ERROR, compress: false }],
  ['blockdev-mirror', { ...JOB, ...ON_ERROR, 'copy-mode': 'background' }],
  ['block-stream', { ...JOB, 'on-error': 'report' }],
  ['block-commit', { ...JOB, 'on-error': 'report' }],
  ['blockdev-create', { options: {} }],
  ['blockdev-snapshot-sync', { format: 'qcow2', mode: 'absolute-paths' }],
  ['block-job-cancel', { force: false }],
  ['block-dirty-bitmap-add', { persistent: false, disabled: false }],
  ['query-named-block-nodes', { flat: false }],
  ['block-export-add', { writable: false, writethrough: false }],
  ['nbd-server-start', { 'max-connections': 0 }],
  ['transaction', { properties: { 'completion-mode': 'individual' } }],
]);

/** Options that every node takes, at any depth. */
const NODE: JsonObject = {
  'read-only': false,
  'auto-read-only': false,
  'force-share': false,
  'detect-zeroes': 'off',
  discard: 'ignore',
  cache: {},
  direct: false,
  'no-flush': false,
  locking: 'auto',
  aio: 'threads',
};

export function normal(request: Request): Request {
  const { execute, arguments: args } = plainRequest(request) ?? request;
  return { execute, arguments: inner(execute, args) };
}

function inner(execute: string, args: JsonObject): JsonObject {
  if (execute === 'blockdev-add' || execute === 'blockdev-reopen') return withoutDefaults(args, NODE, true);
  const kept = withoutDefaults(args, DEFAULTS.get(execute) ?? {}, false);
  const actions = execute === 'transaction' ? member(kept, 'actions') : undefined;
  return isArray(actions) ? { ...kept, actions: actions.map(action) } : kept;
}

/** An action of a transaction has a command's name and its arguments. */
function action(item: Json): Json {
  if (!isObject(item)) return item;
  const [type, data] = [member(item, 'type'), member(item, 'data')];
  return typeof type === 'string' && isObject(data) ? { ...item, data: inner(type, data) } : item;
}

function withoutDefaults(object: JsonObject, defaults: JsonObject, deep: boolean): JsonObject {
  const out: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    const kept = deep && isObject(value) ? withoutDefaults(value, defaults, true) : value;
    const usual = member(defaults, key);
    if (usual === undefined || !equalJson(usual, kept)) setMember(out, key, kept);
  }
  return out;
}
