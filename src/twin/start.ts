// Starts the throw-away QEMU of a twin, with the images, nodes and devices of a likeness.

import { type Practice, startBare } from '../io/launch.ts';
import { join, Places } from '../io/places.ts';
import { ballast, makeFolder, makeImage, makeSparse } from '../io/standins.ts';
import { QmpshError } from '../qmp/errors.ts';
import { isArray, isObject, type Json, type JsonObject, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Image, Likeness } from './likeness.ts';
import { permit } from './permit.ts';
import type { Told } from './told.ts';

interface Started {
  readonly vm: Practice;
  readonly places: Places;
  /** The socket that stands for the address of an NBD server. */
  readonly nbd: string;
}

interface StartOptions {
  readonly qemu: string;
  readonly likeness: Likeness;
  readonly told: Told;
  /** The folder that the VM runs in, on its host. */
  readonly inside: string;
  /** Files that are to hold something. */
  readonly filled: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

/** No twin is there, and why; `said` is what its QEMU has printed, or a sentence. */
export function noTwin(said: string): QmpshError {
  const last = said.trim().split('\n').at(-1) ?? '';
  // What QEMU was given stands before what is wrong with it.
  const why = last.replace(/^\S*qemu\S*: (?:-\w+ (?:\{.*\}|\S+): )?/, '');
  return new QmpshError('refused', `no twin of this VM can be made: ${safe(why)}`, { code: NO_TWIN });
}

/** The code of an error that says that no twin is there. */
export const NO_TWIN = 'no-twin';

export async function startTwin(options: StartOptions): Promise<Started> {
  const { qemu, likeness, told, inside, signal } = options;
  let places: Places | undefined;
  let nbd = '';
  const vm = await startBare({
    qemu,
    ...(signal ? { signal } : {}),
    prepare: async folder => {
      const made = new Places(`${folder}/root`, inside);
      places = made;
      nbd = `${folder}/nbd.sock`;
      const own = join(made.root, inside);
      makeFolder(own);
      makeFolder(join(made.root, '/stand-in'));
      await Promise.all(likeness.images.map(image => make(image, made, options.filled.has(image.file))));
      return { args: [...machine(qemu), ...argumentsOf(likeness, told, made, nbd)], inside: own };
    },
  }).catch((error: unknown) => {
    const isOurs = error instanceof QmpshError && error.kind === 'connect';
    throw isOurs ? noTwin(places?.back(error.message) ?? error.message) : error;
  });
  if (!places) throw new Error('nothing was prepared');
  return { vm, places, nbd };
}

/** A machine that devices can be put into. */
function machine(qemu: string): readonly string[] {
  const isPc = /x86_64|i386|kvm$/.test(qemu);
  return ['-M', isPc ? 'q35' : /aarch64|arm|riscv/.test(qemu) ? 'virt' : 'none', '-m', '64'];
}

async function make(image: Image, places: Places, isFilled: boolean): Promise<void> {
  const path = places.of(image.file);
  if (path === undefined) return;
  if (image.format === 'raw') {
    makeSparse(path, image.size);
  } else {
    const { backing, dataFile, clusterSize, version } = image;
    const data = dataFile === undefined ? undefined : places.of(dataFile);
    const below = backing && places.below(image.file, backing.file);
    await makeImage(
      path,
      image.format,
      image.size,
      {
        ...(clusterSize === undefined ? {} : { cluster_size: String(clusterSize) }),
        ...(version === undefined ? {} : { compat: version }),
        ...(data === undefined ? {} : { data_file: data }),
      },
      {
        ...(backing && below !== undefined
          ? { backing: { file: below, format: backing.format || 'raw' } }
          : {}),
        bitmaps: image.bitmaps,
      },
    );
  }
  if (isFilled) await ballast(path, image.format, image.size);
}

function argumentsOf(likeness: Likeness, told: Told, places: Places, nbd: string): readonly string[] {
  const name = (text: string) => likeness.aliases.get(text) ?? text;
  const mapped = (node: JsonObject): JsonObject => {
    const found = permit({ execute: 'blockdev-add', arguments: node }, places, nbd);
    if (found.kind === 'send') return found.args;
    throw noTwin(found.why);
  };
  const throttled = stringifyJson([...likeness.nodes, ...likeness.drives.map(({ node }) => node)]);
  const groups = new Set(told.throttleGroups);
  for (const [, group] of throttled.matchAll(/"throttle-group": ?"([^"]+)"/g)) groups.add(group ?? '');
  return [
    ...told.iothreads.flatMap(id => ['-object', options({ driver: 'iothread', id })]),
    ...[...groups].flatMap(id => ['-object', options({ driver: 'throttle-group', id })]),
    ...likeness.nodes.flatMap(node => ['-blockdev', stringifyJson(mapped(node))]),
    ...likeness.drives.flatMap(drive => [
      '-drive',
      options({ driver: 'if=none', id: drive.name }) + flat(mapped(drive.node), ''),
    ]),
    ...likeness.devices.list.flatMap(({ options: own, node, drive }) => [
      '-device',
      options({
        ...own,
        ...(drive === undefined
          ? node === undefined
            ? {}
            : { drive: name(likeness.below(node)) }
          : { drive }),
      }),
    ]),
  ];
}

/** `DRIVER,key=value`; a comma in a value is written twice. */
function options({ driver = '', ...rest }: Readonly<Record<string, string>>): string {
  return [
    driver,
    ...Object.entries(rest).map(([key, value]) => `${key}=${value.replaceAll(',', ',,')}`),
  ].join(',');
}

/** Members inside of members, as dotted names: `,file.filename=a.qcow2`. */
function flat(value: Json, path: string): string {
  const inner = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (isArray(value)) return value.map((item, i) => flat(item, inner(String(i)))).join('');
  if (isObject(value))
    return Object.entries(value)
      .map(([key, item]) => flat(item, inner(key)))
      .join('');
  const text = value === true ? 'on' : value === false ? 'off' : String(value ?? '');
  return `,${path}=${text.replaceAll(',', ',,')}`;
}
