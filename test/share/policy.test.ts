// What a policy lets through, and what a read-only monitor does: a table, a case a line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classOf } from '../../src/schema/notes/asking.ts';
import { readOnly, readPolicy } from '../../src/share/policy.ts';
import { isObject, type JsonObject, parseJson } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

const POLICY = `
# first rule that fits decides
deny  qom-get property=data
allow asks
allow block_resize node-name=disk* size=*
allow blockdev-add driver=qcow2 node-name=new-* file.driver=file file.filename=/images/*
allow blockdev-backup device=disk0 target=* sync=full job-id?=*   # an argument that may be left out
allow block-dirty-bitmap-add ...
allow human-monitor-command "command-line=info *"
allow job-* id=mine-* ...
allow device_add driver=usb-* id=* ...
allow migrate-set-capabilities capabilities.*.capability=events capabilities.*.state=*
allow object-add qom-type=iothread id=**
`;

const allowed = undefined;
const by = (row: number) => `is denied by row ${row} of the policy`;
const arguments_ = 'is not allowed with these arguments by the policy';
const command = 'is not allowed by the policy';

const cases: readonly (readonly [json: string, verdict: string | undefined])[] = [
  ['{"execute":"query-status"}', allowed],
  ['{"execute":"qom-get","arguments":{"path":"/objects/s","property":"type"}}', allowed],
  ['{"execute":"qom-get","arguments":{"path":"/objects/s","property":"data"}}', by(3)],
  ['{"execute":"quit"}', command],
  ['{"execute":"query-of-tomorrow"}', command],
  ['{"execute":"block_resize","arguments":{"node-name":"disk0","size":1048576}}', allowed],
  ['{"execute":"block_resize","arguments":{"node-name":"other","size":1048576}}', arguments_],
  ['{"execute":"block_resize","arguments":{"device":"disk0","size":1048576}}', arguments_],
  ['{"execute":"block_resize","arguments":{"node-name":"disk0"}}', arguments_],
  ['{"execute":"block_resize","arguments":{"node-name":"disk0","size":1,"device":"d"}}', arguments_],
  [
    '{"execute":"blockdev-add","arguments":{"driver":"qcow2","node-name":"new-1","file":{"driver":"file","filename":"/images/a.qcow2"}}}',
    allowed,
  ],
  [
    '{"execute":"blockdev-add","arguments":{"driver":"qcow2","node-name":"new-1","file":{"driver":"file","filename":"/images/../etc/shadow"}}}',
    arguments_,
  ],
  [
    '{"execute":"blockdev-add","arguments":{"driver":"qcow2","node-name":"new-1","file":{"driver":"file","filename":"/images/a"},"backing":{"driver":"nbd"}}}',
    arguments_,
  ],
  ['{"execute":"blockdev-backup","arguments":{"device":"disk0","target":"t","sync":"full"}}', allowed],
  [
    '{"execute":"blockdev-backup","arguments":{"device":"disk0","target":"t","sync":"full","job-id":"j"}}',
    allowed,
  ],
  ['{"execute":"blockdev-backup","arguments":{"device":"disk0","target":"t","sync":"top"}}', arguments_],
  ['{"execute":"block-dirty-bitmap-add","arguments":{"node":"x","name":"y"}}', allowed],
  ['{"execute":"human-monitor-command","arguments":{"command-line":"info block"}}', allowed],
  ['{"execute":"human-monitor-command","arguments":{"command-line":"quit"}}', arguments_],
  ['{"execute":"human-monitor-command","arguments":{"command-line":"info a/../b"}}', arguments_],
  ['{"execute":"job-cancel","arguments":{"id":"mine-1"}}', allowed],
  ['{"execute":"job-cancel","arguments":{"id":"theirs"}}', arguments_],
  ['{"execute":"device_add","arguments":{"driver":"usb-tablet","id":"t","bus":"b"}}', allowed],
  ['{"execute":"object-add","arguments":{"qom-type":"iothread","id":"a/b"}}', allowed],
  [
    '{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"events","state":true}]}}',
    allowed,
  ],
  [
    '{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"events","state":true},{"capability":"xbzrle","state":true}]}}',
    arguments_,
  ],
  // Each action as if it came alone.
  [
    '{"execute":"transaction","arguments":{"actions":[{"type":"block-dirty-bitmap-add","data":{"node":"n","name":"b"}}]}}',
    allowed,
  ],
  [
    '{"execute":"transaction","arguments":{"actions":[{"type":"block-dirty-bitmap-add","data":{"node":"n","name":"b"}},{"type":"blockdev-snapshot-sync","data":{}}]}}',
    `is not allowed: its blockdev-snapshot-sync ${command}`,
  ],
  ['{"execute":"transaction","arguments":{"actions":[]}}', command],
];

function requestOf(json: string): { execute: string; arguments: JsonObject } {
  const value = parseJson(json);
  if (!isObject(value)) throw new Error(json);
  const { execute, arguments: args = {} } = value;
  return { execute: String(execute), arguments: isObject(args) ? args : {} };
}

const policy = readPolicy(POLICY, 'rules');
for (const [json, verdict] of cases)
  test(`${verdict === undefined ? 'lets through' : 'holds back'} ${json}`, () => {
    assert.is(policy.judge(requestOf(json)), verdict);
  });

test('a transaction can be denied as such', () => {
  const { judge } = readPolicy('deny transaction\nallow *', 'rules');
  const inner = '{"execute":"transaction","arguments":{"actions":[{"type":"stop","data":{}}]}}';
  assert.is(judge(requestOf(inner)), by(1));
  assert.is(judge(requestOf('{"execute":"stop"}')), allowed);
});

const wrong: readonly (readonly [text: string, message: string])[] = [
  ['', 'the policy rules has no rule, so it would allow nothing'],
  ['# only a comment\n', 'the policy rules has no rule, so it would allow nothing'],
  ['permit quit', 'rules, row 1: a rule begins with allow or deny, not permit'],
  ['\nallow', 'rules, row 2: allow what?'],
  ['allow id=x', 'rules, row 1: id=x is no command'],
  ['allow quit now', 'rules, row 1: now says nothing of an argument'],
  ['allow quit "a=b', 'rules, row 1: a quote is not closed'],
];
for (const [text, message] of wrong)
  test(`the policy ${JSON.stringify(text)} is refused: ${message}`, async () => {
    const error = await failure((async () => readPolicy(text, 'rules'))());
    assert.is(error.kind, 'usage');
    assert.is(error.message, message);
  });

for (const version of VERSIONS)
  test(`each command of ${version} is classed: it asks, or it changes something`, () => {
    const unclassed = [...schemaOf(version).commands.keys()].filter(name => classOf(name) === undefined);
    assert.equal(unclassed, []);
  });

const readings: readonly (readonly [command: string, asks: boolean])[] = [
  ['query-block', true],
  ['qom-get', true],
  ['trace-event-get-state', true],
  ['device-list-properties', false], // it ends some QEMUs
  ['qom-list-properties', false],
  ['query-rx-filter', false], // it arms an event
  ['ringbuf-read', false],
  ['screendump', false],
  ['human-monitor-command', false],
  ['transaction', false],
  ['x-exit-preconfig', false],
  ['query-of-tomorrow', false],
];
for (const [name, asks] of readings)
  test(`read-only ${asks ? 'lets' : 'holds'} ${name}${asks ? ' through' : ' back'}`, () => {
    assert.is(readOnly({ execute: name, arguments: {} }) === undefined, asks);
  });

test.run();
