// Which requests make QEMU run a program on its host: addresses that begin with `exec:`, scripts and helpers of networks,
// programs by which a migration goes on.
import type { Request } from '../../qmp/message.ts';
import { isArray, isObject, type Json } from '../../text/json.ts';

/** What QEMU would run because of the request, in the words of the request; empty for most. */
export function programsOf({ execute, arguments: args }: Request): readonly string[] {
  const found: string[] = [];
  visit(args, '', (name, value) => {
    if (typeof value === 'string' && /^exec:/.test(value)) found.push(value.slice('exec:'.length).trim());
    if (name === 'cpr-exec-command') found.push(words(value));
    if (isObject(value) && value['transport'] === 'exec') found.push(words(value['args'] ?? []));
  });
  if (execute === 'netdev_add') found.push(...ofNetwork(args));
  const line = args['command-line'];
  if (execute === 'human-monitor-command' && typeof line === 'string') found.push(...ofHuman(line));
  return [...new Set(found)];
}

/** Scripts and helpers: QEMU has ones of its own where none is named. */
function ofNetwork(args: { readonly [name: string]: Json }): readonly string[] {
  const text = (name: string) => (typeof args[name] === 'string' ? args[name] : undefined);
  switch (args['type']) {
    case 'tap': {
      if (text('helper') !== undefined) return [`${text('helper')}`];
      if (['fd', 'fds'].some(name => args[name] !== undefined)) return [];
      const scripts = [text('script') ?? '/etc/qemu-ifup', text('downscript') ?? '/etc/qemu-ifdown'];
      return scripts.filter(script => script !== 'no' && script !== '');
    }
    case 'bridge':
      return [text('helper') ?? 'qemu-bridge-helper'];
    case 'passt':
      return [text('path') ?? 'passt'];
    case 'user':
    case undefined: {
      const forwards = isArray(args['guestfwd']) ? args['guestfwd'] : [args['guestfwd'] ?? ''];
      const commands = forwards.flatMap(item => {
        const shown = isObject(item) ? item['str'] : item;
        return typeof shown === 'string' && shown.includes('cmd:') ? [shown.replace(/^.*?cmd:/s, '')] : [];
      });
      return text('smb') === undefined ? commands : [...commands, `smbd (for ${text('smb')})`];
    }
    default:
      return [];
  }
}

/** A line of the human monitor that names a program, or a network that runs one. */
function ofHuman(line: string): readonly string[] {
  const runs =
    /\bexec:|\bcmd:|\b(script|helper|smb)=|\bcpr-exec-command\b/.test(line) ||
    /^\s*(netdev_add|host_net_add)\s+"?(type=)?(tap|bridge|passt)\b/.test(line);
  return runs ? [line.trim()] : [];
}

function words(value: Json): string {
  return isArray(value) ? value.map(String).join(' ') : String(value);
}

function visit(value: Json, name: string, see: (name: string, value: Json) => void): void {
  see(name, value);
  if (isArray(value)) for (const item of value) visit(item, '', see);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, key, see);
}
