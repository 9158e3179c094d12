// Asks a server for its schema and reads it. A guest agent has none: what it tells of its commands is made one.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import { safe } from '../text/safe.ts';

/** Rejects with a QmpshError: `refused` where the server has no schema, `protocol` where it makes no sense. */
export async function askSchema(server: {
  readonly isAgent: boolean;
  execute(command: string): Promise<Reply>;
}): Promise<Schema> {
  const reply = await server.execute(server.isAgent ? 'guest-info' : 'query-qmp-schema');
  if (reply.kind === 'refusal')
    throw new QmpshError('refused', `the server gives no schema: ${safe(reply.desc)}`, { code: reply.class });
  const read = server.isAgent
    ? (await import('../schema/agent.ts')).agentSchema
    : (await import('../schema/load.ts')).loadSchema;
  try {
    return read(reply.value);
  } catch (cause) {
    const why = cause instanceof Error ? safe(cause.message) : 'it has another form';
    const advice = 'Lines are understood by the types in a file instead with --schema FILE.';
    throw new QmpshError('protocol', `the server's schema makes no sense: ${why}`, { advice, cause });
  }
}
