// Where the twin has the files that the VM's names mean: below one private folder, each under the path it has on the
// VM's host. A name that could lead anywhere else has no place there.
import { dirname, join, normalize } from 'node:path/posix';

export { dirname, join };

/** `nbd:`, `json:`, `file:` and the like, as QEMU reads a name of a file. */
const PROTOCOL = /^[A-Za-z0-9+.-]+:/;
/** Passed descriptors are files of the VM's process. */
const PASSED = /^\/dev\/fdset\//;

export class Places {
  /** Absolute: stands for the root of the VM's host. */
  readonly root: string;
  /** The folder that the VM runs in, on its host. */
  readonly inside: string;

  constructor(root: string, inside: string) {
    this.root = root;
    this.inside = inside;
  }

  /** The path on the VM's host that a name means; undefined where it means no file there. */
  real(name: string): string | undefined {
    if (name === '' || name.includes('\0') || PROTOCOL.test(name) || PASSED.test(name)) return undefined;
    const path = normalize(name.startsWith('/') ? name : join(this.inside, name));
    return path.endsWith('/') ? undefined : path;
  }

  /** The twin's file for a name; undefined where it has none. Nothing but what is below `root` comes out. */
  of(name: string): string | undefined {
    const real = this.real(name);
    return real === undefined ? undefined : join(this.root, real);
  }

  /**
   * The name as the twin's QEMU is to be told it: a relative one that stays below its folder stays as it is, for QEMU
   * shows names as it was told them.
   */
  told(name: string): string | undefined {
    const place = this.of(name);
    const stays = !name.startsWith('/') && !name.split('/').includes('..');
    return stays && place !== undefined ? name : place;
  }

  /** What an image is to say that stands on another: `backing` is what the VM's image says. Undefined where it has no place. */
  below(image: string, backing: string): string | undefined {
    if (backing.startsWith('/')) return this.of(backing);
    if (this.of(backing) === undefined) return undefined;
    if (!backing.split('/').includes('..')) return backing;
    // A relative name in an image counts from the image's own folder.
    const real = this.real(image);
    return real === undefined ? undefined : this.of(join(dirname(real), backing));
  }

  /** A text of the twin's with the names that the VM would have used. */
  back(text: string): string {
    return text.replaceAll(`${this.root}/`, '/').replaceAll(this.root, '/');
  }
}
