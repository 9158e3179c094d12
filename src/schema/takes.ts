// Whether a type takes a JSON value, by the value's kind.
import { isArray, isObject, type Json } from '../text/json.ts';
import type { Type } from './model.ts';

/** Whether text says what a property takes: QEMU before 9.2 reads all of them as text, and so takes it. */
export function isTakenAsText(type: Type, value: Json): boolean {
  if (typeof value !== 'string') return false;
  if (type.kind === 'bool') return /^(?:on|off|yes|no|true|false|y|n)$/.test(value);
  return type.kind === 'int' && /^[+-]?(?:0x[0-9a-f]+|\d+(?:\.\d+)?[kmgtpe]?)$/i.test(value);
}

/** Whether a type takes JSON of this kind; what is inside is looked at later. */
export function takes(type: Type, value: Json): boolean {
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
