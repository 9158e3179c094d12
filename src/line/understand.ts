// Parses lines for a VM: its schema gives the types of values; where the schema leaves a type open, another run of
// the VM's program tells it.
import type { Line } from '../language/line.ts';
import { meaningOf } from '../language/parse.ts';
import { readRequest } from '../language/request.ts';
import { readLine, type Tree } from '../language/tokens.ts';
import { lessonOf } from '../schema/learned.ts';
import type { Connection } from './connection.ts';

/** Parses a line. The schema is fetched only where a value needs a type. */
export async function understand(
  text: string,
  host: Pick<Connection, 'schema' | 'loadSchema' | 'known'>,
): Promise<Line> {
  const tree = readLine(text);
  if (!host.schema) {
    const guess = meaningOf(tree);
    // What looks wrong without types may be right with them: host=[::1] is text where text is wanted.
    const needsTypes =
      guess.kind === 'wrong' || (guess.kind === 'command' && Object.keys(guess.request.arguments).length > 0);
    if (!needsTypes) return guess;
  }
  await learnFor(tree, host);
  return meaningOf(tree, host.schema);
}

/** Loads the types that a line needs and the schema leaves open: the properties of the device it adds. */
export async function learnFor(
  tree: Tree,
  host: Pick<Connection, 'schema' | 'loadSchema' | 'known'>,
): Promise<void> {
  const schema = await host.loadSchema();
  const { known } = host;
  if (!schema || !known) return;
  if (tree.kind !== 'command') return;
  const { execute, arguments: args } = readRequest(tree, schema).request;
  const found = lessonOf(schema, execute, args);
  if (found?.more) await known.learn(found.lesson);
}
