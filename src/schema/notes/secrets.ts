// Secrets in requests: they stay out of the history, of recordings, logs and of what is shown.
import type { Request } from '../../qmp/message.ts';
import { isArray, isObject, type Json, type JsonObject, member, setMember } from '../../text/json.ts';
import { namesSecret } from './secretnames.ts';
import { hideIn, MASK, maskText, mayHoldSecret } from './secrettext.ts';

// Members whose name says nothing, or too much: a key slot's `secret` is the id of an object.
const SECRET_ARGUMENTS: ReadonlySet<string> = new Set(['sev-inject-launch-secret.secret', 'object-add.data']);
const SECRET_PROPERTY = /^data$/;

/** Whether a request carries a secret in clear text. */
export function holdsSecret(request: Request): boolean {
  return maskSecrets(request) !== request.arguments;
}

/** The request's arguments with every secret masked; the very same object when there is none. */
export function maskSecrets(request: Request): JsonObject {
  const { execute, arguments: args } = request;
  const masked = maskObject(args, execute, true);
  return execute === 'transaction' ? masked : maskCommand(execute, masked);
}

/** A message on its way to QEMU with its secrets masked; whatever is no request stays what it is, texts in it masked. */
export function maskMessage(message: Json): Json {
  if (!isObject(message)) return maskValue(message, '');
  const name = member(message, 'execute') ?? member(message, 'exec-oob');
  const args = member(message, 'arguments');
  if (typeof name !== 'string' || !isObject(args)) return maskValue(message, '');
  const masked = maskSecrets({ execute: name, arguments: args });
  return masked === args ? message : { ...message, arguments: masked };
}

/** The secrets themselves: what a text about the request must not say either. */
export function secretsIn(request: Request): readonly string[] {
  return replaced(request.arguments, maskSecrets(request));
}

function replaced(before: Json | undefined, after: Json | undefined): readonly string[] {
  if (before === after || before === undefined) return [];
  if (after === MASK || typeof before === 'string')
    return typeof before === 'string' && after !== MASK ? hideIn(before).secrets : [String(before)];
  if (isArray(before) && isArray(after)) return before.flatMap((item, i) => replaced(item, after[i]));
  if (!isObject(before) || !isObject(after)) return [];
  return Object.entries(before).flatMap(([key, value]) => replaced(value, member(after, key)));
}

function maskCommand(command: string, args: JsonObject): JsonObject {
  switch (command) {
    case 'object-add': {
      const props = member(args, 'props'); // QEMU before 6.0 nests them
      const inner = isObject(props) ? withMask(props, 'data') : props;
      return inner === undefined || inner === props ? args : { ...args, props: inner };
    }
    case 'qom-set': {
      const property = member(args, 'property');
      const isSecret =
        typeof property === 'string' && (SECRET_PROPERTY.test(property) || namesSecret(property));
      return isSecret ? withMask(args, 'value') : args;
    }
    case 'human-monitor-command': {
      const line = member(args, 'command-line');
      const isSecret = typeof line === 'string' && (line.includes(MASK) || mayHoldSecret(line));
      return isSecret ? withMask(args, 'command-line') : args;
    }
    default:
      return args;
  }
}

function withMask(object: JsonObject, key: string): JsonObject {
  const value = member(object, key);
  return value === undefined || value === MASK ? object : { ...object, [key]: MASK };
}

function maskObject(object: JsonObject, command: string, top: boolean): JsonObject {
  let changed = false;
  const copy: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    const named = key !== 'secret' && namesSecret(key);
    const secret = named || (top && SECRET_ARGUMENTS.has(`${command}.${key}`));
    const masked = secret && isScalar(value) ? MASK : maskValue(value, command);
    if (masked !== value) changed = true;
    setMember(copy, key, masked);
  }
  return changed ? copy : object;
}

function maskValue(value: Json, command: string): Json {
  if (typeof value === 'string') return maskText(value);
  if (isArray(value)) {
    const items = value.map((item, i) =>
      isBehindFlag(value[i - 1], item) ? MASK : maskValue(item, command),
    );
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  return isObject(value) ? maskObject(value, command, false) : value;
}

/** Arguments of a program, an item each: `"--password", "X"`, `"-u", "joe:X"`. */
function isBehindFlag(flag: Json | undefined, item: Json): boolean {
  if (typeof flag !== 'string' || !flag.startsWith('-') || typeof item !== 'string') return false;
  return namesSecret(flag.replace(/^-+/, '')) || mayHoldSecret(`${flag} ${item}`);
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== 'object' && typeof value !== 'boolean';
}
