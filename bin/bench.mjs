// Bundles the benchmarks and runs them. Usage: node bin/bench.mjs [--runs N] [PART OF A ROW'S NAME ...]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTests, root } from './build.mjs';

const [path] = await buildTests([join(root, 'test/bench/run.ts')]);
await import(pathToFileURL(path).href);
