// What an editor may set: where schema and names come from.

import { nearest } from '../text/fuzzy.ts';
import { isObject, type Json, member } from '../text/json.ts';

export interface Settings {
  /** A file with the reply of query-qmp-schema, or a version that ships: `7.2`. */
  readonly schema?: string;
  /** A practice VM of the server's own gives schema and names. */
  readonly practice?: boolean;
  /** The VM at this address gives schema and names. */
  readonly address?: string;
}

const NAMES = ['schema', 'practice', 'address'];

/** Reads settings; what cannot be read is left out and told, a sentence each. */
export function readSettings(value: Json | undefined): {
  readonly settings: Settings;
  readonly faults: readonly string[];
} {
  if (value === undefined || value === null) return { settings: {}, faults: [] };
  if (!isObject(value)) return { settings: {}, faults: [`the settings of qmpsh are no table; ${KNOWN}`] };
  const faults: string[] = [];
  for (const name of Object.keys(value))
    if (!NAMES.includes(name)) {
      const [near] = nearest(name, NAMES);
      faults.push(`qmpsh has no setting ${name}; ${near === undefined ? KNOWN : `did you mean ${near}?`}`);
    }
  const text = (name: string): string | undefined => {
    const found = member(value, name);
    if (typeof found === 'string') return found === '' ? undefined : found;
    if (found !== undefined && found !== null) faults.push(`the setting ${name} of qmpsh must be a text`);
    return undefined;
  };
  const practice = member(value, 'practice') ?? false;
  if (typeof practice !== 'boolean') faults.push('the setting practice of qmpsh must be true or false');
  const [schema, address] = [text('schema'), text('address')];
  if (practice === true && address !== undefined)
    faults.push('practice and address exclude each other; the address is taken');
  return {
    settings: {
      ...(schema === undefined ? {} : { schema }),
      ...(practice === true && address === undefined ? { practice } : {}),
      ...(address === undefined ? {} : { address }),
    },
    faults,
  };
}

const KNOWN = `there are ${NAMES.join(', ')}`;
