// The files that a log names: of those with a full path the page says the name only, below a folder that its reader
// gives, for a page must not write where the log's VM had its disks unless it is told to.
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';

// (`base` and `top` are files of block-commit.)
const NAMES: ReadonlySet<string> = new Set([
  'filename',
  'snapshot-file',
  'backing-file',
  'base',
  'top',
  'target',
  'logfile',
]);
const OF_HOST = /^\/(?:dev|proc|sys)\//;

/** The folders of the files that were met, each with the name that stands for it. */
export class Folders {
  readonly #names = new Map<string, string>();

  /** Name and folder, in the order in which they were met. A folder ends in a slash. */
  get all(): readonly (readonly [name: string, folder: string])[] {
    return [...this.#names].map(([folder, name]) => [name, folder] as const);
  }

  /** The arguments with `${folder}name` for each such file. */
  replaced(args: JsonObject): JsonObject {
    const value = this.#walk(args, '');
    return isObject(value) ? value : args;
  }

  #walk(value: Json, key: string): Json {
    if (typeof value === 'string') return NAMES.has(key) || isSocket(key, value) ? this.#path(value) : value;
    if (isArray(value)) return value.map(item => this.#walk(item, key));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#walk(item, name)]));
  }

  #path(text: string): string {
    const at = text.lastIndexOf('/') + 1;
    if (!text.startsWith('/') || at === text.length || OF_HOST.test(text)) return text;
    const folder = text.slice(0, at);
    const name =
      this.#names.get(folder) ?? (this.#names.size === 0 ? 'folder' : `folder${this.#names.size + 1}`);
    this.#names.set(folder, name);
    return `\${${name}}${text.slice(at)}`;
  }
}

/** `path` is a place in the QOM tree as often as a file. */
function isSocket(key: string, value: string): boolean {
  return key === 'path' && /\.sock(?:et)?$/.test(value);
}
