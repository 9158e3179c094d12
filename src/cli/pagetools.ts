// What a page played from the command line gets from the machine: connections, outputs, and who can be asked.
import type { BatchOptions } from '../batch/host.ts';
import { askFields, askKey, askLine } from '../io/form.ts';
import type { Hush } from '../io/hush.ts';
import { readKey } from '../io/key.ts';
import { editOutside } from '../io/outside.ts';
import type { Practice } from '../io/practice.ts';
import { columns, isTerminal, rows, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import type { Dialogue, Person } from '../line/person.ts';
import type { Version } from '../play/document/versions.ts';
import type { Output } from '../play/playing.ts';
import type { Schema } from '../schema/model.ts';
import { type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { wrap } from '../text/wrap.ts';
import { converse } from './converse.ts';
import type { Invocation } from './invocation.ts';
import { colours, painter } from './paint.ts';
import { schemaFrom, schemaOption } from './schema.ts';
import { anyAddress } from './shell.ts';
import type { StatusRows } from './statusrows.ts';

/** Connections, outputs and the terminal, as `play` and `check` use them; tests give others. */
export interface PageTools {
  readonly folder: string;
  readonly schema: () => Promise<Schema | undefined>;
  /** The schema in a file; throws a usage error. */
  readonly schemaFrom: (file: string) => Promise<Schema>;
  /** Those that ship with the shell. */
  readonly shippedSchemas: () => Promise<readonly Version[]>;
  /** Connects, lets `act` use the connection, and closes it. */
  readonly connected: (
    address: string,
    practice: Practice | undefined,
    act: (options: BatchOptions) => Promise<Exit>,
  ) => Promise<Exit>;
  /** The address where none was given: $QMP_SOCKET, or asked for; undefined when the question was left. */
  readonly anyAddress: () => Promise<string | undefined>;
  /** Styled text for standard output. */
  readonly paint: (line: StyledLine) => string;
  readonly out: (text: string) => void;
  /** Whether a person is there to answer (standard input and error are terminals). */
  readonly person: boolean;
  /** Columns of the terminal that standard output and error are; undefined where they are none. */
  readonly columns: (() => number) | undefined;
  /** Rows of that terminal. */
  readonly rows: () => number | undefined;
  readonly errPaint: (line: StyledLine) => string;
  readonly err: (text: string) => void;
}

export async function pageTools(invocation: Invocation): Promise<PageTools> {
  const screen = isTerminal(1) && isTerminal(2) && process.env['TERM'] !== 'dumb';
  return {
    folder: process.cwd(),
    schema: () => schemaOption(invocation),
    schemaFrom,
    shippedSchemas: async () => {
      const { shippedSchemas } = await import('../io/schemas.ts');
      const { loadSchema } = await import('../schema/load.ts');
      return shippedSchemas().map(({ version: name, value }) => ({ name, schema: loadSchema(value) }));
    },
    connected: (address, practice, act) =>
      converse(invocation, address, practice ? { practice, act } : { act }),
    anyAddress,
    paint: await painter(colours(invocation, 1)),
    errPaint: await painter(colours(invocation, 2)),
    out: text => writeAll(1, text),
    err: text => writeAll(2, text),
    person: isTerminal(0) && isTerminal(2),
    columns: screen ? columns : undefined,
    rows: () => (screen ? rows() : undefined),
  };
}

/** Where a report goes: text, or JSON rows. */
export function outputFor(switches: ReadonlySet<string>, tools: PageTools): Output {
  const show = (lines: readonly StyledLine[]) => {
    for (const line of lines) tools.out(`${tools.paint(line)}\n`);
  };
  if (!switches.has('json')) return { show };
  const indent = switches.has('pretty');
  return {
    show,
    row: (json: Json) => tools.out(`${safeJson(indent ? stringifyJson(json, 4) : spacedJson(json))}\n`),
  };
}

/** The person who answers the questions of a page, under the rows of its jobs; undefined where nobody is at a terminal. */
export function personOf(tools: PageTools, status?: StatusRows, hush?: Hush): Person | undefined {
  if (!tools.person) return undefined;
  const freed = <T>(run: () => Promise<T>) => (hush ? hush.aside(run) : run());
  const alone = <T>(run: () => Promise<T>) => (status ? status.aside(() => freed(run)) : freed(run));
  const read = (keys: readonly string[]) => (hush ? hush.listening(() => readKey(keys)) : readKey(keys));
  const dialogue: Dialogue = {
    key: (question, keys, passing) =>
      passing
        ? pressed(question, tools, status, () => read([...keys, 'Enter'])).then(key =>
            key === 'Enter' ? keys[0] : key,
          )
        : alone(() => askKey(question, keys)),
    line: () => alone(askLine),
    form: fields => alone(() => askFields(fields)),
    edit: text => alone(() => editOutside(text)),
  };
  return {
    dialogue,
    confirm: async (sentences, question) => {
      for (const text of sentences) tools.err(`${safe(text)}\n`);
      return (await dialogue.key(`${question} [y/N] `, ['n', 'y'])) === 'y';
    },
  };
}

/** The key that answers a question. Where nothing can be redrawn, the question stays. */
async function pressed(
  question: string,
  tools: PageTools,
  status: StatusRows | undefined,
  answer: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const width = tools.columns?.();
  const asked = width === undefined ? [question] : wrap(question.trim(), width - 1);
  const rows = asked.map(text => tools.errPaint([{ text: safe(text), role: 'prompt' }]));
  if (width !== undefined && status) return status.asking(rows, answer);
  for (const row of rows) tools.err(`${row}\n`);
  return answer();
}
