// The schema as TypeScript declarations: an interface for each command, event and struct. QEMU hides the names of its
// structs, so each is called after the place where it stands first.
import type { Command, EventType, Feature, Member, ObjectType, Schema, Type } from './model.ts';
import { describeCommand, describeEvent } from './notes.ts';
import { replacement } from './replacement.ts';

const HEAD = [
  '/** What QMP sends and takes; whole numbers beyond 2^53 are bigint. */',
  'export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };',
  '/** A whole number: bigint where a double would not be exact. */',
  'export type Int = number | bigint;',
  '/** No members. */',
  'export type Nothing = { readonly [key: string]: never };',
  '',
].join('\n');

/** The text of a module of declarations; `about` is a sentence about where the schema is from. */
export function declarations(schema: Schema, about: string): string {
  return new Declarer().write(schema, about);
}

class Declarer {
  readonly #names = new Map<Type, string>();
  readonly #taken = new Set(['Json', 'Int', 'Nothing', 'Commands', 'Events', 'Qmp']);
  readonly #texts: string[] = [];
  /** Types that are named, and not written yet. */
  readonly #open: (() => void)[] = [];

  write(schema: Schema, about: string): string {
    const commands = [...schema.commands.values()];
    const events = [...schema.events.values()];
    const rows = [
      ...this.#index('Commands', commands, command => this.#command(command)),
      ...this.#index('Events', events, event => this.#event(event)),
      '/** What `connect` takes: `connect<Qmp>(address)`. */',
      'export interface Qmp {\n  readonly commands: Commands;\n  readonly events: Events;\n}\n',
    ];
    for (let next = this.#open.shift(); next; next = this.#open.shift()) next();
    return [`// ${about}\n// Made by qmpsh types; do not edit.\n`, HEAD, ...rows, ...this.#texts].join('\n');
  }

  #index<T extends { readonly name: string }>(
    name: string,
    items: readonly T[],
    write: (item: T) => string,
  ): readonly string[] {
    const members = items.map(item => `  readonly ${quoted(item.name)}: ${write(item)};`);
    return [`export interface ${name} {\n${members.join('\n')}\n}\n`];
  }

  #command(command: Command): string {
    const name = this.#name(pascal(command.name));
    const args = this.#type(command.arguments, `${name}Arguments`);
    const returns = this.#type(command.returns, `${name}Return`);
    const doc = docOf(describeCommand(command.name), command.features, replacement(command.name));
    this.#texts.push(
      `${doc}export interface ${name} {\n  readonly arguments: ${args};\n  readonly returns: ${returns};\n}\n`,
    );
    return name;
  }

  #event(event: EventType): string {
    const name = this.#name(`${pascal(event.name.toLowerCase())}Event`);
    const doc = docOf(describeEvent(event.name), event.features);
    const data = event.data;
    if (data.tag !== undefined)
      this.#texts.push(`${doc}export type ${name} = ${this.#variants(data, name)};\n`);
    else this.#texts.push(`${doc}export interface ${name} ${this.#body(data, name)}\n`);
    return name;
  }

  /** How a type is written; `wish` is its name where it has none yet. */
  #type(type: Type, wish: string): string {
    switch (type.kind) {
      case 'str':
        return 'string';
      case 'int':
        return 'Int';
      case 'number':
        return 'number';
      case 'bool':
        return 'boolean';
      case 'null':
        return 'null';
      case 'any':
        return 'Json';
      case 'array': {
        const element = this.#type(type.element(), wish);
        return `readonly ${/[ |]/.test(element) ? `(${element})` : element}[]`;
      }
      case 'alternate': {
        const choices = type.choices.map(choice => choice());
        // An enum and a text beside it: the text takes all.
        return [...new Set(choices.map(choice => this.#type(choice, wish)))].join(' | ');
      }
      case 'enum':
        return this.#named(
          type,
          wish,
          name =>
            `export type ${name} =\n${union(type.values.map(({ name: value }) => JSON.stringify(value)))};\n`,
        );
      case 'object':
        return this.#object(type, wish);
    }
  }

  #object(type: ObjectType, wish: string): string {
    if (type.members.length === 0 && type.tag === undefined)
      return type.open ? '{ readonly [key: string]: Json | undefined }' : 'Nothing';
    return this.#named(type, wish, name =>
      type.tag === undefined
        ? `export interface ${name} ${this.#body(type, name)}\n`
        : `export type ${name} = ${this.#variants(type, name)};\n`,
    );
  }

  /** An object without a tag: its members between braces. */
  #body(type: ObjectType, name: string): string {
    const rows = this.#members(type.members, name);
    if (type.open) rows.push('  readonly [property: string]: Json | undefined;');
    return rows.length === 0 ? '{}' : `{\n${rows.join('\n')}\n}`;
  }

  /** A choice of objects by their tag; values of the tag that bring the same stand together. */
  #variants(type: ObjectType, name: string): string {
    const { tag = '', variants = new Map() } = type;
    const own = type.members.filter(member => member.name !== tag);
    const base = this.#members(own, name);
    const written = new Map<string, string[]>();
    for (const [value, variant] of variants) {
      const more = variant();
      const text =
        more.members.length === 0 && more.tag === undefined
          ? ''
          : ` & ${this.#type(more, `${name}${pascal(value)}`)}`;
      written.set(text, [...(written.get(text) ?? []), JSON.stringify(value)]);
    }
    const optional = type.members.some(member => member.name === tag && !member.required) ? '?' : '';
    const choices = [...written].map(
      ([more, values]) => `{ readonly ${quoted(tag)}${optional}: ${values.join(' | ')} }${more}`,
    );
    if (base.length === 0) return `\n${union(choices)}`;
    const baseName = this.#name(`${name}Base`);
    this.#texts.push(`export interface ${baseName} {\n${base.join('\n')}\n}\n`);
    return `${baseName} &\n  (\n${union(choices)}\n  )`;
  }

  #members(members: readonly Member[], name: string): string[] {
    return members.map(member => {
      const type = this.#type(member.type(), `${name}${pascal(member.name)}`);
      const doc = member.features.includes('deprecated') ? '  /** @deprecated */\n' : '';
      return `${doc}  readonly ${quoted(member.name)}${member.required ? '' : '?'}: ${type};`;
    });
  }

  /** The name of a type, which is written once, later: it may hold itself. */
  #named(type: Type, wish: string, text: (name: string) => string): string {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const name = this.#name(wish);
    this.#names.set(type, name);
    this.#open.push(() => this.#texts.push(text(name)));
    return name;
  }

  #name(wish: string): string {
    let name = wish;
    for (let i = 2; this.#taken.has(name); i++) name = `${wish}${i}`;
    this.#taken.add(name);
    return name;
  }
}

function union(choices: readonly string[]): string {
  return choices.map(choice => `    | ${choice}`).join('\n');
}

function pascal(name: string): string {
  const joined = name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
  return /^[A-Za-z]/.test(joined) ? joined : `N${joined}`;
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function docOf(text: string | undefined, features: readonly Feature[], instead?: string): string {
  const rows = [
    ...(text === undefined ? [] : [text]),
    ...(features.includes('unstable') ? ['Unstable: it may change or go at any time.'] : []),
    ...(features.includes('deprecated') ? [`@deprecated${instead === undefined ? '' : ` ${instead}`}`] : []),
  ].map(row => row.replaceAll('*/', '* /'));
  if (rows.length === 0) return '';
  return rows.length === 1 ? `/** ${rows[0]} */\n` : `/**\n${rows.map(row => ` * ${row}`).join('\n')}\n */\n`;
}
