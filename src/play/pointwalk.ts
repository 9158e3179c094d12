// Looks at an image and those below it, each opened alone: QEMU that opens images which stand on each other in a ring opens
// them for ever, and answers nobody any more.
import { QmpshError } from '../qmp/errors.ts';
import { chainProblem, type Image, readChain } from '../series/chain.ts';
import { nodeNamed } from '../series/follow.ts';
import { pointName } from '../series/names.ts';
import { opened } from '../series/paths.ts';
import { isObject, type Json, type JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';

/** Asks the VM: the value that it returns. Throws a QmpshError where it refuses. */
export type Ask = (command: string, args: JsonObject) => Promise<Json>;

/**
 * The point that a file or an export is, its disk's size, of how many images, and how it is opened. Throws a QmpshError where it is none, or one below it is
 * not what it stands on; `advice` says what to do then.
 */
export async function walkChain(file: string, node: string, ask: Ask, advice?: string): Promise<Json> {
  try {
    return await walk(file, node, ask);
  } catch (error) {
    if (advice === undefined || !(error instanceof QmpshError) || error.kind !== 'refused') throw error;
    const all = error.advice === undefined ? advice : `${error.advice} ${advice}`;
    throw new QmpshError('refused', error.message, { advice: all });
  }
}

async function walk(file: string, node: string, ask: Ask): Promise<Json> {
  const chain: Image[] = [];
  const seen = new Set<string>();
  for (let path: string | undefined = file; path !== undefined; ) {
    const layer: { image: Image; below: string | undefined } = await look(path, node, ask);
    const { image } = layer;
    const name: string = image.point ? pointName(image.point) : path;
    const [above] = chain.slice(-1);
    if (above && seen.has(name))
      throw new QmpshError('refused', `${safe(above.file)} stands on ${safe(path)}, and that on it again`, {
        advice: 'No image of such a ring can be opened. qmpsh points FOLDER says which are good.',
      });
    seen.add(name);
    chain.push(image);
    // What is below a full point, or below what is none, is not needed to say what it is.
    path = image.parent && image.problem === undefined ? layer.below : undefined;
  }
  const problem = chainProblem(chain);
  const [top] = chain;
  if (problem !== undefined || !top?.point)
    throw new QmpshError('refused', problem ?? `${safe(file)} is no point`);
  return {
    point: pointName(top.point),
    size: top.size,
    images: chain.length,
    consistent: top.consistent,
    // What opens it again.
    protocol: opened(file),
  };
}

/** One image, and the file that it stands on. */
async function look(
  path: string,
  node: string,
  ask: Ask,
): Promise<{ readonly image: Image; readonly below: string | undefined }> {
  const alone = { driver: 'qcow2', 'node-name': node, 'read-only': true, backing: null, file: opened(path) };
  await ask('blockdev-add', alone).catch((error: unknown) => {
    if (!(error instanceof QmpshError) || error.kind !== 'refused') throw error;
    const details = error.advice === undefined ? {} : { advice: error.advice };
    throw new QmpshError('refused', `${safe(path)} cannot be opened: ${error.message}`, details);
  });
  const found = nodeNamed(await ask('query-named-block-nodes', {}), node)?.['image'];
  await ask('blockdev-del', { 'node-name': node });
  const info = isObject(found) ? found : {};
  // Opened alone it has a name that says so.
  const [image] = readChain([{ ...info, filename: path }]);
  if (!image) throw new QmpshError('refused', `${safe(path)} was opened, and is no node of the VM`);
  const below = info['full-backing-filename'];
  return { image, below: typeof below === 'string' ? below : undefined };
}
