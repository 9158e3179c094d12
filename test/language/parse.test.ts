import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Line } from '../../src/language/line.ts';
import { parse, requestOf } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { stringifyJson } from '../../src/text/json.ts';
import { requests } from '../schema-requests.ts';
import { schemaOf } from '../schemas.ts';

const schema = schemaOf('11.1');

/** A line as one text: the arguments it sends, or `place: message` of each problem. */
function read(text: string, typed: boolean): string {
  return show(text, parse(text, typed ? schema : undefined));
}

function show(text: string, line: Line): string {
  switch (line.kind) {
    case 'command':
      return `${line.request.execute} ${stringifyJson(line.request.arguments)}${line.background ? ' &' : ''}${line.pipe === undefined ? '' : ` | ${line.pipe}`}`;
    case 'raw':
      return stringifyJson(line.message);
    case 'word':
      return `${line.name} <${line.rest}>`;
    case 'empty':
      return '';
    case 'wrong':
      return line.problems.map(p => `${text.slice(p.place.start, p.place.end)}: ${p.message}`).join(' / ');
  }
}

function table(title: string, typed: boolean, rows: readonly (readonly [string, string])[]): void {
  for (const [text, expected] of rows) {
    test(`${title}: ${text}`, () => assert.is(read(text, typed), expected));
  }
}

// The command lines of QEMU's document on backup and mirror, and the requests it prints below them.
const SNAPSHOT =
  'blockdev-snapshot-sync {"node-name":"node-A","snapshot-file":"b.qcow2","snapshot-node-name":"node-B","format":"qcow2"}';
const RECIPES: readonly (readonly [string, string])[] = [
  [
    '(QEMU) blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
    SNAPSHOT,
  ],
  [
    '(QEMU) blockdev-add driver=qcow2 node-name=node-E file={"driver":"file","filename":"e.qcow2"}',
    'blockdev-add {"driver":"qcow2","node-name":"node-E","file":{"driver":"file","filename":"e.qcow2"}}',
  ],
  [
    '(QEMU) blockdev-backup device=node-B target=node-E sync=full job-id=job0',
    'blockdev-backup {"device":"node-B","target":"node-E","sync":"full","job-id":"job0"}',
  ],
  [
    '(QEMU) blockdev-mirror device=node-B target=node-E sync=full job-id=job0',
    'blockdev-mirror {"device":"node-B","target":"node-E","sync":"full","job-id":"job0"}',
  ],
  ['(QEMU) query-block-jobs', 'query-block-jobs {}'],
  ['(QEMU) block-job-complete device=job0', 'block-job-complete {"device":"job0"}'],
  ['(QEMU) quit', 'quit {}'],
];
table('recipe', true, RECIPES);
table('recipe without a schema', false, RECIPES);

