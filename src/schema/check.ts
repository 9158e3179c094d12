// Whether finished arguments are what a command takes. What QEMU would take is never refused.

import { edits, nearest } from '../text/fuzzy.ts';
import { isArray, isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import { meantElsewhere } from './elsewhere.ts';
import { type Finding, problem, type Rule, show, type Wording } from './finding.ts';
import type { Command, EnumValue, EventType, Feature, Member, ObjectType, Schema, Type } from './model.ts';
import { describeCommand, isAgentCommand } from './notes.ts';
import { replacement } from './replacement.ts';
import { deeper, example, flattened } from './shape.ts';
import { adviceFor } from './spelling.ts';
import { isTakenAsText, takes } from './takes.ts';
import { describe, membersAt, type Path, showPath, variantsWith } from './walk.ts';

/** The command of a name, or what is wrong with the name. */
export function findCommand(schema: Schema, name: string): Command | Finding {
  const command = schema.commands.get(name);
  if (command !== undefined) return command;
  const message = `there is no command ${quote(name)}`;
  const whose = otherServer(schema, name);
  if (whose !== undefined) return problem('unknown-command', [], 'name', message, { advice: whose });
  const near = nearestCommands(schema, name);
  const lost = near.length > 0 ? {} : { advice: 'Tab after the first letters lists the commands there are.' };
  const elsewhere = meantElsewhere(command => schema.commands.has(command), name);
  const { sentence: _, ...meant } = elsewhere ?? { ...lost, sentence: '', nearest: near };
  return problem('unknown-command', [], 'name', message, meant);
}

/** That a name is a command of the guest agent where QEMU's monitor is spoken to, or the other way round. */
function otherServer(schema: Schema, name: string): string | undefined {
  if (describeCommand(name) === undefined) return undefined;
  if (isAgentCommand(name) === (schema.agent !== undefined)) return undefined;
  return schema.agent === undefined
    ? "It is one of QEMU's guest agent, which has a socket of its own: qmpsh --agent ADDRESS, or .connect."
    : "It is one of QEMU's monitor, and this is a guest agent.";
}

/** The event of a name, or what is wrong with the name. */
export function findEvent(schema: Schema, name: string): EventType | Finding {
  const event = schema.events.get(name);
  if (event !== undefined) return event;
  const near = nearest(name, [...schema.events.keys()]);
  return problem('unknown-event', [], 'name', `there is no event ${quote(name)}`, { nearest: near });
}

// A name that is wrong stays so while the rest of the line is typed.
let last: { readonly schema: Schema; readonly name: string; readonly near: readonly string[] } | undefined;

function nearestCommands(schema: Schema, name: string): readonly string[] {
  if (last?.schema !== schema || last.name !== name)
    last = { schema, name, near: nearest(name, commandNames(schema)) };
  return last.near;
}

// One list a schema: what is looked up in it is kept by the list.
const names = new WeakMap<Schema, readonly string[]>();

function commandNames(schema: Schema): readonly string[] {
  const known = names.get(schema) ?? [...schema.commands.keys()];
  names.set(schema, known);
  return known;
}

/** All findings about a command and its arguments, in no particular order. */
export function check(command: Command, args: JsonObject, wording: Wording = 'line'): readonly Finding[] {
  const checker = new Checker(command.name, wording);
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

/** The same for a value as it is shown, which stands at `path`; `name` is what messages call it, `command` whose it is. */
export function checkValue(
  type: Type,
  value: Json,
  path: Path,
  name: string,
  command: string,
): readonly Finding[] {
  const checker = new Checker(command, 'json', 'member');
  if (type.kind === 'object' && isObject(value)) checker.object(type, value, path, name);
  else checker.value(type, value, path);
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

  private readonly wording: Wording;

  private readonly noun: string;

  constructor(command: string, wording: Wording = 'line', noun = 'argument') {
    this.command = command;
    this.wording = wording;
    this.noun = noun;
  }

  /** `name` is what messages call the object: the command, or the path of a member. */
  object(type: ObjectType, value: JsonObject, path: Path, name: string): void {
    const members = membersAt(type, value);
    const byName = new Map(members.map(m => [m.name, m]));
    const around = this.tags;
    const tag = type.tag === undefined ? undefined : member(value, type.tag);
    if (typeof tag === 'string') this.tags = [tag, ...around];
    let meant = false;
    const early: string[] = [];
    for (const [key, inner] of Object.entries(value)) {
      const known = byName.get(key);
      if (known !== undefined) this.member(known, inner, [...path, key], value);
      else if (isUntagged(members, type.tag, tag) && variantsWith(type, key).length > 0) early.push(key);
      else if (type.open !== true) meant = this.unknown(type, members, value, [...path, key], name) || meant;
    }
    // A tag that may be left out is not what is missing.
    if (tag === undefined && !members.some(one => one.name === type.tag && one.required))
      for (const key of early.splice(0)) this.unknown(type, members, value, [...path, key], name);
    // What was meant by a wrong name is what seems to be missing, too.
    const missing = meant ? [] : members.filter(m => m.required && !Object.hasOwn(value, m.name));
    const [first] = early;
    if (missing.length > 0) {
      const finding = missingMembers(missing, path, name, this.wording);
      const advice = first === undefined ? finding.advice : goesWith(type, [...path, first]);
      this.findings.push({ ...finding, ...(advice === undefined ? {} : { advice }) });
    }
    this.tags = around;
  }

  private member(known: Member, value: Json, path: Path, around: JsonObject): void {
    this.features(known.features, path, 'name', quote(showPath(path)));
    const type = known.type();
    if (known.told !== undefined && isTakenAsText(type, value)) return;
    const before = this.findings.length;
    this.value(type, value, path);
    const last = this.findings[before];
    const swapped =
      type.kind === 'enum' && last?.rule === 'wrong-value' ? exchanged(type, value, around) : '';
    if (last === undefined || swapped === '' || this.wording === 'json') return;
    const { nearest: _, ...rest } = last;
    const [one, other] = [path, [...path.slice(0, -1), swapped]].map(showPath);
    const advice = `Two values seem to be exchanged: write ${one}=${String(around[swapped])} ${other}=${String(value)}`;
    this.findings[before] = { ...rest, advice };
  }

  /** A name that is no member; true where it is told what the whole was meant to be. */
  private unknown(
    type: ObjectType,
    members: readonly Member[],
    given: JsonObject,
    path: Path,
    name: string,
  ): boolean {
    const key = String(path.at(-1));
    const others = variantsWith(type, key);
    const names = members.map(m => m.name);
    const all = nearest(key, names);
    const taken = all[0] !== undefined && Object.hasOwn(given, all[0]) ? all[0] : undefined;
    const near = taken === undefined ? all.filter(n => !Object.hasOwn(given, n)) : [];
    const variant = type.tag === undefined ? undefined : member(given, type.tag);
    const where =
      typeof variant === 'string' && type.variants?.has(variant) ? ` with ${type.tag}=${variant}` : '';
    const meant = this.wording === 'line' ? this.meant(type, members, given, path) : undefined;
    const advice = (): string | undefined => {
      if (meant !== undefined) return meant;
      if (others.length > 0)
        return `It goes with ${showPath([...path.slice(0, -1), type.tag ?? ''])}=${some(others)}.`;
      if (taken !== undefined) return `${quote(taken)} is given already: take this one out.`;
      if (near.length > 0) return undefined;
      const free = names.filter(n => !Object.hasOwn(given, n));
      return names.length === 0 ? 'It takes none.' : `It takes ${some(free.length > 0 ? free : names)}.`;
    };
    const more = advice();
    this.findings.push(
      problem('unknown-member', path, 'name', `${name} has no ${this.noun} ${quote(key)}${where}`, {
        ...(type.tag === undefined ? {} : { tag: type.tag }),
        ...(near.length > 0 && meant === undefined ? { nearest: near } : {}),
        ...(more === undefined ? {} : { advice: more }),
      }),
    );
    return meant !== undefined;
  }

  /** The line that was meant, where a wrong name tells it. */
  private meant(
    type: ObjectType,
    members: readonly Member[],
    given: JsonObject,
    path: Path,
  ): string | undefined {
    const unwrapped = this.unwrapped(type, given, path);
    if (unwrapped !== undefined || path.length !== 1) return unwrapped;
    const key = String(path[0]);
    const deep = deeper(members, key, given[key] ?? null);
    return deep === undefined ? undefined : `Write ${deep}`;
  }

  /** Commands of old QEMUs wrapped some members in an object: their line without it, where it is one that is taken. */
  private unwrapped(type: ObjectType, given: JsonObject, path: Path): string | undefined {
    const key = String(path.at(-1));
    if (!['options', 'props', 'arguments'].includes(key)) return undefined;
    const { [key]: inner, ...around } = given;
    if (inner === undefined || !isObject(inner)) return undefined;
    const whole = { ...around, ...inner };
    const fine = checkObject(type, whole, this.command).every(({ severity }) => severity !== 'problem');
    return fine ? `Its members stand by themselves: ${this.command} ${flattened(whole)}` : undefined;
  }

  value(type: Type, value: Json, path: Path): void {
    if (!takes(type, value)) {
      const message = `${quote(showPath(path))} takes ${describe(type)}, not ${show(value)}`;
      const advice = this.wording === 'line' ? adviceFor(type, value, path) : {};
      this.findings.push(problem('wrong-type', path, 'value', message, advice));
    } else if (type.kind === 'alternate') {
      const choices = type.choices.map(c => c()).filter(c => takes(c, value));
      const lists = (c: Type) => c.kind !== 'enum' || c.values.some(({ name }) => name === value);
      const choice = choices.find(lists) ?? choices[0];
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
    const warn = (rule: Rule, message: string, advice: string | undefined) => {
      const more = advice === undefined ? {} : { advice };
      this.findings.push({ rule, severity: 'warning', path, at, message, ...more });
    };
    if (list.includes('deprecated')) {
      const advice = replacement(this.command, path, value, this.tags);
      warn('deprecated', `${what} is deprecated: a later QEMU may not have it`, advice);
    }
    if (list.includes('disabled'))
      warn('disabled', `${what} is disabled in this guest, as its agent tells`, undefined);
    if (list.includes('unstable'))
      warn('unstable', `${what} is unstable: a later QEMU may change it`, undefined);
  }

  private range(value: bigint, path: Path): void {
    if (value >= SMALLEST && value <= LARGEST) return;
    this.findings.push(
      problem('too-large', path, 'value', `${show(value)} does not fit into 64 bits`, {
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
      problem('wrong-value', path, 'value', `${quote(showPath(path))} cannot be ${quote(value)}`, {
        ...(near.length > 0 ? { nearest: near } : {}),
        ...(near.length === 0 || names.length <= 8 ? { advice: `It is one of ${some(names)}.` } : {}),
      }),
    );
  }
}

/** Which values of its object's tag bring a member. */
function goesWith(type: ObjectType, path: Path): string {
  const key = path.at(-1) ?? '';
  const others = variantsWith(type, String(key));
  return `${quote(String(key))} goes with ${showPath([...path.slice(0, -1), type.tag ?? ''])}=${some(others)}.`;
}

/** The member beside one with a wrong value that holds a right one for it; empty where none does, or where it is a slip. */
function exchanged({ values }: Extract<Type, { kind: 'enum' }>, value: Json, around: JsonObject): string {
  if (typeof value !== 'string') return '';
  const names = values.map(({ name }) => name);
  if (!/[./]/.test(value) && names.some(name => edits(name, value) <= 2)) return '';
  return Object.keys(around).find(key => names.some(name => name === around[key])) ?? '';
}

/** Whether the member that picks the variants is missing, or has a value that picks none. */
function isUntagged(members: readonly Member[], name: string | undefined, tag: Json | undefined): boolean {
  const type = members.find(one => one.name === name)?.type();
  if (type?.kind !== 'enum') return false;
  return !type.values.some(one => one.name === tag);
}

function missingMembers(missing: readonly Member[], path: Path, name: string, wording: Wording): Finding {
  const names = missing.map(m => m.name);
  if (wording === 'json')
    return problem('missing-member', path, 'name', `${name} needs ${some(names)}`, {
      missing: names,
      advice: 'What is left out on purpose is shown by ... in its place.',
    });
  const examples = missing.slice(0, 4).map(m => `${showPath([...path, m.name])}=${example(m.type())}`);
  // Where no value is known the advice would only say the names again.
  if (examples.every(text => text.endsWith('=...')) && missing.length === examples.length)
    return problem('missing-member', path, 'name', `${name} needs ${examples.join(', ')}`, {
      missing: names,
    });
  return problem('missing-member', path, 'name', `${name} needs ${names.join(', ')}`, {
    missing: names,
    advice: `Add ${examples.join(' ')}${missing.length > 4 ? ' and the others' : ''}`,
  });
}

function quote(name: string): string {
  return stringifyJson(name);
}

function some(names: readonly string[]): string {
  return names.length <= 10
    ? names.join(', ')
    : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
}
