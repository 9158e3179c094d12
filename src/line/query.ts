// Queries on a reply, in JMESPath. The library is loaded at the first one.
import type { Json } from '../text/json.ts';

type Answer = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

/** The result of the query on the value; null where it finds nothing. */
export async function ask(value: Json, query: string): Promise<Answer> {
  const { default: jmespath } = await import('jmespath');
  try {
    const found: Json | undefined = jmespath.search(value, query);
    return { ok: true, value: found ?? null };
  } catch (error) {
    return { ok: false, message: `${query}: ${reason(error)}` };
  }
}

/** What is wrong with the query itself; undefined when it can be asked. */
export async function queryFault(query: string): Promise<string | undefined> {
  const { default: jmespath } = await import('jmespath');
  try {
    jmespath.search(null, query);
    return undefined;
  } catch (error) {
    const text = reason(error);
    // Null is no list and no text: what its functions say about that is no fault of the query.
    return /but received type/.test(text) ? undefined : `${query}: ${text}`;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^TypeError: /, '') : String(error);
}
