// What the first line says of a VM: its first disk, and how it is.

import type { WelcomeFacts } from '../render/welcome.ts';
import type { Session } from '../session/client.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';

/** Asks only what may be asked though nobody told us to (see session/facts.ts); what is refused is left out. */
export async function vitals(session: Session): Promise<WelcomeFacts> {
  const [status, block] = await Promise.all([value(session, 'query-status'), value(session, 'query-block')]);
  const disk = firstDisk(block);
  const state = text(status, 'status');
  return {
    ...(session.greeting ? { greeting: session.greeting } : {}),
    ...(disk === undefined ? {} : { name: disk }),
    ...(state === undefined ? {} : { status: state }),
  };
}

async function value(session: Session, command: string): Promise<Json | undefined> {
  const reply = await session.execute(command);
  return reply.kind === 'success' ? reply.value : undefined;
}

function text(value: Json | undefined, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** The file of the first disk, without its folders. */
function firstDisk(block: Json | undefined): string | undefined {
  const rows = isArray(block) ? block : [];
  const files = rows.flatMap(row => {
    const inserted: Json | undefined = isObject(row) ? row['inserted'] : undefined;
    return isObject(inserted) ? [fileOf(inserted)] : [];
  });
  return files.find(file => file !== undefined);
}

function fileOf(inserted: JsonObject): string | undefined {
  const file = inserted['file'];
  return typeof file === 'string' && !file.startsWith('json:') ? file.split('/').at(-1) : undefined;
}
