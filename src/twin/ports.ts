// Ports of this host at which a page lets the VM listen: a twin listens at none of them, so whether they are free is looked up.
import { isListenedAt } from '../io/clients.ts';
import type { Request } from '../qmp/message.ts';
import { isObject, member } from '../text/json.ts';
import { text } from '../text/members.ts';
import type { Permit } from './permit.ts';

/** Why an NBD server cannot be tried; undefined where nothing is known against it. */
export function portRefusal({ execute, arguments: args }: Request): Permit | undefined {
  if (execute !== 'nbd-server-start' || !isObject(args['addr'])) return undefined;
  const data = member(args['addr'], 'data');
  const port = isObject(data) ? Number(text(data, 'port')) : 0;
  if (!(port > 0) || !isListenedAt(port)) return undefined;
  return { kind: 'refuse', why: `something on this host listens at port ${port} already` };
}
