// `qmpsh types`: a program that is right by the schema compiles, and one that is wrong fails at the row that is wrong. For the
// schemas of three QEMUs.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { inFolder } from '../folder.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

const right = 'right';
const wrong = 'wrong';

/** Each a row of a function that has a connection `vm`; wrong ones are those that tsc must name. */
const rows: readonly (readonly [verdict: typeof right | typeof wrong, row: string])[] = [
  [
    right,
    "{ const r = await vm.execute('query-status'); if (r.kind === 'success') use(r.value.running === true); }",
  ],
  [right, "{ const r = await vm.execute('query-status'); if (r.kind === 'refusal') use(r.desc); }"],
  [right, "await vm.execute('block_resize', { 'node-name': 'a', size: 1024 });"],
  [right, "await vm.execute('block_resize', { 'node-name': 'a', size: 9223372036854775807n });"],
  [right, "await vm.execute('quit', {}, { timeout: 3000, signal: AbortSignal.timeout(9) });"],
  [right, "await vm.execute('blockdev-add', { driver: 'qcow2', file: { driver: 'file', filename: 'a' } });"],
  [
    right,
    "await vm.execute('blockdev-add', { driver: 'qcow2', 'node-name': 'x', file: 'other', backing: null });",
  ],
  [
    right,
    "await vm.execute('device_add', { driver: 'virtio-blk-pci', id: 'x', drive: 'a', num_queues: 4 });",
  ],
  [
    right,
    "await vm.execute('transaction', { actions: [{ type: 'block-dirty-bitmap-add', data: { node: 'a', name: 'b' } }] });",
  ],
  [
    right,
    "{ const r = await vm.execute('query-block'); if (r.kind === 'success') for (const b of r.value) use(b.inserted?.image.filename); }",
  ],
  [
    right,
    "{ const r = await vm.execute('qom-get', { path: '/', property: 'type' }); if (r.kind === 'success') use(r.value); }",
  ],
  [
    right,
    "vm.onEvent(event => { if (event.name === 'BLOCK_JOB_COMPLETED') use(event.data.device.length, event.data.len); });",
  ],
  [
    right,
    "{ const e = await vm.waitFor(one => one.name === 'STOP', { since: 0, timeout: 9 }); use(e.time); }",
  ],
  [wrong, "await vm.execute('query-statu');"],
  [wrong, "await vm.execute('block_resize', { 'node-name': 'a', size: '1M' });"],
  [wrong, "await vm.execute('block_resize', { 'node-name': 'a' });"],
  [wrong, "await vm.execute('block_resize');"],
  [wrong, "await vm.execute('quit', { now: true });"],
  [wrong, "await vm.execute('blockdev-add', { driver: 'qcow3', file: 'a' });"],
  [wrong, "await vm.execute('blockdev-add', { driver: 'qcow2', file: 'a', filename: 'b' });"],
  [wrong, "await vm.execute('blockdev-add', { driver: 'qcow2', file: { driver: 'file', filenam: 'a' } });"],
  [wrong, "await vm.execute('blockdev-mirror', { device: 'a', target: 'b', sync: 'ful' });"],
  [
    wrong,
    "await vm.execute('transaction', { actions: [{ type: 'block-dirty-bitmap-add', data: { node: 'a' } }] });",
  ],
  [wrong, "{ const r = await vm.execute('query-status'); use(r.value.running); }"],
  [wrong, "{ const r = await vm.execute('query-status'); if (r.kind === 'success') use(r.value.runing); }"],
  [
    wrong,
    "{ const r = await vm.execute('query-status'); if (r.kind === 'success') use(r.value.status === 'runing'); }",
  ],
  // It may be a bigint.
  [
    wrong,
    "{ const r = await vm.execute('query-balloon'); if (r.kind === 'success') { const n: number = r.value.actual; use(n); } }",
  ],
  [wrong, "vm.onEvent(event => { use(event.name === 'BLOCK_JOB_COMPLETE'); });"],
  [wrong, "vm.onEvent(event => { if (event.name === 'STOP') use(event.data.device); });"],
];

/** A program with the rows, its first one in row 5. */
function program(version: string): string {
  return [
    `import type { Connection } from '${join(process.cwd(), 'src/session/typed.ts')}';`,
    `import type { Qmp } from './qmp-${version}.d.ts';`,
    'declare function use(...values: readonly unknown[]): void;',
    'export async function main(vm: Connection<Qmp>): Promise<void> {',
    ...rows.map(([, row]) => `  ${row}`),
    '}\n',
  ].join('\n');
}

test('what is right compiles, and what is wrong fails at its row', () =>
  inFolder(async folder => {
    for (const version of VERSIONS) {
      const done = await qmpsh(['types', '--schema', join('test/data', `schema-${version}.json`)]);
      assert.is(done.status, 0, done.err);
      writeFileSync(join(folder, `qmp-${version}.d.ts`), done.out);
      writeFileSync(join(folder, `program-${version}.ts`), program(version));
    }
    const options = { extends: join(process.cwd(), 'tsconfig.json'), include: [], files: [] as string[] };
    // (The declarations themselves are held, too.)
    const compilerOptions = {
      skipLibCheck: false,
      rewriteRelativeImportExtensions: false,
      typeRoots: [join(process.cwd(), 'node_modules/@types')],
    };
    options.files = VERSIONS.flatMap(version => [`program-${version}.ts`]);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...options, compilerOptions }));
    const tsc = spawnSync('node_modules/.bin/tsc', ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    const errors = tsc.stdout.split('\n').filter(row => /^\S/.test(row));
    const own = errors.filter(row => !/node_modules/.test(row));
    const wanted = rows.flatMap(([verdict], i) => (verdict === wrong ? [i + 5] : []));
    for (const version of VERSIONS) {
      const found = own.flatMap(row => {
        const [, name, at] = /([\w.-]+)\((\d+),\d+\): error/.exec(row) ?? [];
        return name === `program-${version}.ts` ? [Number(at)] : [];
      });
      assert.equal([...new Set(found)], wanted, `${version}:\n${own.join('\n')}`);
    }
    assert.equal(
      own.filter(row => !/program-[\d.]+\.ts/.test(row)),
      [],
    );
  }));

test('each command and event has an interface, under its own name', async () => {
  const done = await qmpsh(['types']);
  const schema = schemaOf('11.1');
  assert.match(done.out, /^\/\/ QMP of QEMU 11\.1\n/);
  for (const name of [...schema.commands.keys(), ...schema.events.keys()]) {
    const [, type = ''] =
      new RegExp(`^ {2}readonly (?:"${name}"|${name}): (\\w+);$`, 'm').exec(done.out) ?? [];
    assert.match(done.out, new RegExp(`^export (interface|type) ${type} `, 'm'), name);
  }
});

test('what it is not given is told', async () => {
  const extra = await qmpsh(['types', 'vm.sock']);
  assert.is(extra.status, 2);
  assert.match(extra.err, 'types takes no argument: vm.sock');
  assert.match(extra.err, 'qmpsh -c query-qmp-schema ADDRESS > FILE');
  const none = await qmpsh(['types', '--schema', 'package.json']);
  assert.is(none.status, 2);
  assert.match(none.err, 'package.json is no schema');
});

test.run();
