// Runs the tests on each version of Node that the package is for, and prints a row each. The npm package `node` carries the
// programs; they are kept in .build/nodes/. Usage: node bin/nodes.mjs [--versions 20,22,24] [ARGUMENTS OF test.mjs ...]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './build.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--versions');
const versions = (at === -1 ? '20,22,24' : (args.splice(at, 2)[1] ?? '')).split(',');
const say = text => process.stdout.write(`${text}\n`);

/** The program of a version, installed where it is not yet. Throws where that cannot be done. */
function program(version) {
  const folder = join(root, '.build/nodes', version);
  const path = join(folder, 'node_modules/node/bin/node');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true, "allowScripts": {"node": true}}\n');
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const [command, ...before] = npm;
  const done = spawnSync(command, [...before, 'install', '--no-audit', '--no-fund', `node@${version}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (done.status !== 0 || !existsSync(path))
    throw new Error(
      `node@${version} could not be installed:\n${done.stdout ?? ''}${done.stderr ?? done.error}`,
    );
  return path;
}

/**
 * Its version, once it has shown that it can open a terminal: node-pty is compiled for Node's stable interface, so one
 * build is for all versions. Without it the tests of the prompt would not run at all.
 */
function probe(node) {
  const script = `require('node-pty').spawn('/bin/sh', ['-c', 'echo it works'], {}).onData(text => process.stdout.write(text));`;
  const done = spawnSync(node, ['-e', script], { cwd: root, encoding: 'utf8' });
  if (!done.stdout.includes('it works'))
    throw new Error(`node-pty does not work with ${node}:\n${done.stderr}\nTry: npm rebuild node-pty`);
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
}

/** Runs the tests; resolves with what stands in the last row and whether all is well. */
function run(node) {
  return new Promise(resolve => {
    const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
    const child = spawn(node, [join(root, 'bin/test.mjs'), ...args], {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
    });
    child.on('close', status => resolve({ status, output, last: output.trimEnd().split('\n').at(-1) ?? '' }));
  });
}

let well = true;
for (const version of versions) {
  const started = performance.now();
  try {
    const node = program(version);
    const full = probe(node);
    const { status, output, last } = await run(node);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (status !== 0) say(output);
    say(`${status === 0 ? 'ok  ' : 'FAIL'} Node ${full.padEnd(10)} ${last}, ${seconds} s`);
    if (status !== 0) well = false;
  } catch (error) {
    say(`FAIL Node ${version.padEnd(10)} ${error.message}`);
    well = false;
  }
}
process.exit(well ? 0 : 1);