table('typed', true, [
  [
    'blockdev-add driver=qcow2 node-name=123 file=f',
    'blockdev-add {"driver":"qcow2","node-name":"123","file":"f"}',
  ],
  [
    'blockdev-add driver=qcow2 file.driver=file file.filename=x',
    'blockdev-add {"driver":"qcow2","file":{"driver":"file","filename":"x"}}',
  ],
  [
    'blockdev-add file.filename=7 file.driver=file driver=qcow2',
    'blockdev-add {"file":{"filename":"7","driver":"file"},"driver":"qcow2"}',
  ],
  [
    'blockdev-add driver=qcow2 file=f backing=null',
    'blockdev-add {"driver":"qcow2","file":"f","backing":null}',
  ],
  [
    'blockdev-add driver=qcow2 file=f backing="null"',
    'blockdev-add {"driver":"qcow2","file":"f","backing":"null"}',
  ],
  [
    'blockdev-add driver=qcow2 file=f overlap-check=all',
    'blockdev-add {"driver":"qcow2","file":"f","overlap-check":"all"}',
  ],
  [
    'blockdev-add driver=qcow2 file=f overlap-check.template=all',
    'blockdev-add {"driver":"qcow2","file":"f","overlap-check":{"template":"all"}}',
  ],
  [
    'blockdev-add driver=quorum children.0=a children.1.driver=null-co children.1.size=0x10k vote-threshold=2',
    'blockdev-add {"driver":"quorum","children":["a",{"driver":"null-co","size":16384}],"vote-threshold":2}',
  ],
  [
    'blockdev-add driver=quorum children=["a", "b"] vote-threshold=2',
    'blockdev-add {"driver":"quorum","children":["a","b"],"vote-threshold":2}',
  ],
  [
    'blockdev-add driver=nbd server.type=inet server.host=[::1] server.port=10809',
    'blockdev-add {"driver":"nbd","server":{"type":"inet","host":"[::1]","port":"10809"}}',
  ],
  ['blockdev-add driver=file filename={odd}', 'blockdev-add {"driver":"file","filename":"{odd}"}'],
  [
    'blockdev-add driver=file filename=json:{"a":1}',
    'blockdev-add {"driver":"file","filename":"json:{\\"a\\":1}"}',
  ],
  ['blockdev-add driver=file filename=a|b', 'blockdev-add {"driver":"file","filename":"a|b"}'],
  ['blockdev-add driver=file filename=a#b&', 'blockdev-add {"driver":"file","filename":"a#b&"}'],
  ["blockdev-add driver=file filename=don't", 'blockdev-add {"driver":"file","filename":"don\'t"}'],
  ['blockdev-add driver=file filename=', 'blockdev-add {"driver":"file","filename":""}'],
  ['block_resize node-name=n size=39M', 'block_resize {"node-name":"n","size":40894464}'],
  ['block_resize node-name=n size=1.5k', 'block_resize {"node-name":"n","size":1536}'],
  ['block_resize node-name=n size=1.5G', 'block_resize {"node-name":"n","size":1610612736}'],
  ['block_resize node-name=n size=0x1e', 'block_resize {"node-name":"n","size":30}'],
  ['block_resize node-name=n size=2e', 'block_resize {"node-name":"n","size":2305843009213693952}'],
  [
    'block_resize node-name=n size=18446744073709551615',
    'block_resize {"node-name":"n","size":18446744073709551615}',
  ],
  ['block_resize node-name=n size=-1', 'block_resize {"node-name":"n","size":-1}'],
  ['set_link name=x up=on', 'set_link {"name":"x","up":true}'],
  ['set_link name=x up=No', 'set_link {"name":"x","up":false}'],
  ['set_link name=true up=true', 'set_link {"name":"true","up":true}'],
  ['migrate-set-parameters tls-creds=null', 'migrate-set-parameters {"tls-creds":null}'],
  ['ringbuf-write device=c data="a b"', 'ringbuf-write {"device":"c","data":"a b"}'],
  ['ringbuf-write device=c data=\'a "b" \\x41\'', 'ringbuf-write {"device":"c","data":"a \\"b\\" A"}'],
  [
    'human-monitor-command command-line="info block" | grep node',
    'human-monitor-command {"command-line":"info block"} | grep node',
  ],
  [
    'blockdev-backup device=a target=b sync=full &',
    'blockdev-backup {"device":"a","target":"b","sync":"full"} &',
  ],
  ['qom-set path=/x property=y value=12', 'qom-set {"path":"/x","property":"y","value":12}'],
  ['qom-set path=/x property=y value="12"', 'qom-set {"path":"/x","property":"y","value":"12"}'],
  [
    'device_add driver=virtio-blk-pci id=7 drive=node-A addr=7 serial="7"',
    'device_add {"driver":"virtio-blk-pci","id":"7","drive":"node-A","addr":7,"serial":"7"}',
  ],
  [
    'netdev_add type=user id=n hostfwd.0.str=tcp::22-:22',
    'netdev_add {"type":"user","id":"n","hostfwd":[{"str":"tcp::22-:22"}]}',
  ],
  [
    "blockdev-create job-id=j options={'driver': 'qcow2', 'file': 'f', 'size': 1_000, 'preallocation': u'off', 'lazy-refcounts': True,}",
    'blockdev-create {"job-id":"j","options":{"driver":"qcow2","file":"f","size":1000,"preallocation":"off","lazy-refcounts":true}}',
  ],
  [
    'blockdev-create job-id=j options={\n  "driver": "file",\n  "filename": "f", "size": 1\n}',
    'blockdev-create {"job-id":"j","options":{"driver":"file","filename":"f","size":1}}',
  ],
]);

