// Bundles the benchmarks and runs them. Usage: node bin/bench.mjs [--runs N] [PART OF A ROW'S NAME ...]
// `node bin/bench.mjs fleet [COUNT]`: many VMs at once; that has no peer to be compared with.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTests, root } from './build.mjs';

const [first, count = '100'] = process.argv.slice(2);
const several = first === 'fleet';
const [path] = await buildTests([join(root, `test/bench/${several ? 'fleet' : 'run'}.ts`)]);
const made = await import(pathToFileURL(path).href);
if (several) {
  if (!/^[1-9]\d{0,3}$/.test(count)) throw new Error(`fleet wants a number of VMs, not ${count}`);
  process.exitCode = (await made.fleet(Number(count))) ? 0 : 1;
}
