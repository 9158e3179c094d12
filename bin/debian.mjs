// Packages of another Debian release, unpacked into a cache folder by this machine's own apt: nothing of the system is changed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What cannot be done, as a sentence for the user. */
export class Halt extends Error {}

/** Runs a program; gives its output. Throws a Halt with its last words where it fails. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (done.status === 0) return done.stdout;
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-10).join('\n');
  throw new Halt(
    `${program} ${args.join(' ')} failed: ${done.error?.message ?? `status ${done.status}`}\n${said}`,
  );
}

/** A folder of ours in the user's cache. */
export function cacheFolder(...names) {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'qmpsh', ...names);
}

/** Unpacks packages of a release, with those that they need unless they are wanted `alone`, into FOLDER/root. Throws a Halt. */
export function fetchInto(folder, release, packages, { alone = false } = {}) {
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, part), { recursive: true });
  // apt with lists and a package status of its own: nothing counts as installed, and nothing is installed.
  writeFileSync(join(folder, 'state/status'), '');
  writeFileSync(join(folder, 'release.list'), `deb ${mirror()} ${release} main\n`);
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'release.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Debug::NoLocking': 'true',
  };
  const archives = join(folder, 'cache/archives');
  const apt = (args, options) =>
    run(
      'apt-get',
      [...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]), ...args],
      options,
    );
  apt(['update']);
  if (alone) apt(['download', ...packages], { cwd: archives });
  else apt(['--yes', '--download-only', 'install', ...packages]);
  for (const name of readdirSync(archives).filter(file => file.endsWith('.deb')))
    run('dpkg-deb', ['--extract', join(archives, name), join(folder, 'root')]);
  for (const part of ['cache', 'state']) rmSync(join(folder, part), { recursive: true });
}

/** Where this machine's apt gets Debian's packages from. */
function mirror() {
  const targets = run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
    'Label: Debian',
  ]);
  const [first] = targets.split('\n').filter(Boolean);
  if (first) return first;
  throw new Halt('apt knows no packages of Debian: this needs a Debian machine, and once apt-get update');
}
