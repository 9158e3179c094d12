// Asks a VM for the facts in the welcome line: its first disk and its run state; a guest agent for its commands.

import { unlessGivenUp } from '../line/send.ts';
import type { WelcomeFacts } from '../render/welcome.ts';
import type { Session } from '../session/client.ts';
import type { WaitOptions } from '../session/wait.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';

/**
 * Sends only queries that are safe without being asked for (see session/facts.ts). Facts that are refused or late are
 * left out.
 */
export async function welcomeFacts(session: Session, options: WaitOptions): Promise<WelcomeFacts> {
  if (session.isAgent) return agentFacts(session, options);
  const [status, block] = await Promise.all([
    value(session, 'query-status', options),
    value(session, 'query-block', options),
  ]);
  const disk = firstDisk(block);
  const state = text(status, 'status');
  return {
    ...(session.greeting ? { greeting: session.greeting } : {}),
    ...(disk === undefined ? {} : { name: disk }),
    ...(state === undefined ? {} : { status: state }),
  };
}

async function agentFacts(session: Session, options: WaitOptions): Promise<WelcomeFacts> {
  const schema = await unlessGivenUp(session.schema(options));
  const commands = [...(schema?.commands.values() ?? [])];
  const enabled = commands.filter(({ features }) => !features.includes('disabled')).length;
  return { agent: { version: schema?.agent ?? '', enabled, all: commands.length } };
}

async function value(session: Session, command: string, options: WaitOptions): Promise<Json | undefined> {
  const reply = await unlessGivenUp(session.execute(command, {}, options));
  return reply?.kind === 'success' ? reply.value : undefined;
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