table('guess', false, [
  ['x a=1 b=-1 c=+5 d=007 e=1_000', 'x {"a":1,"b":-1,"c":5,"d":7,"e":1000}'],
  [
    'x a=9223372036854775807 b=-18446744073709551616',
    'x {"a":9223372036854775807,"b":-18446744073709551616}',
  ],
  ['x a=true b=False c=TRUE', 'x {"a":true,"b":false,"c":true}'],
  [
    'x a=1.5 b=null c=39M d=0x10 e=on f=None g=1_',
    'x {"a":"1.5","b":"null","c":"39M","d":"0x10","e":"on","f":"None","g":"1_"}',
  ],
  ['x a= b="" c="1" d=\'true\'', 'x {"a":"","b":"","c":"1","d":"true"}'],
  ['x a={"k":1} b=[1,"2",None,True] c={\'k\': \'v\'}', 'x {"a":{"k":1},"b":[1,"2",null,true],"c":{"k":"v"}}'],
  ['x a.b=1 a.c=2 d=3', 'x {"a":{"b":1,"c":2},"d":3}'],
  ['x a.b.c=1 d=2 a.b.e=3 a.f=4', 'x {"a":{"b":{"c":1,"e":3},"f":4},"d":2}'],
  ['x a.0=p a.1=q', 'x {"a":["p","q"]}'],
  ['x a.1=p b.x.0=q', 'x {"a":{"1":"p"},"b":{"x":["q"]}}'],
  ['x __proto__=1 a.__proto__.b=2', 'x {"__proto__":1,"a":{"__proto__":{"b":2}}}'],
  ['x a_b=1 a-b=2', 'x {"a_b":1,"a-b":2}'],
  ['x a=b=c', 'x {"a":"b=c"}'],
  ['x a=ä b=日本', 'x {"a":"ä","b":"日本"}'],
  ['x\ta=1\n  b=2', 'x {"a":1,"b":2}'],
]);

table('other lines', true, [
  ['', ''],
  ['   ', ''],
  ['# quit', ''],
  ['(QEMU) ', ''],
  ['# first\nquery-status', 'query-status {}'],
  ['.help quit', '.help <quit>'],
  ['  .wait job job0 ready', '.wait <job job0 ready>'],
  ['help', 'help <>'],
  ['help quit', '.help <quit>'],
  ['quit --help', '.help <quit>'],
  ['?', '? <>'],
  ['exit ', 'exit <>'],
  [
    '{"execute": "query-status", "id": 18446744073709551615}',
    '{"execute":"query-status","id":18446744073709551615}',
  ],
  ['-> { "execute": "quit" }', '{"execute":"quit"}'],
  ["{'execute': 'quit'}", '{"execute":"quit"}'],
  ['{"exec-oob": "migrate-pause"}', '{"exec-oob":"migrate-pause"}'],
  ['(QEMU) {"execute": "no-such"}', '{"execute":"no-such"}'],
]);

