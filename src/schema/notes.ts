// What the schema does not say about commands, arguments and events, in our own words.

import { AGENT_COMMANDS, AGENT_EXAMPLES, AGENT_NOTES } from './notes/agent.ts';
import { ARGUMENTS } from './notes/arguments.ts';
import { COMMANDS, EXAMPLES } from './notes/commands.ts';
import { EVENTS, RELATED } from './notes/events.ts';
import { lazyTable } from './notes/table.ts';
import { VALUES } from './notes/values.ts';
import { isIndex, type Path } from './walk.ts';

export { replacement } from './replacement.ts';

const commands = lazyTable(COMMANDS);
const examples = lazyTable(EXAMPLES);
const argumentNotes = lazyTable(ARGUMENTS);
const events = lazyTable(EVENTS);
const related = lazyTable(RELATED);
const values = lazyTable(VALUES);
const agentCommands = lazyTable(AGENT_COMMANDS);
const agentExamples = lazyTable(AGENT_EXAMPLES);
const agentNotes = lazyTable(AGENT_NOTES);
/** The names of all commands of QEMU's guest agent begin so, and those of no other. */
const OF_AGENT = 'guest-';

/** Whether a guest agent has a command of that name, as far as is known of any. */
export function isAgentCommand(name: string): boolean {
  return agentCommands(name) !== undefined;
}

/** What a command does, in one line: lower case, no full stop. */
export function describeCommand(command: string): string | undefined {
  return command.startsWith(OF_AGENT) ? agentCommands(command) : commands(command);
}

/**
 * What an argument means, in one line. `path` leads from the arguments down; list indexes do not matter.
 * Inside a transaction the action's own command is asked: give it as `command`.
 */
export function describeArgument(command: string, path: Path): string | undefined {
  const names = path.filter(part => !isIndex(part)).map(String);
  const last = names.at(-1);
  if (last === undefined) return undefined;
  if (command.startsWith(OF_AGENT)) return agentNotes(`${command}.${last}`) ?? agentNotes(last);
  return (
    argumentNotes(`${command}.${names.join('.')}`) ??
    argumentNotes(`${command}.${last}`) ??
    (names.length > 1 ? argumentNotes(names.slice(-2).join('.')) : undefined) ??
    argumentNotes(last)
  );
}

/** What a value of an enum means, in one line; `owner` is the command or event, `path` leads to the member that holds it. */
export function describeValue(owner: string, path: Path, value: string): string | undefined {
  const names = path.filter(part => !isIndex(part)).map(String);
  const last = names.at(-1);
  if (last === undefined || owner.startsWith(OF_AGENT)) return undefined;
  return (
    values(`${owner}.${last}=${value}`) ??
    values(`${names.slice(-2).join('.')}=${value}`) ??
    values(`${last}=${value}`)
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
  return command.startsWith(OF_AGENT) ? agentExamples(command) : examples(command);
}
