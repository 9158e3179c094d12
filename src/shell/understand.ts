// What a line means to this VM: by its schema's types where a value needs one.
import type { Line } from '../language/line.ts';
import { parse } from '../language/parse.ts';
import type { Host } from './host.ts';

/** Parses a line. The schema is fetched only where a value needs a type. */
export async function understand(text: string, host: Host): Promise<Line> {
  if (host.schema) return parse(text, host.schema);
  const guess = parse(text);
  // What looks wrong without types may be right with them: host=[::1] is text where text is wanted.
  const needsTypes =
    guess.kind === 'wrong' || (guess.kind === 'command' && Object.keys(guess.request.arguments).length > 0);
  if (!needsTypes) return guess;
  const schema = await host.loadSchema();
  return schema ? parse(text, schema) : guess;
}
