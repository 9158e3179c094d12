// `npm run test:versions`: the tests that need a QEMU, on this machine's and on those of newer Debian releases.
// Usage: node bin/versions.mjs [RELEASE ...] [-- PART OF A TEST FILE'S NAME ...]; releases are `here`, `trixie`, `forky`;
// --list only names the files.
// A newer QEMU is fetched by this machine's own apt into a cache folder ($XDG_CACHE_HOME/qmpsh/qemu/RELEASE; remove it to
// fetch anew), and runs in a mount namespace where its /usr lies over ours: its process, folder and sockets are as any.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, fetchInto, Halt, run } from './debian.mjs';
import { globSync } from './glob.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const RELEASES = ['here', 'trixie', 'forky'];
const PACKAGES = ['qemu-system-x86', 'qemu-utils', 'seabios'];
const PROGRAMS = ['qemu-system-x86_64', 'qemu-img', 'qemu-io', 'qemu-nbd', 'qemu-storage-daemon'];
/** Whoever imports one of these runs a QEMU, or the command, which can run one. */
const NEEDS_QEMU = ['test/qemu.ts', 'test/command.ts', 'src/io/practice.ts'];

/** Seconds a test file may take: here the long ones run side by side. */
const LIMIT = '900';

// --- a QEMU of another release ---

/** The folder with the programs of a release, fetched where they are not there yet. */
function programsOf(release) {
  const folder = cacheFolder('qemu', release);
  const bin = join(folder, 'bin');
  if (!existsSync(bin)) {
    console.log(`fetching the QEMU of ${release} into ${folder}`);
    fetchInto(folder, release, PACKAGES);
  }
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const program of PROGRAMS)
    writeFileSync(join(bin, program), wrapper(folder, program), { mode: 0o755 });
  return bin;
}

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

/** A script that runs a program of the release: its files over ours, but its modules alone, which fit no other QEMU. */
function wrapper(folder, program) {
  const usr = join(folder, 'root/usr');
  const libraries = readdirSync(join(usr, 'lib')).find(name => existsSync(join(usr, 'lib', name, 'qemu')));
  const tool = name => onPath(name) ?? missing(name);
  const steps = [
    `${tool('mount')} -t overlay overlay -o ${quoted(`lowerdir=${usr}:/usr`)} /usr`,
    ...(libraries
      ? [`${tool('mount')} --bind ${quoted(`${usr}/lib/${libraries}/qemu`)} /usr/lib/${libraries}/qemu`]
      : []),
    `exec /usr/bin/${program} "$@"`,
  ];
  const user = process.getuid() === 0 ? '' : ' --map-root-user';
  return `#!/bin/sh\nexec ${tool('unshare')}${user} --mount --propagation private /bin/sh -c ${quoted(steps.join(' && '))} ${program} "$@"\n`;
}

function onPath(name) {
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(delimiter);
  return folders.map(folder => join(folder, name)).find(existsSync);
}

function missing(name) {
  throw new Halt(`${name} is missing (Debian packages mount and util-linux)`);
}

// --- the tests ---

const IMPORT = /^(?:import|export)(?! type)[^;]*?from '(\.[^']+)'/gm;

/** The test files that import, over any number of files, what runs a QEMU. (What only now and then is loaded is none.) */
function needQemu() {
  const known = new Map(NEEDS_QEMU.map(file => [join(root, file), true]));
  const needs = file => {
    const found = known.get(file);
    if (found !== undefined) return found;
    known.set(file, false);
    const imports = existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(IMPORT)] : [];
    const answer = imports.some(([, to]) => needs(join(dirname(file), to)));
    known.set(file, answer);
    return answer;
  };
  return globSync(join(root, 'test'), '.test.ts')
    .filter(needs)
    .map(file => relative(root, file));
}

function main(args) {
  const list = args.includes('--list');
  const argv = args.filter(word => word !== '--list');
  const at = argv.indexOf('--');
  const parts = at < 0 ? [] : argv.slice(at + 1);
  const given = at < 0 ? argv : argv.slice(0, at);
  const strange = given.find(name => !/^[a-z]+$/.test(name));
  if (strange !== undefined) throw new Halt(`${strange} is no release; name some of ${RELEASES.join(', ')}`);
  const files = needQemu().filter(file => parts.length === 0 || parts.some(part => file.includes(part)));
  if (list) return console.log(files.join('\n'));
  const rows = (given.length > 0 ? given : RELEASES).map(release => {
    const path =
      release === 'here' ? process.env.PATH : `${programsOf(release)}${delimiter}${process.env.PATH}`;
    const env = { ...process.env, PATH: path };
    const version = run('qemu-system-x86_64', ['--version'], { env }).split('\n')[0];
    console.log(`\n== ${release}: ${version}`);
    const done = spawnSync(process.execPath, [join(root, 'bin/test.mjs'), '--limit', LIMIT, ...files], {
      env,
      stdio: 'inherit',
    });
    return { release, version, ok: done.status === 0 };
  });
  console.log('');
  for (const { release, version, ok } of rows) console.log(`${ok ? 'ok  ' : 'FAIL'} ${release}: ${version}`);
  process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Halt)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
