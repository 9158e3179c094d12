// What `npm start`, `npm test` and the other scripts of package.json call: sets up what is missing, and only that (packages,
// build, QEMU, the pty module), and then does the job.
// Usage: node bin/setup.mjs start|test|test:versions|nodes|build|bench|prove|mutate [ARGS]
// All that set-up says goes to standard error. Node's own modules only: nothing may be installed yet.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = path => join(root, path);
const require = createRequire(import.meta.url);

/** Options of qmpsh whose value is the next argument: needed to see whether an address is among the arguments. */
export const VALUED = [
  ...['-c', '--command', '-l', '--logfile', '--schema', '--timeout', '--keep'],
  ...['--format', '--from', '--to', '--section', '--cast', '--html', '--keep-points', '--monitor'],
  ...['--on', '--hosts', '--parallel'],
  ...['--listen', '--policy', '--audit', '--for'],
];

/** What set-up cannot do by itself: a sentence for the user. */
class Halt extends Error {}

const say = text => process.stderr.write(text);

/** Runs a program quietly and says how long it took; what it printed is shown when it fails. */
async function step(what, command, args, env = {}) {
  const { spawn } = await import('node:child_process');
  const started = performance.now();
  say(`${what} ... `);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  const failed = await new Promise(resolve => {
    child.on('error', error => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `status ${signal ?? code}`));
  });
  say(
    `${failed === undefined ? 'done' : 'failed'} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  return { ok: failed === undefined, output, failed };
}

/** The last lines a failed program printed, below a sentence. */
function halt(sentence, { output = '', failed = '' } = {}) {
  const tail = output.trim().split('\n').slice(-15).join('\n');
  return new Halt([sentence, failed, tail].filter(text => text !== '').join('\n'));
}

// --- packages ---

const STAMP = '.build/setup.json';

function readStamp() {
  try {
    return JSON.parse(readFileSync(inRoot(STAMP), 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(part) {
  mkdirSync(inRoot('.build'), { recursive: true });
  writeFileSync(inRoot(STAMP), `${JSON.stringify({ ...readStamp(), ...part })}\n`);
}

const modified = path => statSync(inRoot(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const digest = text => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** npm, as the one that runs us, else the one on $PATH. */
function npm(...args) {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') ? [process.execPath, [own, ...args]] : ['npm', args];
}

/**
 * What npm is told by its environment. Where `npm install -g .` runs us, it would take this folder's packages for global
 * ones, too. Node's C++ headers come with most installations: then nothing has to be fetched to compile against them.
 */
function npmEnv() {
  const here = { npm_config_global: undefined, npm_config_location: undefined, npm_config_prefix: undefined };
  return { ...here, ...headers() };
}

function headers() {
  const prefix = dirname(dirname(process.execPath));
  const there = existsSync(join(prefix, 'include/node/node_version.h'));
  return there && !process.env.npm_config_nodedir ? { npm_config_nodedir: prefix } : {};
}

async function ensurePackages() {
  const installed = modified('node_modules/.package-lock.json');
  if (installed >= modified('package-lock.json') && installed > 0) return;
  const lock = digest(readFileSync(inRoot('package-lock.json')));
  if (installed > 0 && readStamp().lock === lock) return;
  const done = await step('installing packages', ...npm('ci', '--no-audit', '--no-fund'), npmEnv());
  if (!done.ok)
    throw halt('The packages could not be installed. Is there a network? Try again with: npm ci', done);
  writeStamp({ lock });
}

// --- build ---

/** Changes when a source or the build does. */
function sourcesDigest() {
  const files = ['package.json', 'package-lock.json', 'bin/build.mjs', 'bin/packs.mjs'];
  for (const entry of readdirSync(inRoot('src'), { recursive: true }))
    if (/\.(ts|json)$/.test(entry)) files.push(join('src', entry));
  const facts = files.sort().map(file => {
    const { mtimeMs, size } = statSync(inRoot(file));
    return `${file} ${mtimeMs} ${size}`;
  });
  return digest(facts.join('\n'));
}

async function ensureBuilt({ types = false } = {}) {
  const sources = sourcesDigest();
  const stamp = readStamp();
  const built = existsSync(inRoot('dist/cli.cjs')) && stamp.sources === sources;
  if (built && (!types || (stamp.types === sources && existsSync(inRoot('dist/types'))))) return;
  // (esbuild has printed its own errors.)
  const script = `import(${JSON.stringify(new URL('build.mjs', import.meta.url).href)}).then(m => m.buildAll({ types: ${types} }))
    .catch(error => { if (!error.errors) console.error(error.message); process.exit(1); })`;
  const done = await step('building', process.execPath, ['-e', script]);
  if (!done.ok) throw halt('The build failed.', done);
  writeStamp({ sources, ...(types ? { types: sources } : {}) });
}

// --- programs of the system ---

function onPath(name) {
  if (name.includes('/')) return existsSync(name);
  return (process.env.PATH ?? '').split(delimiter).some(folder => folder && existsSync(join(folder, name)));
}

let listsAreFresh = false;

/** Installs one group of src/io/packages.json. Root or password-less sudo is needed for all managers but brew. */
async function installGroup(group, what, then) {
  const packages = JSON.parse(readFileSync(inRoot('src/io/packages.json'), 'utf8'));
  const manager = Object.keys(packages.install).find(onPath);
  if (!manager)
    throw new Halt(`${what} is missing, and no known package manager is here: install it, then ${then}`);
  const command = [...packages.install[manager], ...packages[group][manager]];
  const isRoot = process.getuid?.() === 0;
  const wayIn = manager === 'brew' || isRoot ? [] : ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  const typed = `${manager === 'brew' || isRoot ? '' : 'sudo '}${command.join(' ')}`;
  if (wayIn.length > 0 && !(await sudoIsFree()))
    throw new Halt(`${what} is missing. Type this, then ${then}:\n  ${typed}`);
  const run = (text, words) => {
    const [program, ...args] = [...wayIn, ...words];
    return step(text, program, args, { DEBIAN_FRONTEND: 'noninteractive' });
  };
  // What cannot be refreshed may still be installed from the lists that are there.
  if (manager === 'apt-get' && !listsAreFresh)
    await run('refreshing the package lists', ['apt-get', 'update']);
  listsAreFresh = true;
  const done = await run(`installing ${what.replace(/^A /, 'a ')}`, command);
  if (!done.ok) throw halt(`${what} could not be installed. Try it with: ${typed}`, done);
}

async function sudoIsFree() {
  if (!onPath('sudo')) return false;
  const { spawnSync } = await import('node:child_process');
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

async function ensureQemu() {
  const system = () =>
    process.env.QMPSH_QEMU || ['qemu-system-x86_64', 'qemu-kvm', '/usr/libexec/qemu-kvm'].some(onPath);
  if (system() && onPath('qemu-img')) return;
  await installGroup('qemu', 'QEMU', 'run this again');
  if (!system() || !onPath('qemu-img'))
    throw new Halt('QEMU was installed, but qemu-system-x86_64 and qemu-img are not on the PATH.');
}

/** node-pty compiles when it is installed, which needs a compiler; without it only the tests that use a pty fail. */
async function ensurePty() {
  // In a process of its own: this one would go on believing that a package it once missed is missing.
  const { spawnSync } = await import('node:child_process');
  const loads = () =>
    spawnSync(process.execPath, ['-e', "require('node-pty')"], { cwd: root, stdio: 'ignore' }).status === 0;
  if (loads()) return;
  try {
    if (!['make', 'python3'].every(onPath) || !['g++', 'c++', 'clang++'].some(onPath))
      await installGroup('compiler', 'A C++ compiler', 'run this again');
    // Where the install failed, npm left the optional package out: then rebuild finds nothing, and install brings it.
    const there = existsSync(inRoot('node_modules/node-pty/package.json'));
    const args = there ? ['rebuild', 'node-pty'] : ['ci', '--no-audit', '--no-fund'];
    const done = await step('compiling node-pty', ...npm(...args), npmEnv());
    if (!done.ok || !loads())
      throw halt(
        'node-pty could not be compiled, so what needs a terminal will fail. To see why: npm ci --foreground-scripts',
        done,
      );
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    say(`${error.message}\n`);
  }
}

// --- jobs ---

/** Whether an address (or a subcommand) is among the arguments. */
export function namesAddress(args) {
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i];
    if (arg === '--') return args.length > i + 1;
    if (/^--(?:on|hosts)(?:=|$)/.test(arg)) return true;
    if (VALUED.includes(arg)) i += 1;
    else if (arg === '-' || !arg.startsWith('-')) return true;
    else if (['-h', '--help', '-V', '--version'].includes(arg)) return true;
  }
  return false;
}

async function start(args) {
  await ensurePackages();
  await ensureBuilt();
  const practice = !namesAddress(args);
  if (practice || ['practice', 'learn'].includes(args[0]) || args.includes('--practice')) await ensureQemu();
  // npm runs scripts in the project's folder; a relative address is meant from where the user is.
  if (process.env.npm_lifecycle_event && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  // In this very process: a second Node would cost its start-up time, and signals and the exit status pass by themselves.
  const command = inRoot('bin/qmpsh.cjs');
  process.argv = [process.execPath, command, ...(practice ? ['practice'] : []), ...args];
  require(command);
}

/** Runs a script of ours with these arguments in this terminal, and leaves with its status. */
async function handOver(script, args) {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [inRoot(script), ...args], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/**
 * Programs that tests speak to beside QEMU: the group of packages, its name, and where they are looked for. Without an
 * optional one only its own tests fail, and say what is missing.
 */
const COUNTERPARTS = [
  { group: 'openssl', name: 'openssl', programs: ['openssl'] },
  // There is none for macOS and the BSDs.
  { group: 'agent', name: "QEMU's guest agent", programs: ['qemu-ga'], only: 'linux' },
  { group: 'socat', name: 'socat', programs: ['socat'], optional: true },
  { group: 'nbd', name: 'libnbd', programs: ['nbdinfo', 'nbdcopy'], optional: true },
  { group: 'libvirt', name: 'libvirt', programs: ['libvirtd', 'virsh'], only: 'linux', optional: true },
  {
    group: 'libvirt-proxy',
    name: "libvirt's proxy for QMP",
    programs: ['virt-qemu-qmp-proxy'],
    only: 'linux',
    optional: true,
  },
  { group: 'ansible', name: 'Ansible', programs: ['ansible-playbook'], optional: true },
];

async function ensureCounterparts() {
  for (const { group, name, programs, only, optional } of COUNTERPARTS) {
    if (only !== undefined && process.platform !== only) continue;
    if (programs.every(program => onPath(program) || existsSync(`/usr/sbin/${program}`))) continue;
    try {
      await installGroup(group, name, 'run this again');
    } catch (error) {
      if (!optional || !(error instanceof Halt)) throw error;
      say(`${error.message}\n`);
    }
  }
}

/** QEMU's own qmp-shell, which tests hold ours against: where Python has none, Debian's package of a later release is unpacked. */
async function ensureQmpShell() {
  if (process.platform !== 'linux' || !onPath('python3')) return;
  const { spawnSync } = await import('node:child_process');
  const { cacheFolder, fetchInto } = await import('./debian.mjs');
  const folder = cacheFolder('qmp-shell');
  const own = () =>
    spawnSync('python3', ['-c', 'import qemu.qmp.qmp_shell'], { stdio: 'ignore' }).status === 0;
  if (existsSync(join(folder, 'root/usr/lib/python3/dist-packages/qemu')) || own()) return;
  say('fetching qmp-shell ... ');
  try {
    fetchInto(folder, 'forky', ['python3-qemu-qmp'], { alone: true });
    say('done\n');
  } catch (error) {
    say(`failed\n${error.message}\n`);
  }
}

async function prepare() {
  await ensurePackages();
  await ensureQemu();
  await ensureCounterparts();
  await ensureQmpShell();
  await ensurePty();
  await ensureBuilt();
}

/** Jobs that are scripts of ours, run when all is prepared. */
const SCRIPTS = {
  test: 'bin/test.mjs',
  'test:versions': 'bin/versions.mjs',
  bench: 'bin/bench.mjs',
  prove: 'bin/prove.mjs',
  nodes: 'bin/nodes.mjs',
  mutate: 'test/mutate/run.mjs',
};

const JOBS = {
  start,
  build: async () => {
    await ensurePackages();
    await ensureBuilt({ types: true });
  },
};
for (const [name, script] of Object.entries(SCRIPTS))
  JOBS[name] = async args => {
    await prepare();
    await handOver(script, args);
  };

async function main([name, ...args]) {
  const [major] = process.versions.node.split('.');
  if (Number(major) < 20) throw new Halt(`qmpsh needs Node 20 or newer; this is ${process.version}.`);
  const job = Object.hasOwn(JOBS, name ?? '') ? JOBS[name] : undefined;
  if (!job) throw new Halt(`Usage: node bin/setup.mjs ${Object.keys(JOBS).join('|')} [ARGS]`);
  await job(args);
}

// (Not when a test imports it. The path may go through a symbolic link.)
if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url))
  main(process.argv.slice(2)).catch(error => {
    say(`${error instanceof Halt ? error.message : error.stack}\n`);
    process.exitCode = 1;
  });
