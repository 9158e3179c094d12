// Small changes of the code that a test must notice: each is made in a copy of the project, and the tests named beside it
// run there. A change that they let pass has survived, and shows what no test holds.
// Usage: node test/mutate/run.mjs [--list] [PART OF A NAME ...]
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHANGES } from './changes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['bin', 'src', 'test', 'docs', 'completions', 'package.json', 'package-lock.json'];
const COPIED_TOO = ['README.md', 'CHANGELOG.md', 'LICENSE', 'tsconfig.json', '.biome.json'];
/** Seconds after which a test file hangs. */
const LIMIT = '90';

const folders = [];
/** Process groups that run: what a test that was ended for its time leaves behind ends with its group. */
const groups = new Set();

function endGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {} // there is nobody left
}

process.on('exit', () => {
  for (const leader of groups) endGroup(leader);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** A copy of the project to change; what is installed is shared. */
function copyProject() {
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-mutate-'));
  folders.push(folder);
  for (const name of [...COPIED, ...COPIED_TOO])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The one file of the sources that holds the text; a change names no file, so that a file may move. */
function holderOf(text) {
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter(name => name.endsWith('.ts'));
  const holders = files.filter(name => readFileSync(join(root, 'src', name), 'utf8').includes(text));
  const [only] = holders;
  if (holders.length !== 1) return { fault: `${holders.length} files hold it: ${holders.join(' ')}` };
  const places = readFileSync(join(root, 'src', only), 'utf8').split(text).length - 1;
  return places === 1 ? { file: join('src', only) } : { fault: `${only} holds it ${places} times` };
}

function run(folder, args) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    groups.add(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        output += text;
      });
    child.on('exit', () => {
      endGroup(child.pid);
      groups.delete(child.pid);
    });
    child.on('close', code => resolve({ code, output }));
  });
}

const BUILD = `import('./bin/build.mjs').then(m => m.buildAll({ types: false }))
  .catch(error => { console.error(error.message); process.exit(1); })`;

const runTests = (folder, jobs, parts) =>
  run(folder, ['bin/test.mjs', '--jobs', jobs, '--limit', LIMIT, ...parts]);

/** The names of the tests that failed; of a file that ended otherwise than by a test, the file's. */
function failuresIn(output) {
  const names = [];
  for (const part of output.split(/^(?=(?:FAIL|ok {2}) test)/m)) {
    const file = /^FAIL (\S+)/.exec(part)?.[1];
    if (file === undefined) continue;
    const tests = [...part.matchAll(/^ +FAIL {2}(?:.* )?"(.*)"$/gm)].map(([, name]) => `${file}: ${name}`);
    names.push(...(tests.length > 0 ? tests : [file]));
  }
  return names;
}

/** Whether the tests notice: `killed` by one of them, `survived`, or `stale` where the change cannot be made (any more). */
async function judge({ find, put, tests }, folder, before) {
  const { file, fault } = holderOf(find);
  if (fault) return { verdict: 'stale', why: fault };
  const text = readFileSync(join(folder, file), 'utf8');
  writeFileSync(
    join(folder, file),
    text.replace(find, () => put),
  );
  try {
    const built = await run(folder, ['-e', BUILD]);
    if (built.code !== 0) return { verdict: 'stale', why: `it cannot be built: ${built.output.trim()}` };
    for (const part of tests) {
      const { output } = await runTests(folder, '1', [part]);
      if (/^no test file/m.test(output)) return { verdict: 'stale', why: output.trim() };
      const [by] = failuresIn(output).filter(name => !before.has(name));
      if (by !== undefined) return { verdict: 'killed', by };
    }
    return { verdict: 'survived' };
  } finally {
    writeFileSync(join(folder, file), text);
  }
}

/** What fails without any change: that holds nothing against one. */
async function failingNow(folder, changes) {
  const built = await run(folder, ['-e', BUILD]);
  if (built.code !== 0) throw new Error(`it cannot be built: ${built.output.trim()}`);
  const { output } = await runTests(folder, '2', [...new Set(changes.flatMap(({ tests }) => tests))]);
  return new Set(failuresIn(output));
}

const words = process.argv.slice(2).filter(word => word !== '--list');
const chosen = CHANGES.filter(({ what }) => words.length === 0 || words.some(word => what.includes(word)));
if (process.argv.includes('--list')) {
  for (const { what, tests } of chosen) console.log(`${what}  (${tests.join(' ')})`);
  process.exit(0);
}
const count = { killed: 0, survived: 0, stale: 0 };
const queue = [...chosen];
const first = copyProject();
const before = await failingNow(first, chosen);
for (const name of before) console.log(`fails without any change: ${name}`);
const lane = async folder => {
  for (let change = queue.shift(); change; change = queue.shift()) {
    const started = performance.now();
    const { verdict, why, by } = await judge(change, folder, before);
    count[verdict] += 1;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${verdict.padEnd(8)}  ${change.what}  (${seconds} s)`);
    if (why ?? by) console.log(`          ${why ?? by}`);
  }
};
await Promise.all([lane(first), lane(copyProject())]);
console.log(`${count.killed} killed, ${count.survived} survived, ${count.stale} stale`);
process.exitCode = count.survived + count.stale > 0 || count.killed === 0 ? 1 : 0;
