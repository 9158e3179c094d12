// Bundles the model of undo and runs it. Usage: node bin/prove.mjs [--each N] [--jobs N] [PART OF A POINT'S NAME ...]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTests, root } from './build.mjs';

const [path] = await buildTests([join(root, 'test/prove/run.ts')]);
await import(pathToFileURL(path).href);
