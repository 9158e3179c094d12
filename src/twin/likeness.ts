// What a twin is to have, from what its VM has told: nodes as QEMU is to be given them, the images under them, bitmaps,
// devices, objects, exports and jobs; and in words what it cannot have.
import { kindOf } from '../schema/notes/drivers.ts';
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { text } from '../text/members.ts';
import { bytes } from '../text/size.ts';
import type { Devices } from './devices.ts';
import { type Bitmap, bitmapsOf, isOfJob, memberObject, memberText, shown, sizeOf } from './node.ts';
import { type Edges, looseNodes, type Told } from './told.ts';

/** An image file to be made, without data. */
export interface Image {
  /** As the VM names it. */
  readonly file: string;
  readonly format: string;
  /** Bytes, as the guest sees it. */
  readonly size: number;
  readonly backing?: { readonly file: string; readonly format: string };
  readonly dataFile?: string;
  /** Of a qcow2. */
  readonly clusterSize?: number;
  readonly version?: string;
  readonly bitmaps: readonly Bitmap[];
}

/** What the twin has in another way than its VM, or not at all. */
export interface Remark {
  readonly text: string;
  /** Names of what is missing, so that nothing can be said of a request about it. `*`: of any request. */
  readonly about?: readonly string[];
  /** Told only where it decides: it is so of every VM. */
  readonly isQuiet?: true;
}

export interface Likeness {
  readonly images: readonly Image[];
  /** Nodes, each behind those it stands on. File names are the VM's. */
  readonly nodes: readonly JsonObject[];
  /** The same of those that stand on what a device uses: QEMU starts no device on a node that another one stands on. */
  readonly later: readonly JsonObject[];
  /** Drives that are no nodes of somebody's: the name, and the node inside of it. */
  readonly drives: readonly { readonly name: string; readonly node: JsonObject }[];
  /** Bitmaps that no image holds. */
  readonly bitmaps: readonly Bitmap[];
  readonly devices: Devices;
  readonly remarks: readonly Remark[];
  /** Names that QEMU made up, each with what the twin calls it. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The node that stands for each, filters of jobs passed over. */
  readonly below: (node: string) => string;
}

/** Formats whose images can be made here. */
const FORMATS = new Set('raw qcow2 qcow qed vmdk vdi vpc vhdx parallels'.split(' '));
const FILTERS = new Set(
  'throttle copy-on-read blkdebug compress preallocate copy-before-write snapshot-access quorum'.split(' '),
);
export function likenessOf(told: Told, devices: Devices): Likeness {
  return new Likening(told, devices).make();
}

class Likening {
  readonly #told: Told;
  readonly #devices: Devices;
  readonly #nodes = new Map<string, JsonObject>();
  readonly #users = new Map<string, number>();
  readonly #aliases = new Map<string, string>();
  readonly #images = new Map<string, Image>();
  readonly #remarks: Remark[] = [];
  readonly #bitmaps: Bitmap[] = [];
  readonly #out: JsonObject[] = [];
  readonly #made = new Set<string>();
  readonly #saving: { readonly filter: string; readonly target: string } | undefined;

