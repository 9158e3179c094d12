// What the schema does not say about commands, arguments and events, in our own words.

import { ARGUMENTS } from './notes/arguments.ts';
import { COMMANDS, EXAMPLES } from './notes/commands.ts';
import { REPLACEMENTS } from './notes/deprecated.ts';
import { EVENTS, RELATED } from './notes/events.ts';
import { lazyTable } from './notes/table.ts';
import { isIndex, type Path } from './walk.ts';

export { type Explanation, explainRefusal, withJobCommand } from './notes/puzzles.ts';
export { holdsSecret, MASK, maskSecrets, mayHoldSecret } from './notes/secrets.ts';

const commands = lazyTable(COMMANDS);
const examples = lazyTable(EXAMPLES);
const argumentNotes = lazyTable(ARGUMENTS);
const events = lazyTable(EVENTS);
const related = lazyTable(RELATED);
const replacements = lazyTable(REPLACEMENTS);

// State that is lost when one of these is typed by accident.
const DESTRUCTIVE: ReadonlyMap<string, string> = new Map([
  ['quit', 'quit ends this QEMU at once: the guest is cut off as if its power failed.'],
  ['system_reset', 'system_reset restarts the guest at once: what it has not written to disk is lost.'],
  ['snapshot-load', 'snapshot-load puts memory and disks back: what happened since the snapshot is lost.'],
  ['snapshot-delete', 'snapshot-delete removes the snapshot from every disk; nothing brings it back.'],
  [
    'blockdev-snapshot-delete-internal-sync',
    'blockdev-snapshot-delete-internal-sync removes the snapshot from the image; nothing brings it back.',
  ],
  ['nbd-server-stop', 'nbd-server-stop disconnects every client and takes all exports away.'],
  ['yank', 'yank breaks connections off; what used them fails.'],
  ['x-colo-lost-heartbeat', 'x-colo-lost-heartbeat gives the other side of the replication up for lost.'],
  ['xen-load-devices-state', 'xen-load-devices-state overwrites the state of every device.'],
  ['inject-nmi', 'inject-nmi makes many guests crash and dump their memory.'],
]);

/** Why a command should be asked about when it was typed: the state it loses, as a sentence. */
export function destructive(command: string): string | undefined {
  return DESTRUCTIVE.get(command);
}

/** What a command does, in one line: lower case, no full stop. */
export function describeCommand(command: string): string | undefined {
  return commands(command);
}

/**
 * What an argument means, in one line. `path` leads from the arguments down; list indexes do not matter.
 * Inside a transaction the action's own command is asked: give it as `command`.
 */
export function describeArgument(command: string, path: Path): string | undefined {
  const names = path.filter(part => !isIndex(part)).map(String);
  const last = names.at(-1);
  if (last === undefined) return undefined;
  return (
    argumentNotes(`${command}.${names.join('.')}`) ??
    argumentNotes(`${command}.${last}`) ??
    (names.length > 1 ? argumentNotes(names.slice(-2).join('.')) : undefined) ??
    argumentNotes(last)
  );
}

/** What an event means, in one line. */
export function describeEvent(event: string): string | undefined {
  return events(event);
}

/** The events a command brings, in the order they come. */
export function relatedEvents(command: string): readonly string[] {
  return related(command)?.split(' ') ?? [];
}

/** A whole line with this command, to learn from. Commands without arguments need none. */
export function exampleLine(command: string): string | undefined {
  return examples(command);
}

/**
 * What to use instead of a deprecated command (no path), argument, or enum value of an argument, as a
 * sentence. `tags` are the values that picked the variants on the way, such as the driver.
 */
export function replacement(
  command: string,
  path: Path = [],
  value?: string,
  tags: readonly string[] = [],
): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return replacements(command);
  if (value !== undefined) return replacements(`${last}=${value}`);
  for (const tag of tags) {
    const found = replacements(`[${tag}].${last}`);
    if (found !== undefined) return found;
  }
  return replacements(`${command}.${last}`);
}
