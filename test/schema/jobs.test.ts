// The table of jobs against the recorded schemas, and what is read out of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Request } from '../../src/qmp/message.ts';
import {
  actOf,
  actOn,
  appliesTo,
  isBlockJob,
  jobArguments,
  plainRequest,
  startedBy,
} from '../../src/schema/jobs.ts';
import { ACTS, STARTS, STATES } from '../../src/schema/notes/jobs.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

const members = (version: (typeof VERSIONS)[number], command: string) =>
  schemaOf(version).commands.get(command)?.arguments.members ?? [];
const namesOf = (version: (typeof VERSIONS)[number], command: string) =>
  members(version, command).map(({ name }) => name);

for (const version of VERSIONS) {
  test(`the commands of ${version} that take a job-id are those of the table, each with its arguments`, () => {
    const { commands } = schemaOf(version);
    const taking = [...commands.keys()].filter(name => namesOf(version, name).includes('job-id'));
    assert.equal(taking.toSorted(), [...parseTable(STARTS).keys()].toSorted());
    for (const [command, row] of parseTable(STARTS)) {
      const [, ...ends] = row.split(' ');
      const names = namesOf(version, command);
      for (const name of ends.flatMap(list => list.split(',')))
        assert.ok(names.includes(name), `${command}.${name}`);
      // A block job lends its name from its device and can be told to stay; the others have neither.
      const isBlock = ends.length > 0;
      assert.is(names.includes('auto-dismiss'), isBlock, `${command}.auto-dismiss`);
      const id = members(version, command).find(({ name }) => name === 'job-id');
      assert.is(id?.required, !isBlock, `${command}.job-id`);
    }
  });

  test(`the commands of ${version} that act on a job are those of the table, each with its argument`, () => {
    const { commands } = schemaOf(version);
    const all = [...parseTable(ACTS).keys()];
    const acting = [...commands.keys()].filter(name => /^(block-)?job-/.test(name));
    assert.equal(
      acting.filter(name => !all.includes(name)),
      [],
    );
    for (const [command, argument] of jobArguments())
      if (commands.has(command)) {
        const id = members(version, command).find(({ name }) => name === argument);
        assert.is(id?.required, true, `${command}.${argument}`);
      }
  });
}

test('no row of the table is for a command that no version has, and each act has its states', () => {
  for (const command of [...parseTable(STARTS).keys(), ...parseTable(ACTS).keys()])
    assert.ok(
      VERSIONS.some(version => schemaOf(version).commands.has(command)),
      command,
    );
  const does = [...parseTable(ACTS).keys()].map(command => actOf(command) ?? '');
  assert.equal([...new Set(does)].toSorted(), [...parseTable(STATES).keys()].toSorted());
});

const STARTED: readonly (readonly [command: string, args: JsonObject, jobs: readonly JsonObject[]])[] = [
  ['query-jobs', {}, []],
  ['device_add', { id: 'd', driver: 'e1000' }, []],
  [
    'blockdev-backup',
    { device: 'a', target: 'b' },
    [{ id: 'a', type: 'backup', autoDismiss: true, source: 'a', target: 'b' }],
  ],
  [
    'drive-mirror',
    { 'job-id': 'j', device: 'a', target: 'b.img', 'auto-dismiss': false },
    [{ id: 'j', type: 'mirror', autoDismiss: false, source: 'a', target: 'b.img' }],
  ],
  [
    'block-commit',
    { device: 'a', 'top-node': 't', base: 'b.img' },
    [{ id: 'a', type: 'commit', autoDismiss: true, source: 't', target: 'b.img' }],
  ],
  ['block-stream', { device: 'a' }, [{ id: 'a', type: 'stream', autoDismiss: true, target: 'a' }]],
  ['blockdev-create', { 'job-id': 'j' }, [{ id: 'j', type: 'create', autoDismiss: false }]],
  ['x-blockdev-amend', { 'job-id': 'j', 'node-name': 'n' }, [{ id: 'j', type: 'amend', autoDismiss: false }]],
  ['snapshot-save', { 'job-id': 'j' }, [{ id: 'j', type: 'snapshot-save', autoDismiss: false }]],
  [
    'transaction',
    { actions: [{ type: 'blockdev-backup', data: { device: 'a', target: 'b' } }, { type: 'abort' }] },
    [{ id: 'a', type: 'backup', autoDismiss: true, source: 'a', target: 'b' }],
  ],
  ['of-a-newer-qemu', { 'job-id': 'j' }, [{ id: 'j', autoDismiss: true }]],
  ['of-a-newer-qemu', { device: 'd' }, []],
];

for (const [execute, args, jobs] of STARTED)
  test(`${execute} ${JSON.stringify(args)} may start ${jobs.length === 0 ? 'no job' : String(jobs[0]?.['id'])}`, () => {
    assert.equal(startedBy({ execute, arguments: args }), jobs);
  });

const REQUESTS: readonly (readonly [given: Request, does: string | undefined, plain: Request | undefined])[] =
  [
    [request('job-cancel', { id: 'j' }), 'cancel', undefined],
    [request('block-job-cancel', { device: 'j' }), 'end', undefined],
    [request('block-job-set-speed', { device: 'j' }), 'set-speed', undefined],
    [request('block-job-complete', { device: 'j' }), 'complete', request('job-complete', { id: 'j' })],
    [request('block-job-dismiss', { id: 'j' }), 'dismiss', request('job-dismiss', { id: 'j' })],
    [request('block-job-pause', { id: 'j' }), undefined, undefined],
    [request('query-jobs', {}), undefined, undefined],
  ];

function request(execute: string, args: JsonObject): Request {
  return { execute, arguments: args };
}

for (const [given, does, plain] of REQUESTS)
  test(`${given.execute} ${JSON.stringify(given.arguments)} does ${does} and is ${plain?.execute ?? 'itself'}`, () => {
    assert.equal(actOn(given), does && { does, id: 'j' });
    assert.equal(plainRequest(given), plain);
  });

test('the block-job-* commands know block jobs alone, whatever their state', () => {
  assert.ok(appliesTo('job-dismiss', 'amend', 'concluded'));
  assert.not(appliesTo('block-job-dismiss', 'amend', 'concluded'));
  assert.not(appliesTo('block-job-finalize', 'create', 'pending'));
  assert.ok(appliesTo('block-job-finalize', 'backup', 'pending'));
  assert.ok(appliesTo('block-job-finalize', 'of a newer QEMU', 'pending'));
  assert.not(appliesTo('job-finalize', 'backup', 'running'));
  assert.is(isBlockJob('of a newer QEMU'), undefined);
});

test.run();
