// Where schema and names come from: a file, a schema that ships, a VM at an address, a practice VM.
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { readNamed } from '../io/files.ts';
import { type Practice, startPractice } from '../io/practice.ts';
import { shippedSchemas } from '../io/schemas.ts';
import { Known, learning } from '../line/known.ts';
import { addressCommands } from '../play/hostcommands.ts';
import { QmpshError } from '../qmp/errors.ts';
import { loadSchema } from '../schema/load.ts';
import type { Schema } from '../schema/model.ts';
import { askSchema } from '../session/askschema.ts';
import { Session } from '../session/client.ts';
import { parseJson } from '../text/json.ts';
import type { Settings } from './settings.ts';

export interface Source {
  /** What lines are judged by; undefined where nothing was set: then only what needs no schema is. */
  readonly schema: Schema | undefined;
  /** What is offered and explained from: the newest schema that ships, where nothing was set. */
  readonly offers: Schema | undefined;
  /** What is known of the VM, while there is a connection. */
  readonly known: () => Known | undefined;
  close(): Promise<void>;
}

/** Milliseconds until a monitor has greeted. */
const GREETING = 5000;

/** What there is where nothing was set. */
export function shippedSource(): Source {
  return { schema: undefined, offers: newest(), known: () => undefined, close: async () => {} };
}

/**
 * Opens what the settings name; throws a QmpshError where that cannot be. `trusted`: whether the user has set it, and not a
 * file of the folder that is open: then an address may run a program.
 */
export async function openSource({ schema, practice, address }: Settings, trusted: boolean): Promise<Source> {
  const given = schema === undefined ? undefined : namedSchema(schema);
  if (address !== undefined) {
    const [program] = addressCommands(address);
    if (program !== undefined && !trusted)
      throw new QmpshError('usage', `the address ${address} runs a program on this host: ${program}`, {
        advice:
          'A setting may come from the folder that is open. Give such an address on the command line: qmpsh lsp ADDRESS.',
      });
    return onMonitor(address, given, undefined);
  }
  if (practice) {
    const vm = await startPractice();
    return onMonitor(vm.address, given, vm).catch(async (error: unknown) => {
      await vm.close();
      throw error;
    });
  }
  if (!given) return shippedSource();
  return { schema: given, offers: given, known: () => undefined, close: async () => {} };
}

async function onMonitor(
  address: string,
  given: Schema | undefined,
  practice: Practice | undefined,
): Promise<Source> {
  const session = await Session.open(await connect(address), {
    clock: CLOCK,
    address,
    greetingTimeout: GREETING,
  });
  let known: Known | undefined = new Known(session, CLOCK, address);
  void session.ended.then(() => {
    known = undefined;
  });
  const own = given ?? learning(await askSchema(session), () => known);
  return {
    schema: own,
    offers: own,
    known: () => known,
    close: async () => {
      await session.close();
      await practice?.close();
    },
  };
}

function namedSchema(name: string): Schema {
  const shipped = shippedSchemas();
  const found = shipped.find(({ version }) => version === name);
  if (found) return loadSchema(found.value);
  if (/^\d+(\.\d+)+$/.test(name))
    throw new QmpshError('usage', `no schema of QEMU ${name} ships with qmpsh`, {
      advice: `There are ${shipped.map(({ version }) => version).join(', ')}; for others name a file: qmpsh -c query-qmp-schema ADDRESS > FILE`,
    });
  try {
    return loadSchema(parseJson(readNamed(name, 'the schema')));
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    throw new QmpshError('usage', `${name} is no schema: ${error instanceof Error ? error.message : error}`, {
      advice: 'It holds the reply of query-qmp-schema: qmpsh -c query-qmp-schema ADDRESS > FILE',
    });
  }
}

let latest: Schema | undefined;

function newest(): Schema | undefined {
  if (latest) return latest;
  const number = (version: string) => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
  const [first] = [...shippedSchemas()].sort((a, b) => number(b.version) - number(a.version));
  latest = first && loadSchema(first.value);
  return latest;
}
