// Whether finished arguments are what a command takes. What QEMU would take is never refused.

import { nearest } from '../text/fuzzy.ts';
import { isArray, isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import type { Command, EnumValue, Feature, Member, ObjectType, Schema, Type } from './model.ts';
import { replacement } from './notes.ts';
import { describe, membersAt, type Path, showPath, variantsWith } from './walk.ts';

/** Something the schema says about a place in the arguments. `at` is the member's name or its value. */
export interface Finding {
  readonly severity: 'problem' | 'warning';
  readonly path: Path;
  readonly at: 'name' | 'value';
  readonly message: string;
  readonly advice?: string;
  readonly nearest?: readonly string[];
}

/** The command of a name, or what is wrong with the name. */
export function findCommand(schema: Schema, name: string): Command | Finding {
  const command = schema.commands.get(name);
  if (command !== undefined) return command;
  const near = nearestCommands(schema, name);
  const advice =
    near.length > 0 ? {} : { advice: 'Tab after the first letters lists the commands there are.' };
  return problem([], 'name', `there is no command ${quote(name)}`, { ...advice, nearest: near });
}

// A name that is wrong stays so while the rest of the line is typed.
let last: { readonly schema: Schema; readonly name: string; readonly near: readonly string[] } | undefined;

function nearestCommands(schema: Schema, name: string): readonly string[] {
  if (last?.schema !== schema || last.name !== name)
    last = { schema, name, near: nearest(name, [...schema.commands.keys()]) };
  return last.near;
}

/** All findings about a command and its arguments, in no particular order. */
export function check(command: Command, args: JsonObject): readonly Finding[] {
  const checker = new Checker(command.name);
  checker.features(command.features, [], 'name', command.name);
  checker.object(command.arguments, args, [], command.name);
  return checker.findings;
}

/** The same for any object, under a name that the messages use for it. */
export function checkObject(type: ObjectType, value: JsonObject, name: string): readonly Finding[] {
  const checker = new Checker(name);
  checker.object(type, value, [], name);
  return checker.findings;
}

/** What the features of a command's name say, also of one that is part of a transaction. */
export function checkFeatures(list: readonly Feature[], name: string): readonly Finding[] {
  const checker = new Checker(name);
  checker.features(list, [], 'name', name);
  return checker.findings;
}

const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

class Checker {
  readonly findings: Finding[] = [];
  private readonly command: string;
  /** The values that picked the variants around the place being looked at. */
  private tags: readonly string[] = [];

  constructor(command: string) {
    this.command = command;
  }

  /** `name` is what messages call the object: the command, or the path of a member. */
  object(type: ObjectType, value: JsonObject, path: Path, name: string): void {
    const members = membersAt(type, value);
    const byName = new Map(members.map(m => [m.name, m]));
    const around = this.tags;
    const tag = type.tag === undefined ? undefined : member(value, type.tag);
    if (typeof tag === 'string') this.tags = [tag, ...around];
    for (const [key, inner] of Object.entries(value)) {
      const known = byName.get(key);
      if (known !== undefined) this.member(known, inner, [...path, key]);
      else if (type.open !== true) this.unknown(type, members, value, [...path, key], name);
    }
    const missing = members.filter(m => m.required && !Object.hasOwn(value, m.name));
    if (missing.length > 0) this.findings.push(missingMembers(missing, path, name));
    this.tags = around;
  }

  private member(known: Member, value: Json, path: Path): void {
    this.features(known.features, path, 'name', quote(showPath(path)));
    this.value(known.type(), value, path);
  }

  private unknown(
    type: ObjectType,
    members: readonly Member[],
    given: JsonObject,
    path: Path,
    name: string,
  ): void {
    const key = String(path.at(-1));
    const others = variantsWith(type, key);
    const names = members.map(m => m.name);
    const all = nearest(key, names);
    const taken = all[0] !== undefined && Object.hasOwn(given, all[0]) ? all[0] : undefined;
    const near = taken === undefined ? all.filter(n => !Object.hasOwn(given, n)) : [];
    const variant = type.tag === undefined ? undefined : member(given, type.tag);
    const where =
      typeof variant === 'string' && type.variants?.has(variant) ? ` with ${type.tag}=${variant}` : '';
    const advice = (): string | undefined => {
      if (others.length > 0) return `It goes with ${type.tag}=${some(others)}.`;
      if (taken !== undefined) return `${quote(taken)} is given already: take this one out.`;
      if (near.length > 0) return undefined;
      const free = names.filter(n => !Object.hasOwn(given, n));
      return names.length === 0 ? 'It takes none.' : `It takes ${some(free.length > 0 ? free : names)}.`;
    };
    const more = advice();
    this.findings.push(
      problem(path, 'name', `${name} has no argument ${quote(key)}${where}`, {
        ...(near.length > 0 ? { nearest: near } : {}),
        ...(more === undefined ? {} : { advice: more }),
      }),
    );
  }

  value(type: Type, value: Json, path: Path): void {
    if (!takes(type, value)) {
      const message = `${quote(showPath(path))} takes ${describe(type)}, not ${show(value)}`;
      this.findings.push(problem(path, 'value', message, adviceFor(type, value, path)));
    } else if (type.kind === 'alternate') {
      const choice = type.choices.map(c => c()).find(c => takes(c, value));
      if (choice !== undefined) this.value(choice, value, path);
    } else if (type.kind === 'object' && isObject(value)) {
      this.object(type, value, path, quote(showPath(path)));
    } else if (type.kind === 'array' && isArray(value)) {
      for (const [i, item] of value.entries()) this.value(type.element(), item, [...path, i]);
    } else if (type.kind === 'enum' && typeof value === 'string') {
      this.enumValue(type.values, value, path);
    } else if (type.kind === 'int' && typeof value === 'bigint') this.range(value, path);
  }

  features(list: readonly Feature[], path: Path, at: Finding['at'], what: string, value?: string): void {
    const warn = (message: string, advice: string | undefined) => {
      const more = advice === undefined ? {} : { advice };
      this.findings.push({ severity: 'warning', path, at, message, ...more });
    };
    if (list.includes('deprecated')) {
      const advice = replacement(this.command, path, value, this.tags);
      warn(`${what} is deprecated: a later QEMU may not have it`, advice);
    }
    if (list.includes('unstable')) warn(`${what} is unstable: a later QEMU may change it`, undefined);
  }

  private range(value: bigint, path: Path): void {
    if (value >= SMALLEST && value <= LARGEST) return;
    this.findings.push(
      problem(path, 'value', `${show(value)} does not fit into 64 bits`, {
        advice: `The largest number QEMU reads is ${LARGEST}.`,
      }),
    );
  }

  private enumValue(values: readonly EnumValue[], value: string, path: Path): void {
    const found = values.find(v => v.name === value);
    if (found !== undefined) {
      this.features(found.features, path, 'value', `${quote(showPath(path))} = ${quote(value)}`, value);
      return;
    }
    const names = values.map(v => v.name);
    const near = nearest(value, names);
    this.findings.push(
      problem(path, 'value', `${quote(showPath(path))} cannot be ${quote(value)}`, {
        ...(near.length > 0 ? { nearest: near } : {}),
        ...(near.length === 0 || names.length <= 8 ? { advice: `It is one of ${some(names)}.` } : {}),
      }),
    );
  }
}

/** Whether a type takes JSON of this kind; what is inside is looked at later. */
function takes(type: Type, value: Json): boolean {
  switch (type.kind) {
    case 'str':
    case 'enum':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'any':
      return true;
    case 'array':
      return isArray(value);
    case 'object':
      return isObject(value);
    case 'alternate':
      return type.choices.some(choice => takes(choice(), value));
  }
}

function missingMembers(missing: readonly Member[], path: Path, name: string): Finding {
  const names = missing.map(m => m.name);
  const examples = missing.slice(0, 4).map(m => `${showPath([...path, m.name])}=${example(m.type())}`);
  return problem(path, 'name', `${name} needs ${names.join(', ')}`, {
    advice: `Add ${examples.join(' ')}${missing.length > 4 ? ' and the others' : ''}`,
  });
}

function example(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return describe(type);
    case 'bool':
      return 'true|false';
    case 'array':
      return '[...]';
    case 'object':
      return '{...}';
    default:
      return '...';
  }
}

function adviceFor(type: Type, value: Json, path: Path): { advice?: string } {
  const name = showPath(path);
  switch (type.kind) {
    case 'int':
      return { advice: 'Write 123, 0x7b, or a size such as 39M.' };
    case 'bool':
      return { advice: 'Write true or false.' };
    case 'array':
      return { advice: `Write ${name}=[...], or ${name}.0=... ${name}.1=...` };
    case 'object':
      return { advice: `Write its members as ${name}.NAME=..., or ${name}={...}` };
    case 'str':
      return typeof value === 'object' ? {} : { advice: `Put it in quotes: ${stringifyJson(String(value))}` };
    default:
      return {};
  }
}

function problem(
  path: Path,
  at: Finding['at'],
  message: string,
  more: { readonly advice?: string; readonly nearest?: readonly string[] },
): Finding {
  return { severity: 'problem', path, at, message, ...more };
}

function quote(name: string): string {
  return stringifyJson(name);
}

function show(value: Json): string {
  const text = stringifyJson(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}

function some(names: readonly string[]): string {
  return names.length <= 10
    ? names.join(', ')
    : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
}
