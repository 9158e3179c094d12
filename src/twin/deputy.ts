// Stands for this host while a page is rehearsed: files are looked for, and removed, in the twin's folder alone, and of
// commands only those run that do nothing but make or remove files whose names can be read.
import type { HostRun } from '../io/hostrun.ts';
import { dirname, join, type Places } from '../io/places.ts';
import type { Present } from '../io/present.ts';
import { isThere, makeFolder, removePlaces, runQemuImg, surround } from '../io/standins.ts';
import type { Deputy } from '../line/deputy.ts';
import { plainWords, removalOf } from '../play/removal.ts';
import { QmpshError } from '../qmp/errors.ts';
import { NOT_REHEARSED } from './permit.ts';

/** What qemu-img is to do, with the files it names. */
interface Creating {
  readonly args: readonly string[];
  readonly files: readonly string[];
}

/** Options of `qemu-img create`'s -o that name no file and fill none. */
const IMAGE_OPTIONS =
  /^(?:(?:cluster_size|compat|lazy_refcounts|refcount_bits|extended_l2|compression_type|subformat)=[\w.]+,?)+$/;

/** The file of `test ! -e FILE`. */
function absent(command: string): string | undefined {
  const [, rest] = /^\s*test\s+!\s+-e\s+(.*)$/.exec(command) ?? [];
  const [file, ...more] = (rest === undefined ? undefined : plainWords(rest)) ?? [];
  return more.length === 0 ? file : undefined;
}

export class TwinDeputy implements Deputy {
  readonly #places: Places;
  /** The folder of host commands. */
  readonly #folder: string;

  constructor(places: Places, folder: string) {
    this.#places = places;
    this.#folder = folder;
  }

  at(name: string): Present {
    const real = this.#real(name);
    surround(real, this.#places);
    return { path: real, there: isThere(join(this.#places.root, real)) };
  }

  remove(names: readonly string[]): string | undefined {
    return removePlaces(names.map(name => join(this.#places.root, this.#real(name))));
  }

  /** Whether `run` has a way to run it. */
  understands(command: string): boolean {
    const removal = removalOf(command);
    if (removal !== undefined) return removal !== 'unclear';
    return absent(command) !== undefined || this.#creating(command) !== undefined;
  }

  async run(command: string): Promise<HostRun> {
    const removal = removalOf(command);
    if (removal !== undefined && removal !== 'unclear') {
      const why = this.remove(removal.files);
      return { status: why === undefined ? 0 : 1, output: why ?? '' };
    }
    const name = absent(command);
    if (name !== undefined) return { status: this.at(name).there ? 1 : 0, output: '' };
    const creating = this.#creating(command);
    if (!creating) throw new QmpshError('usage', `${NOT_REHEARSED}a command of this host`);
    for (const file of creating.files) surround(file, this.#places);
    const folder = join(this.#places.root, this.#folder);
    makeFolder(folder);
    const { output, status } = await runQemuImg(creating.args, folder);
    return { status, output: this.#places.back(output) };
  }

  #real(name: string): string {
    return join('/', name.startsWith('/') ? name : join(this.#folder, name));
  }

  /** `qemu-img create` with plain words, every file led into the twin's folder. */
  #creating(command: string): Creating | undefined {
    const words = plainWords(command.trim());
    if (words?.[0] !== 'qemu-img' || words[1] !== 'create') return undefined;
    const args: string[] = ['create'];
    const files: string[] = [];
    let target: string | undefined;
    for (let i = 2; i < words.length; i++) {
      const word = words[i] ?? '';
      const value = words[i + 1] ?? '';
      if (word === '-q' || word === '-u') args.push(word);
      else if (word === '-f' || word === '-F') args.push(word, words[++i] ?? '');
      else if (word === '-o' && IMAGE_OPTIONS.test(value)) args.push(word, words[++i] ?? '');
      else if (word === '-b') {
        // It counts from the folder of the image that stands on it; only where both are one is that known by now.
        const real = this.#real(value);
        if (value.includes(':') || (!value.startsWith('/') && value.includes('..'))) return undefined;
        files.push(real);
        args.push(word, value.startsWith('/') ? join(this.#places.root, real) : value);
        i++;
      } else if (word.startsWith('-') || word.includes(':')) return undefined;
      else if (target === undefined) {
        target = this.#real(word);
        files.push(target);
        args.push(join(this.#places.root, target));
      } else args.push(word);
    }
    const here = target !== undefined && dirname(target) === join('/', this.#folder);
    return target === undefined || (args.includes('-b') && !here) ? undefined : { args, files };
  }
}