const ADD = '{"type":"block-dirty-bitmap-add","data":{"node":"a","name":"1"}}';
table('transaction', true, [
  ['transaction( block-dirty-bitmap-add node=a name=1 )', `transaction {"actions":[${ADD}]}`],
  ['transaction(block-dirty-bitmap-add node=a name=1)', `transaction {"actions":[${ADD}]}`],
  [
    'transaction(\nblock-dirty-bitmap-add node=a name=1\nblock-dirty-bitmap-add node=a name=1\n)',
    `transaction {"actions":[${ADD},${ADD}]}`,
  ],
  [
    'transaction( block-dirty-bitmap-add node=a name=1 block-dirty-bitmap-add node=a name=1 ) &',
    `transaction {"actions":[${ADD},${ADD}]} &`,
  ],
  [
    '(QEMU) transaction(\nTRANS> block-dirty-bitmap-add node=a name=1\n# why\nTRANS> )',
    `transaction {"actions":[${ADD}]}`,
  ],
  [
    'transaction( properties.completion-mode=grouped block-dirty-bitmap-add node=a name=1 )',
    `transaction {"actions":[${ADD}],"properties":{"completion-mode":"grouped"}}`,
  ],
  ['transaction( abort )', 'transaction {"actions":[{"type":"abort","data":{}}]}'],
  [
    'transaction( blockdev-backup device=a target=b sync=full speed=1M )',
    'transaction {"actions":[{"type":"blockdev-backup","data":{"device":"a","target":"b","sync":"full","speed":1048576}}]}',
  ],
  ['transaction()', 'transaction {"actions":[]}'],
  ['transaction actions=[]', 'transaction {"actions":[]}'],
  ['transaction( abort ) now', 'now: there is more text behind the end of the transaction'],
  ['transaction( abort', '(: the transaction is not closed'],
  ['transaction( query-status )', 'query-status: "query-status" cannot be part of a transaction'],
  [
    'transaction( block-dirty-bitmap-add node=a )',
    'block-dirty-bitmap-add: block-dirty-bitmap-add needs name=...',
  ],
  [
    'transaction( block-dirty-bitmap-add node=a name=b size=1 )',
    'size: block-dirty-bitmap-add has no argument "size"',
  ],
  ['transaction( block-dirty-bitmap-add node=a name={"x" )', '{: "{" is not closed'],
  ['transaction( actions=[] abort )', 'actions: "actions" is what stands between the brackets'],
]);

table('problem', true, [
  ['blockdev-miror device=a', 'blockdev-miror: there is no command "blockdev-miror"'],
  ['blockdev-mirror device=a target=b sync=ful', 'ful: "sync" cannot be "ful"'],
  ['blockdev-mirror device=a target=b sync="full" sped=1', 'sped: blockdev-mirror has no argument "sped"'],
  ['blockdev-mirror', 'blockdev-mirror: blockdev-mirror needs device, target, sync'],
  ['block_resize node-name=n size=39Q', '39Q: "size" takes int, not "39Q"'],
  ['block_resize node-name=n size="39"', '"39": "size" takes int, not "39"'],
  [
    'block_resize node-name=n size=18446744073709551616',
    '18446744073709551616: 18446744073709551616 does not fit into 64 bits',
  ],
  ['block_resize node-name=n node-name=m size=1', 'node-name: "node-name" is given twice'],
  [
    'blockdev-add driver=qcow2 file=f file.driver=file',
    'file.driver: "file" cannot have a value and members of its own',
  ],
  [
    'blockdev-add driver=qcow2 file.driver=file file=f',
    'file: "file" cannot have a value and members of its own',
  ],
  ['blockdev-add driver=qcow2 file={bad', '{: "{" is not closed'],
  ['blockdev-add driver=qcow2 file={bad}', 'bad: a member name needs quotes'],
  [
    'blockdev-add driver=qcow2 file={"driver": file}',
    'file: "file" is neither a number nor true, false or null',
  ],
  ['blockdev-add driver=qcow2 file={"driver":"file","driver":"x"}', '"driver": "driver" is given twice'],
  ['blockdev-add driver=qcow2 file={"driver":"file"}x', 'x: there is more text behind the closing bracket'],
  ['blockdev-add driver=file filename="a"b', 'b: there is more text behind the closing quote'],
  ['blockdev-add driver=file filename="a', '": the quote is not closed'],
  ['blockdev-add driver=file filename="\\q"', '\\q: the escape \\q is not known'],
  [
    'blockdev-add driver=quorum vote-threshold=1 children.0=a children.2=b',
    'children: item 1 of the list "children" is missing',
  ],
  [
    'blockdev-add driver=quorum vote-threshold=1 children.0=a children=b',
    'children: "children" cannot have a value and members of its own',
  ],
  [
    'human-monitor-command command-line=info block',
    'command-line=info block: a blank stands in the value of "command-line"',
  ],
  // What has quotes itself is named as it stands.
  [
    'blockdev-del {"node-name":"node-A"',
    '{"node-name":"node-A": {"node-name":"node-A" is no argument: it has no "="',
  ],
  ['query-status =1', '=1: a name is missing before "="'],
  ['query-status a..b=1', 'a..b=1: a name is missing before "="'],
  ['device=a', 'device=a: "device=a" is no command name'],
  ['blockdev-del node_name=n', 'node_name: blockdev-del has no argument "node_name"'],
  ['job-complete device=j', 'device: job-complete has no argument "device"'],
  [
    'blockdev-mirror devise=a',
    'devise: blockdev-mirror has no argument "devise" / blockdev-mirror: blockdev-mirror needs device, target, sync',
  ],
  ['query-status |', '|: no host command stands behind "|"'],
  ['query-status & x', 'x: "&" must be the last thing in the line'],
  ['{"execute": "quit"} x', 'x: there is more text behind the end of the JSON value'],
  ['{"return": {}}', '{"return": {}}: this is what QEMU says, no request: there is nothing to send'],
  ['{"execute": quit}', 'quit: "quit" is neither a number nor true, false or null'],
  [`query-status x=${'['.repeat(1100)}${']'.repeat(1100)}`, '[: the value is nested more than 1024 deep'],
]);

