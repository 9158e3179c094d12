// A command that QEMU refuses because it has none of that name: what was perhaps meant.
import type { Host } from '../line/host.ts';
import { limits } from '../line/send.ts';
import { findCommand } from '../schema/check.ts';
import { meantElsewhere } from '../schema/elsewhere.ts';
import { hmpMeant } from '../schema/hmp.ts';
import { isAgentCommand } from '../schema/notes.ts';
import { isArray, isObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';

/** A command of a guest agent's, or one that a guest agent does not have. */
async function tellOther(command: string, host: Host): Promise<boolean> {
  const schema = await host.loadSchema();
  const found = schema && findCommand(schema, command);
  if (!found || !('severity' in found)) return false;
  const { message, nearest = [], advice } = found;
  host.show([
    [
      { text: safe(message), role: 'error' },
      { text: nearest.length > 0 ? `; did you mean ${nearest.join(', ')}?` : '' },
    ],
    ...(advice === undefined ? [] : [[{ text: safe(advice) }]]),
  ]);
  return true;
}

/** A refused name was perhaps a slip: the names this QEMU knows are one cheap query away. False where it knows it. */
export async function tellUnknown(command: string, host: Host): Promise<boolean> {
  if (host.session?.isAgent || isAgentCommand(command)) return tellOther(command, host);
  const reply = await host.session?.execute('query-commands', {}, limits(host));
  if (reply?.kind !== 'success' || !isArray(reply.value)) return false;
  const names = reply.value.flatMap(row =>
    isObject(row) && typeof row['name'] === 'string' ? [row['name']] : [],
  );
  if (names.includes(command)) return false;
  const foreign = hmpMeant(command);
  if (foreign !== undefined) {
    host.show([
      [{ text: `${safe(command)} is a command of the human monitor, not of QMP`, role: 'error' }],
      [{ text: safe(foreign) }],
    ]);
    return true;
  }
  const { nearest } = await import('../text/fuzzy.ts');
  const elsewhere = meantElsewhere(name => names.includes(name), command);
  const near = elsewhere?.nearest ?? nearest(command, names);
  host.show([
    [
      { text: `${safe(command)}: this QEMU has no such command`, role: 'error' },
      { text: near.length > 0 ? `; did you mean ${near.join(', ')}?` : '' },
    ],
    ...(elsewhere?.advice === undefined ? [] : [[{ text: elsewhere.advice }]]),
  ]);
  return true;
}
