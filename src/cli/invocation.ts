// Reads the arguments of the command line. Pure: the arguments come in, what to do comes out.

import { parseDuration } from '../line/duration.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';
import { OPTIONS, type Option, SUBCOMMANDS } from './options.ts';

export interface Invocation {
  /** Absent: connect to an address. */
  readonly subcommand: string | undefined;
  readonly positionals: readonly string[];
  readonly lines: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
  /** Monitors of --on. */
  readonly on: readonly string[];
  /** Files of --schema. */
  readonly schemas: readonly string[];
  /** The arguments behind `--`. */
  readonly rest: readonly string[] | undefined;
  /** Milliseconds of --timeout. */
  readonly timeout: number | undefined;
}

/** Whether it has an option of several monitors. */
export function isForSeveral({ on, values, switches }: Invocation): boolean {
  return on.length > 0 || 'hosts' in values || 'parallel' in values || switches.has('fail-fast');
}

function usage(message: string, advice = 'qmpsh --help lists them all.'): QmpshError {
  return new QmpshError('usage', message, { advice });
}

function findOption(text: string): Option {
  const found = OPTIONS.find(row =>
    text.startsWith('--') ? row.name === text.slice(2) : row.short === text.slice(1),
  );
  if (found) return found;
  const near = nearest(
    text.replace(/^-+/, ''),
    OPTIONS.map(row => row.name),
  );
  throw usage(`there is no option ${text}${near.length > 0 ? `; did you mean --${near[0]}?` : ''}`);
}

/** Understands the arguments behind the program's name. Throws a usage error that names the argument. */
export function readInvocation(argv: readonly string[]): Invocation {
  const positionals: string[] = [];
  const lines: string[] = [];
  const switches = new Set<string>();
  const values: Record<string, string> = {};
  const schemas: string[] = [];
  const on: string[] = [];
  let rest: readonly string[] | undefined;
  const queue = [...argv];
  const take = (option: Option, attached: string | undefined, as: string) => {
    if (option.value === undefined) {
      if (attached !== undefined) throw usage(`${as} takes no value`);
      switches.add(option.name);
      return;
    }
    const value = attached ?? queue.shift();
    if (value === undefined) throw usage(`${as} wants ${option.value}: ${option.help}`);
    if (option.name === 'command') lines.push(value);
    else if (option.name === 'schema') schemas.push(value);
    else if (option.name === 'on') on.push(value);
    else if (option.name in values) throw usage(`${as} is given twice`);
    else values[option.name] = value;
  };
  // `-> {...}` is a request as QEMU's documents print it, no option.
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === '--') {
      rest = queue.splice(0);
    } else if (arg.startsWith('--')) {
      const at = arg.indexOf('=');
      const name = at < 0 ? arg : arg.slice(0, at);
      take(findOption(name), at < 0 ? undefined : arg.slice(at + 1), name);
    } else if (arg.startsWith('-') && arg.length > 1 && !arg.startsWith('->')) {
      shortOptions(arg, take);
    } else {
      positionals.push(arg);
    }
  }
  const subcommand = SUBCOMMANDS.find(row => row.name === positionals[0])?.name;
  if (subcommand) positionals.shift();
  if (schemas.includes('all') && subcommand !== 'check')
    throw usage('--schema all belongs to qmpsh check', 'Name a file; one that is called all is ./all.');
  if (schemas.length > 1 && subcommand !== 'check')
    throw usage('--schema is given twice', 'Only qmpsh check holds a page against several schemas.');
  const given = [
    ...switches,
    ...Object.keys(values),
    ...(schemas.length > 0 ? ['schema'] : []),
    ...(lines.length > 0 ? ['command'] : []),
    ...(on.length > 0 ? ['on'] : []),
  ];
  checkOwn(subcommand, given);
  checkTaken(subcommand, given, rest);
  if (switches.has('agent')) checkAgent(given, rest);
  const timeout = values['timeout'] === undefined ? undefined : parseDuration(values['timeout']);
  if (values['timeout'] !== undefined && !timeout)
    throw usage(
      `--timeout ${values['timeout']} ${timeout === 0 ? 'leaves no time for an answer' : 'is no time'}`,
      'Write 500ms, 3s or 2m; a bare number is seconds.',
    );
  return { subcommand, positionals, lines, switches, values, on, schemas, rest, timeout };
}

/** `-vp`, `-c LINE`, `-cLINE`. */
function shortOptions(
  arg: string,
  take: (option: Option, attached: string | undefined, as: string) => void,
): void {
  for (let i = 1; i < arg.length; i++) {
    const as = `-${arg[i]}`;
    const option = findOption(as);
    const attached = option.value !== undefined && i + 1 < arg.length ? arg.slice(i + 1) : undefined;
    take(option, attached, as);
    if (attached !== undefined) return;
  }
}

/** An option that belongs to other subcommands must not be ignored silently. */
function checkOwn(subcommand: string | undefined, names: readonly string[]): void {
  for (const option of OPTIONS) {
    if (!names.includes(option.name) || !option.only) continue;
    if (option.only.includes(subcommand ?? '')) continue;
    const owners = option.only.map(name => (name === '' ? 'qmpsh ADDRESS' : `qmpsh ${name}`));
    throw usage(`--${option.name} belongs to ${owners.join(' and ')}`);
  }
}

/** A subcommand that makes no connection takes few options; the others are refused, too. */
function checkTaken(
  subcommand: string | undefined,
  names: readonly string[],
  rest: readonly string[] | undefined,
): void {
  const takes = SUBCOMMANDS.find(row => row.name === subcommand)?.takes;
  if (!takes) return;
  const other = names.find(name => ![...takes, 'help', 'version'].includes(name));
  const what = other === undefined ? rest && 'arguments behind --' : `--${other}`;
  if (what !== undefined) throw usage(`qmpsh ${subcommand} takes no ${what}`);
}

/** A guest agent has neither a human monitor nor QEMU's schema, and is never a QEMU that is started. */
function checkAgent(names: readonly string[], rest: readonly string[] | undefined): void {
  const other = ['hmp', 'schema', 'skip-negotiation'].find(name => names.includes(name));
  if (other !== undefined)
    throw usage(`--agent and --${other} exclude each other`, 'What --agent speaks to is no monitor of QEMU.');
  if (rest) throw usage('--agent is for an address', 'A QEMU started behind -- gets a monitor.');
}

/** The error for arguments that are neither an address nor part of a line: most often a shell has parted a line. */
export function strayArgument({ lines, positionals }: Pick<Invocation, 'lines' | 'positionals'>): QmpshError {
  const torn = [...lines, ...positionals].some(text => TORN.test(text));
  if (torn)
    return usage(
      "the host's shell has taken a request apart",
      `Put the whole line in single quotes: qmpsh -c '{"execute": "query-status"}' ADDRESS`,
    );
  const argument = lines.length > 0 ? positionals.find(text => /^[A-Za-z][\w.-]*=/.test(text)) : undefined;
  if (argument !== undefined) {
    const name = argument.slice(0, argument.indexOf('='));
    return usage(
      `${name}=... is no address, and stands outside of the line`,
      `Put the whole line in quotes: -c '${lines.at(-1)} ${name}=...'`,
    );
  }
  return usage(
    `one address is enough; what is ${positionals[1]}?`,
    'A line to run goes behind -c, in quotes.',
  );
}

// What is left of a request in JSON without its quotes.
const TORN = /^\{[^"']*$|^[^"']*\}$|^(?:execute|arguments):/;
