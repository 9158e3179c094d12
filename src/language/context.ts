// A command as far as it is typed, and what the schema knows of it.
import type { ObjectType, Schema, Type } from '../schema/model.ts';
import { arrayIn, objectIn, typeAt } from '../schema/walk.ts';
import type { JsonObject } from '../text/json.ts';
import { assemble } from './assemble.ts';
import type { Argument, Call } from './tokens.ts';

/** The command (or action of a transaction) that the cursor is in. */
export interface Context {
  readonly name: string;
  /** Undefined: no schema, or the schema does not know the command. */
  readonly type: ObjectType | undefined;
  /** The arguments as far as they are typed. */
  readonly given: JsonObject;
}

export function actionContext(action: Call, union: ObjectType | undefined, text: string): Context {
  const data = union?.variants
    ?.get(action.name)?.()
    .members.find(member => member.name === 'data');
  return contextOf(action.name, objectIn(data?.type()), action.args, text);
}

export function contextOf(
  name: string,
  type: ObjectType | undefined,
  args: readonly Argument[],
  text: string,
): Context {
  return { name, type, given: assemble(text, args, type ?? 'open').value };
}

/** The union of what a transaction may do, by command name. */
export function actionUnion(schema: Schema | undefined): ObjectType | undefined {
  const own = schema?.commands.get('transaction')?.arguments;
  return own === undefined ? undefined : objectIn(arrayIn(typeAt(own, ['actions'], {}))?.element());
}

/** The type of a request as it goes over the wire. */
export function messageType(
  schema: Schema | undefined,
  args: ObjectType | undefined,
): ObjectType | undefined {
  if (schema === undefined) return undefined;
  const names: Type = {
    kind: 'enum',
    values: [...schema.commands.values()].map(({ name, features }) => ({ name, features })),
  };
  const any: Type = { kind: 'any' };
  const member = (name: string, type: Type, required: boolean) => ({
    name,
    type: () => type,
    required,
    features: [],
  });
  return {
    kind: 'object',
    members: [
      member('execute', names, true),
      member('arguments', args ?? any, false),
      member('exec-oob', names, false),
      member('id', any, false),
    ],
  };
}
