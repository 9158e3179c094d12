// Runs test files, each in a process of its own with a time limit, and ends with
// `N passed, N failed, N skipped`. Usage: node bin/test.mjs [--jobs N] [--again] [PART OF A FILE NAME ...]
// --again: a file that fails runs once more when the others are done, alone; one that passes then is named as
// flaky, with what it printed when it failed.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTests, root } from './build.mjs';
import { globSync } from './glob.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string' },
    again: { type: 'boolean' },
    limit: { type: 'string', default: '600' },
  },
});
const wanted = globSync(join(root, 'test'), '.test.ts').filter(
  file => positionals.length === 0 || positionals.some(part => relative(root, file).includes(part)),
);
if (wanted.length === 0) {
  console.error(`no test file's name has ${positionals.join(' or ')} in it`);
  process.exit(1);
}
const built = await buildTests(wanted);
const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
const flaky = [];

/**
 * One test file: its output is printed when it ends. No test run, a crash or a time-out is a failure. Gives whether it
 * passed; what failed is not counted where it `mayRunAgain`.
 */
function run(path, name, mayRunAgain) {
  return new Promise(resolve => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', path], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    const take = chunk => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 3000).unref();
    }, Number(values.limit) * 1000);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const count = word => {
        const found = [...output.matchAll(new RegExp(`^\\s+${word}:\\s+(\\d+)(?: / (\\d+))?`, 'gm'))].at(-1);
        return found ? [Number(found[1]), Number(found[2] ?? found[1])] : [0, 0];
      };
      // uvu prints "Total: N", "Passed: N" and "Skipped: N" once for the whole process.
      const [all] = count('Total');
      const [passed] = count('Passed');
      const [skipped] = count('Skipped');
      const failed = Math.max(all - passed, code === 0 && all > 0 && !late ? 0 : 1);
      if (failed === 0 || !mayRunAgain) {
        total.passed += passed;
        total.skipped += skipped;
        total.failed += failed;
      }
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${failed ? 'FAIL' : 'ok  '} ${name}  ${passed} passed, ${seconds} s`);
      if (failed) {
        const why = late ? `over its limit of ${values.limit} s` : all === 0 ? 'ran no test' : '';
        if (!mayRunAgain) broken.push(name);
        console.log(`${output}\n${name}: ${why || `exit ${signal ?? code}`}\n`);
      }
      resolve(failed === 0);
    });
  });
}

const queue = built.map((path, i) => [path, relative(root, wanted[i])]);
const failedOnce = [];
const lanes = Math.max(1, Number(values.jobs ?? availableParallelism()));
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (!(await run(...next, values.again))) failedOnce.push(next);
    }
  }),
);
if (values.again) {
  for (const next of failedOnce) if (await run(...next, false)) flaky.push(next[1]);
}
if (flaky.length) console.log(`flaky: ${flaky.join(' ')}: failed beside others (see above), passed alone`);
if (broken.length) console.log(`failed: ${broken.join(' ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed || total.passed === 0 ? 1 : 0);
