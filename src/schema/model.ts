// The introspected schema (reply of query-qmp-schema; QEMU's docs/devel/qapi-code-gen, "Client JSON Protocol
// introspection") as a graph of types. Type names are numbers and never reach the user.

import type { Json } from '../text/json.ts';

export type Feature = string; // 'deprecated', 'unstable', 'disabled' (a guest agent's command), and others QEMU adds

export type Type =
  | { readonly kind: 'str' | 'int' | 'number' | 'bool' | 'null' | 'any' }
  | { readonly kind: 'enum'; readonly values: readonly EnumValue[] }
  | { readonly kind: 'array'; readonly element: () => Type }
  | { readonly kind: 'alternate'; readonly choices: readonly (() => Type)[] }
  | ObjectType;

export interface EnumValue {
  readonly name: string;
  readonly features: readonly Feature[];
}

export interface Member {
  readonly name: string;
  readonly type: () => Type;
  readonly required: boolean;
  readonly features: readonly Feature[];
  /** QEMU told of it elsewhere than in its schema, in these words: a property of a device. */
  readonly told?: string;
}

export interface ObjectType {
  readonly kind: 'object';
  readonly members: readonly Member[];
  /** The member whose value picks a variant, and the further members each value brings. */
  readonly tag?: string;
  readonly variants?: ReadonlyMap<string, () => ObjectType>;
  /** Further members of any name and type are allowed: the properties of `device_add`. */
  readonly open?: boolean;
  /** What was learned about members from what is given already; it is more exact than `members`. */
  readonly more?: (given: Json | undefined) => readonly Member[];
}

export interface Command {
  readonly name: string;
  readonly arguments: ObjectType;
  readonly returns: Type;
  readonly features: readonly Feature[];
  readonly oob: boolean;
}

export interface EventType {
  readonly name: string;
  readonly data: ObjectType;
  readonly features: readonly Feature[];
}

export interface Schema {
  readonly commands: ReadonlyMap<string, Command>;
  readonly events: ReadonlyMap<string, EventType>;
  /** It is a guest agent's, of this version, and no QEMU's. */
  readonly agent?: string;
}
