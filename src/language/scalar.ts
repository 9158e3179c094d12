// What a word without quotes means: by its type, or guessed where there is none.

import type { Type } from '../schema/model.ts';
import type { Allowed } from '../schema/walk.ts';
import { choicesOf } from '../schema/walk.ts';
import { exactInteger, type Json } from '../text/json.ts';

const SUFFIXES = 'kmgtpe'; // powers of 1024, as QEMU's own sizes

/** A whole number: decimal or 0x, Python's `1_000` too, with an optional suffix: 39M, 1.5G, 0x10k. */
function readInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(?:(0x[0-9a-f]+)|(\d+(?:_\d+)*)(?:\.(\d+))?)([kmgtpe])?$/i.exec(text);
  if (match === null) return undefined;
  const [, sign = '', hex, whole = '', fraction = '', suffix = ''] = match;
  // In 0x1e the "e" is a digit; the suffixes m g t p k cannot be one.
  const scale = suffix === '' ? 1n : 1024n ** BigInt(SUFFIXES.indexOf(suffix.toLowerCase()) + 1);
  if (fraction !== '' && suffix === '') return undefined;
  const digits = BigInt(hex ?? whole.replaceAll('_', '') + fraction) * scale;
  const parts = 10n ** BigInt(fraction.length);
  if (digits % parts !== 0n) return undefined;
  return sign === '-' ? -(digits / parts) : digits / parts;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number with or without a fraction. */
function readNumber(text: string): number | bigint | undefined {
  const whole = readInteger(text);
  if (whole !== undefined) return exactInteger(whole);
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['false', false],
  ['off', false],
  ['no', false],
]);

/** What qmp-shell takes a word for: an integer, true or false, else text. */
export function guess(text: string): Json {
  if (/^[+-]?\d+(?:_\d+)*$/.test(text)) return exactInteger(readInteger(text) ?? 0n);
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : text;
}

/**
 * The value of a bare word where `type` is wanted. A word that does not fit comes back as text, for the check
 * to complain of.
 */
export function readBare(text: string, type: Allowed): Json {
  if (type === undefined || type === 'open') return guess(text);
  // An alternate takes what fits first: text last, since it always does.
  const choices = [...choicesOf(type)].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  for (const choice of choices) {
    const value = readAs(text, choice);
    if (value !== undefined) return value;
  }
  return text;
}

const ORDER: readonly Type['kind'][] = ['null', 'enum', 'bool', 'int', 'number', 'any', 'str'];

function readAs(text: string, type: Type): Json | undefined {
  switch (type.kind) {
    case 'null':
      return text === 'null' ? null : undefined;
    case 'bool':
      return BOOLEANS.get(text.toLowerCase());
    case 'int': {
      const value = readInteger(text);
      return value === undefined ? undefined : exactInteger(value);
    }
    case 'number':
      return readNumber(text);
    case 'enum':
      return enumWord(
        text,
        type.values.map(value => value.name),
      );
    case 'any':
      return guess(text);
    case 'str':
      return text;
    default:
      return undefined;
  }
}

/** The value that a word stands for; where on and off are values, every word for true and false has one meaning. */
function enumWord(text: string, names: readonly string[]): string | undefined {
  if (names.includes(text)) return text;
  const meant = BOOLEANS.get(text.toLowerCase());
  const word = meant === undefined ? undefined : meant ? 'on' : 'off';
  return word !== undefined && names.includes(word) ? word : undefined;
}

const LITERAL_WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
]);

/** A word inside a JSON or Python literal: a number, true, false or null; undefined if it is none of these. */
export function readLiteralWord(text: string): Json | undefined {
  const word = LITERAL_WORDS.get(text);
  if (word !== undefined) return word;
  return /[kmgtp]$/i.test(text) || (/e$/i.test(text) && !/^[+-]?0x/i.test(text))
    ? undefined
    : readNumber(text);
}