test('a problem inside a literal has its own place', () => {
  const text = 'blockdev-add driver=qcow2 file={"driver": "file", "filenme": "x"}';
  assert.is(read(text, true), '"filenme": "file" has no argument "filenme" with driver=file');
});

test('deprecated things are sent with a warning that names the replacement', () => {
  const line = parse('block-job-complete device=job0', schema);
  assert.is(line.kind, 'command');
  assert.equal(line.kind === 'command' && line.warnings.map(w => [w.place, w.advice]), [
    [{ start: 0, end: 18 }, 'Use job-complete id=... instead.'],
  ]);
  const action = parse('transaction( drive-backup device=a target=b sync=full )', schema);
  assert.match(
    action.kind === 'command' ? (action.warnings[0]?.message ?? '') : '',
    /drive-backup is deprecated/,
  );
});

test('the request of a raw message is known', () => {
  assert.equal(requestOf(parse('{"exec-oob": "migrate-pause"}')), {
    execute: 'migrate-pause',
    arguments: {},
    oob: true,
  });
  assert.is(requestOf(parse('.help')), undefined);
});

// Any text, and lines of every command with a few letters changed.
const broken = fc
  .tuple(
    requests(schema),
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.constantFrom(
      '',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      ' ',
      '=',
      '.',
      '(',
      ')',
      '|',
      '&',
      '\n',
      '\\',
      'x',
      '\ud800',
      '日',
    ),
  )
  .map(([request, at, cut, put]) => {
    const text = print(request, schema);
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + cut);
  });
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[ \n"'{}[\]:,=.|&#()a-c1\\-]{0,30}$/),
  fc.stringMatching(/^(?:transaction\()?[ \n"'{}[\]:,=.|&#()a-c1\\-]{0,30}$/),
  broken,
);
for (const typed of [true, false]) {
  test(`no text is too odd ${typed ? 'with' : 'without'} a schema: a line or problems with places inside it`, () => {
    fc.assert(
      fc.property(anyText, text => {
        const line = parse(text, typed ? schema : undefined);
        const places =
          line.kind === 'wrong'
            ? line.problems.map(p => p.place)
            : line.kind === 'command'
              ? line.warnings.map(p => p.place)
              : line.kind === 'word'
                ? [line.place, line.restPlace]
                : [];
        for (const { start, end } of places) {
          assert.ok(
            start >= 0 && start <= end && end <= text.length,
            `${start}-${end} in ${JSON.stringify(text)}`,
          );
        }
        if (line.kind === 'wrong') {
          for (const { message } of line.problems) assert.ok(message.length > 0);
        }
      }),
      { numRuns: 3000 },
    );
  });
}
test.run();
