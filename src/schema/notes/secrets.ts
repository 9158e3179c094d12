// Which arguments are secrets: they stay out of the history, of recordings and of what is echoed.
import type { Request } from '../../qmp/message.ts';
import { isArray, isObject, type Json, type JsonObject, member, setMember } from '../../text/json.ts';

/** Stands where a secret stood. */
export const MASK = '********';

// Members whose value is a secret wherever they stand. `...-secret` members are only ids of secret objects.
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['password', 'passwd', 'passphrase', 'cookie']);
const SECRET_ARGUMENTS: ReadonlySet<string> = new Set(['sev-inject-launch-secret.secret']);
const SECRET_PROPERTIES: ReadonlySet<string> = new Set([
  'data',
  'password',
  'passwd',
  'passphrase',
  'secret',
]);
// scheme://user:password@host, in any text
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi;
// Lines of the human monitor that carry one.
const HMP_SECRET =
  /^\s*(?:set_password\s+\S+|change\s+\S+\s+passw(?:or)?d)\s+\S|^\s*object_add\b.*\bsecret\b.*\bdata=/is;

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

function maskCommand(command: string, args: JsonObject): JsonObject {
  switch (command) {
    case 'object-add': {
      const flat = member(args, 'qom-type') === 'secret' ? withMask(args, 'data') : args;
      const props = member(flat, 'props'); // QEMU before 6.0 nests them
      if (!isObject(props) || member(args, 'qom-type') !== 'secret') return flat;
      const inner = withMask(props, 'data');
      return inner === props ? flat : { ...flat, props: inner };
    }
    case 'qom-set': {
      const property = member(args, 'property');
      return typeof property === 'string' && SECRET_PROPERTIES.has(property) ? withMask(args, 'value') : args;
    }
    case 'human-monitor-command': {
      const line = member(args, 'command-line');
      return typeof line === 'string' && HMP_SECRET.test(line) ? withMask(args, 'command-line') : args;
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
    const secret = SECRET_MEMBERS.has(key) || (top && SECRET_ARGUMENTS.has(`${command}.${key}`));
    const masked = secret && isScalar(value) ? MASK : maskValue(value, command);
    if (masked !== value) changed = true;
    setMember(copy, key, masked);
  }
  return changed ? copy : object;
}

function maskValue(value: Json, command: string): Json {
  if (typeof value === 'string')
    return value.includes('://') ? value.replace(URL_PASSWORD, `$1${MASK}`) : value;
  if (isArray(value)) {
    const items = value.map(item => maskValue(item, command));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  return isObject(value) ? maskObject(value, command, false) : value;
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== 'object' && typeof value !== 'boolean';
}

const TEXT_SECRETS: readonly RegExp[] = [
  /\b(?:set_password|change-vnc-password|guest-set-user-password|sev-inject-launch-secret)\b\W+\w/i,
  /(?:^|[^\w-])(?:password|passwd|passphrase|cookie)["']?\s*[=:]/i,
  /\bchange\s+\S+\s+passw(?:or)?d\b/i,
  /(?=.*\bsecret\b)(?=.*\bdata["']?\s*[=:])/is,
  /(?=.*\bqom-set\b)(?=.*\b(?:data|password|passwd|passphrase|secret)\b)/is,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i,
];

/**
 * Whether a text may carry a secret, whatever else is wrong with it: it need not parse. Says yes too often
 * rather than too seldom, since what it lets through is written to the history.
 */
export function mayHoldSecret(text: string): boolean {
  const decoded = text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return TEXT_SECRETS.some(pattern => pattern.test(decoded));
}