  constructor(told: Told, devices: Devices) {
    this.#told = told;
    this.#devices = devices;
    for (const node of told.nodes) this.#nodes.set(text(node, 'node-name'), node);
    this.#saving = this.#savingFilter();
    for (const name of this.#nodes.keys())
      for (const { node } of this.#edges(name)) this.#users.set(node, (this.#users.get(node) ?? 0) + 1);
  }

  make(): Likeness {
    const drives: { name: string; node: JsonObject }[] = [];
    const inDrives = new Map(
      this.#devices.users.flatMap(({ drive, node }) =>
        drive === '' || node === undefined ? [] : [[this.#below(node), drive] as const],
      ),
    );
    // QEMU lists the latest first.
    for (const [name, node] of [...this.#nodes].toReversed()) {
      if (isOfJob(node) || this.#isInside(name) || inDrives.has(name)) continue;
      this.#add(name);
    }
    for (const [name, drive] of inDrives)
      if (!this.#made.has(name)) drives.push({ name: drive, node: this.#options(name, true) });
    const later = this.#later();
    return {
      images: [...this.#images.values()],
      nodes: this.#out.filter(node => !later.has(node)),
      later: this.#out.filter(node => later.has(node)),
      drives,
      bitmaps: this.#bitmaps,
      devices: this.#devices,
      remarks: this.#remarks,
      aliases: this.#aliases,
      below: name => this.#below(name),
    };
  }

  /** The nodes that no device stands on, and that stand on one that a device does. */
  #later(): ReadonlySet<JsonObject> {
    const used = new Set<string>();
    const use = (name: string) => {
      if (used.has(name)) return;
      used.add(name);
      for (const { node } of this.#edges(name)) use(node);
    };
    for (const { node } of this.#devices.users) if (node !== undefined) use(this.#below(node));
    const names = new Map([...this.#aliases].map(([name, own]) => [own, name]));
    const standsOn = (name: string): boolean =>
      !used.has(name) && this.#edges(name).some(({ node }) => used.has(node) || standsOn(node));
    return new Set(
      this.#out.filter(node => {
        const name = String(node['node-name']);
        return standsOn(names.get(name) ?? name);
      }),
    );
  }

  /** What a node stands on, filters of jobs passed over. */
  #edges(name: string): Edges {
    const edges = (this.#told.edges.get(name) ?? []).map(edge => ({ ...edge, node: this.#below(edge.node) }));
    return name === this.#saving?.filter ? [...edges, { role: 'target', node: this.#saving.target }] : edges;
  }

  /** The one filter whose target some versions do not tell, and the one node that can be it. */
  #savingFilter(): { readonly filter: string; readonly target: string } | undefined {
    const { jobs, edges } = this.#told;
    const [filter, ...others] = [...this.#nodes].filter(
      ([name, node]) =>
        text(node, 'drv') === 'copy-before-write' &&
        !isOfJob(node) &&
        edges.get(name)?.every(({ role }) => role !== 'target'),
    );
    if (filter === undefined || others.length > 0 || jobs.some(({ type }) => /mirror|backup/.test(type)))
      return undefined;
    const [target, ...more] = looseNodes(this.#told, name => this.#below(name));
    return target === undefined || more.length > 0 ? undefined : { filter: filter[0], target };
  }

  #below(name: string): string {
    const node = this.#nodes.get(name);
    if (!node || !isOfJob(node)) return name;
    const [first] = this.#told.edges.get(name) ?? [];
    return first && first.node !== name ? this.#below(first.node) : name;
  }

  /** A node that QEMU named itself was made with the one that stands on it. */
  #isInside(name: string): boolean {
    return name.startsWith('#') && this.#users.get(name) === 1;
  }

  #add(name: string): void {
    if (this.#made.has(name)) return;
    this.#made.add(name);
    for (const { node } of this.#edges(name)) if (!this.#isInside(node)) this.#add(node);
    this.#out.push(this.#options(name, false));
  }

  #alias(name: string): string {
    if (!name.startsWith('#')) return name;
    const known = this.#aliases.get(name) ?? `twin-auto-${String(this.#aliases.size).padStart(4, '0')}-x`;
    this.#aliases.set(name, known);
    return known;
  }

  /** The options of a node; with `whole` those of what it stands on inside of them, whoever made that. */
  #options(name: string, whole: boolean, follows = false): JsonObject {
    const node = this.#nodes.get(name) ?? {};
    const driver = text(node, 'drv');
    const isReadOnly = member(node, 'ro') === true;
    this.#made.add(name);
    const below = (role: string): Json | undefined => {
      const edge = this.#edges(name).find(one => one.role === role && this.#nodes.has(one.node));
      if (!edge) return undefined;
      const inner = this.#isInside(edge.node) || (whole && !this.#made.has(edge.node));
      // A node that was made inside of another follows it when that one is opened anew.
      return inner ? this.#options(edge.node, whole, isReadOnly) : this.#alias(edge.node);
    };
    this.#takeBitmaps(node);
    const detect = text(node, 'detect_zeroes');
    const common = {
      'node-name': this.#alias(name),
      ...(isReadOnly && !follows ? { 'read-only': true } : {}),
      ...(detect === '' || detect === 'off' ? {} : { 'detect-zeroes': detect }),
    };
    if (kindOf(driver) === 'protocol') return { ...this.#protocol(node, driver), ...common };
    if (kindOf(driver) === 'filter') return { ...this.#filter(node, driver, below), ...common };
    return { ...this.#format(node, driver, below), ...common };
  }

  #protocol(node: JsonObject, driver: string): JsonObject {
    const name = text(node, 'node-name');
    const size = sizeOf(node);
    if (driver === 'null-co' || driver === 'null-aio') return { driver, size, 'read-zeroes': true };
    if (driver === 'nbd') {
      this.#say(`${shown(node)} is nbd: the twin uses null-co of ${bytes(size)} in its place`);
      return { driver: 'null-co', size, 'read-zeroes': true };
    }
    const file = driver === 'file' ? text(node, 'file') : `/stand-in/${name.replaceAll(/[^\w.-]/g, '_')}`;
    if (driver !== 'file')
      this.#say(`${shown(node)} is ${driver}: the twin uses an empty file of ${bytes(size)}`);
    this.#image({ file, format: 'raw', size, bitmaps: [] });
    return { driver: 'file', filename: file };
  }

  #format(node: JsonObject, driver: string, below: (role: string) => Json | undefined): JsonObject {
    const name = text(node, 'node-name');
    const edges = this.#edges(name);
    const file = edges.find(({ role }) => role === 'file' || role === 'extents.0');
    const own = file && this.#nodes.get(file.node);
    const backing = below('backing');
    const inner = below('file') ?? below('extents.0');
    if (!own || inner === undefined) {
      this.#say(`QEMU does not tell what ${shown(node)} stands on: the twin has a null-co in its place`, [
        name,
      ]);
      return { driver: 'null-co', size: sizeOf(node), 'read-zeroes': true };
    }
    if (!FORMATS.has(driver)) {
      this.#say(`${shown(node)} is ${driver}, which the twin cannot have: it uses raw`, [name]);
      return { driver: 'raw', file: inner };
    }
    if (member(node, 'encrypted') === true) this.#say(`${shown(node)} is encrypted, and the twin's is not`);
    const image = memberObject(node, 'image');
    const specific = memberObject(memberObject(image, 'format-specific'), 'data');
    const back = text(image, 'backing-filename');
    const data = edges.find(({ role }) => role === 'data-file');
    const dataFile = data && text(this.#nodes.get(data.node) ?? {}, 'file');
    const cluster = member(image, 'cluster-size');
    const stored = bitmapsOf(node).filter(({ isPersistent }) => isPersistent);
    const at = this.#fileOf(inner);
    if (at !== undefined)
      this.#image({
        file: at,
        format: driver,
        size: sizeOf(node),
        ...(back === '' ? {} : { backing: { file: back, format: text(image, 'backing-filename-format') } }),
        ...(dataFile ? { dataFile } : {}),
        ...(driver === 'qcow2' && typeof cluster === 'number' ? { clusterSize: cluster } : {}),
        ...(text(specific, 'compat') === '' ? {} : { version: text(specific, 'compat') }),
        bitmaps: driver === 'qcow2' ? stored : [],
      });
    const second = dataFile ? below('data-file') : undefined;
    return {
      driver,
      file: inner,
      ...(second === undefined ? {} : { 'data-file': second }),
      ...(backing === undefined ? (back === '' ? {} : { backing: null }) : { backing }),
    };
  }

  #filter(node: JsonObject, driver: string, below: (role: string) => Json | undefined): JsonObject {
    const name = text(node, 'node-name');
    const inner = below('file') ?? below('image') ?? below('backing');
    if (driver === 'quorum') {
      const children = this.#edges(name)
        .map(({ role }) => below(role))
        .filter(one => one !== undefined);
      if (children.length > 0) {
        this.#say(`the twin does not know how many of its nodes ${shown(node)} needs: it takes 1`);
        return { driver, children, 'vote-threshold': 1 };
      }
    }
    if (!FILTERS.has(driver) || inner === undefined) {
      this.#say(`${shown(node)} is ${driver}: the twin cannot have it, and uses raw in its place`, [name]);
      return inner === undefined ? { driver: 'null-co', size: sizeOf(node) } : { driver: 'raw', file: inner };
    }
    if (driver === 'throttle')
      return { driver, 'throttle-group': this.#told.groupOf(node) ?? 'twin-group', file: inner };
    if (driver === 'blkdebug') return { driver, image: inner };
    const target = below('target');
    if (driver === 'copy-before-write' && target === undefined) {
      this.#say(`QEMU does not tell the target of ${shown(node)}: the twin uses raw in its place`, [name]);
      return { driver: 'raw', file: inner };
    }
    return { driver, file: inner, ...(driver === 'copy-before-write' && target ? { target } : {}) };
  }

  /** The file of a node, given by its options or by the name of one that was made before; filters are passed over. */
  #fileOf(node: Json): string | undefined {
    const made = typeof node === 'string' ? this.#out.find(one => one['node-name'] === node) : node;
    if (!isObject(made)) return undefined;
    const below = member(made, 'image') ?? member(made, 'file');
    return memberText(made, 'filename') ?? (below === undefined ? undefined : this.#fileOf(below));
  }

  #image(image: Image): void {
    const known = this.#images.get(image.file);
    // A file that a format stands on holds that format, whoever named it first.
    if (!known || known.format === 'raw') this.#images.set(image.file, image);
  }

  #takeBitmaps(node: JsonObject): void {
    const stored = text(node, 'drv') === 'qcow2';
    for (const bitmap of bitmapsOf(node)) if (!bitmap.isPersistent || !stored) this.#bitmaps.push(bitmap);
  }

  #say(sentence: string, about?: readonly string[]): void {
    this.#remarks.push({ text: sentence, ...(about ? { about } : {}) });
  }
}
