import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, findCommand } from '../../src/schema/check.ts';
import { type JsonObject, stringifyJson } from '../../src/text/json.ts';
import { requests } from '../schema-requests.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

/** Findings as `path: message; nearest; advice`, warnings marked. */
function findings(
  command: string,
  args: JsonObject,
  version: (typeof VERSIONS)[number] = '11.1',
): readonly string[] {
  const found = findCommand(schemaOf(version), command);
  const list = 'severity' in found ? [found] : check(found, args);
  return list.map(f =>
    [
      `${f.severity === 'warning' ? '(warning) ' : ''}${f.path.join('.')}: ${f.message}`,
      ...(f.nearest ?? []).slice(0, 1).map(n => `near ${n}`),
      ...(f.advice === undefined ? [] : [f.advice]),
    ].join('; '),
  );
}

const MIRROR = { device: 'a', target: 'b', sync: 'full' };
const CASES: readonly (readonly [string, JsonObject, readonly string[]])[] = [
  ['query-status', {}, []],
  ['blockdev-mirror', MIRROR, []],
  [
    'block-job-set-speed',
    { device: 'j', speed: '64kb' },
    ['speed: "speed" takes int, not "64kb"; Write speed=64k'],
  ],
  ['block_resize', { device: 'j', size: '39MiB' }, ['size: "size" takes int, not "39MiB"; Write size=39M']],
  // What only some variants have waits for what picks the variant.
  [
    'blockdev-add',
    { driver: 'qcow2', file: { filename: 'e' } },
    ['file: "file" needs driver; "filename" goes with file.driver=file, host_cdrom, host_device, io_uring.'],
  ],
  [
    'blockdev-add',
    { size: 1 },
    [': blockdev-add needs driver; "size" goes with driver=null-aio, null-co, raw.'],
  ],
  [
    'blockdev-add',
    { driver: 'qcow2', file: { driver: 'fiel', filename: 'e' } },
    ['file.driver: "file.driver" cannot be "fiel"; near file'],
  ],
  [
    'blockdev-add',
    { driver: 'qcow2', file: { driver: 'e.qcow2', filename: 'file' } },
    [
      'file.driver: "file.driver" cannot be "e.qcow2"; Two values seem to be exchanged: write file.driver=file file.filename=e.qcow2',
    ],
  ],
  ['blockdev-miror', {}, [': there is no command "blockdev-miror"; near blockdev-mirror']],
  [
    'blockdev-mirror',
    { ...MIRROR, sync: 'ful' },
    ['sync: "sync" cannot be "ful"; near full; It is one of top, full, none, incremental, bitmap.'],
  ],
  ['blockdev-mirror', { ...MIRROR, sync: 1 }, ['sync: "sync" takes top|full|none|... (5 values), not 1']],
  [
    'blockdev-mirror',
    { ...MIRROR, targt: 'x' },
    ['targt: blockdev-mirror has no argument "targt"; "target" is given already: take this one out.'],
  ],
  [
    'blockdev-mirror',
    { device: 'a', targt: 'x', sync: 'full' },
    ['targt: blockdev-mirror has no argument "targt"; near target', ': blockdev-mirror needs target=...'],
  ],
  [
    'blockdev-mirror',
    {},
    [
      ': blockdev-mirror needs device, target, sync; Add device=... target=... sync=top|full|none|... (5 values)',
    ],
  ],
  [
    'blockdev-mirror',
    { ...MIRROR, speed: '39Q' },
    ['speed: "speed" takes int, not "39Q"; Write 123, 0x7b, or a size such as 39M.'],
  ],
  [
    'blockdev-mirror',
    { ...MIRROR, speed: 1.5 },
    ['speed: "speed" takes int, not 1.5; Write 123, 0x7b, or a size such as 39M.'],
  ],
  ['blockdev-mirror', { ...MIRROR, speed: 18446744073709551615n }, []],
  [
    'blockdev-mirror',
    { ...MIRROR, speed: 18446744073709551616n },
    [
      'speed: 18446744073709551616 does not fit into 64 bits; The largest number QEMU reads is 18446744073709551615.',
    ],
  ],
  [
    'blockdev-mirror',
    { ...MIRROR, device: 123 },
    ['device: "device" takes str, not 123; Put it in quotes: "123"'],
  ],
  [
    'blockdev-mirror',
    { ...MIRROR, 'auto-dismiss': 'maybe' },
    ['auto-dismiss: "auto-dismiss" takes bool, not "maybe"; Write true or false.'],
  ],
  ['blockdev-mirror', { ...MIRROR, __proto__: null }, []],
  ['query-status', { x: 1 }, ['x: query-status has no argument "x"; It takes none.']],
  ['device_add', { driver: 'virtio-blk-pci', drive: 'node-A', 'any.thing': [1, {}] }, []],
  ['device_add', { drive: 'x' }, [': device_add needs driver=...']],
  ['qom-set', { path: '/x', property: 'p', value: { a: [null] } }, []],
  ['blockdev-add', { driver: 'qcow2', file: 'x' }, []],
  ['blockdev-add', { driver: 'qcow2', file: { driver: 'file', filename: 'x' }, backing: null }, []],
  ['blockdev-add', { driver: 'qcow2', file: 1 }, ['file: "file" takes object or str, not 1']],
  ['blockdev-add', { driver: 'qcow2', file: { driver: 'file' } }, ['file: "file" needs file.filename=...']],
  [
    'blockdev-add',
    { driver: 'qcow2', file: { driver: 'file', filenam: 'x', filename: 'x' } },
    [
      'file.filenam: "file" has no argument "filenam" with driver=file; "filename" is given already: take this one out.',
    ],
  ],
  [
    'blockdev-add',
    { driver: 'qcow2', file: { filename: 'x' } },
    ['file: "file" needs driver; "filename" goes with file.driver=file, host_cdrom, host_device, io_uring.'],
  ],
  [
    'blockdev-add',
    { filename: 'x', 'node-name': 'y' },
    [': blockdev-add needs driver; "filename" goes with driver=file, host_cdrom, host_device, io_uring.'],
  ],
  [
    'blockdev-add',
    { driver: 'quorum', children: 'x', 'vote-threshold': 1 },
    ['children: "children" takes list of object or str, not "x"; Write children.0=x'],
  ],
  [
    'blockdev-add',
    { driver: 'quorum', children: ['x', 7], 'vote-threshold': 1 },
    ['children.1: "children.1" takes object or str, not 7'],
  ],
  [
    'block-job-complete',
    { device: 'j' },
    [
      '(warning) : block-job-complete is deprecated: a later QEMU may not have it; Use job-complete id=... instead.',
    ],
  ],
  [
    'block-commit',
    { device: 'j', base: 'x' },
    [
      '(warning) base: "base" is deprecated: a later QEMU may not have it; Use base-node=... instead, with a node name.',
    ],
  ],
  ['x-query-irq', {}, ['(warning) : x-query-irq is unstable: a later QEMU may change it']],
];
for (const [command, args, expected] of CASES) {
  test(`${command} ${stringifyJson(args)}`, () => assert.equal(findings(command, args), expected));
}

test('an argument of another version is no argument', () => {
  const args = { ...MIRROR, 'target-is-zero': true };
  assert.equal(findings('blockdev-mirror', args, '11.1'), []);
  assert.match(findings('blockdev-mirror', args, '7.2')[0] ?? '', /no argument "target-is-zero"/);
});

for (const version of VERSIONS) {
  test(`no request that ${version} allows is refused`, () => {
    const schema = schemaOf(version);
    fc.assert(
      fc.property(requests(schema), request => {
        const command = findCommand(schema, request.execute);
        const list = 'severity' in command ? [command] : check(command, request.arguments);
        assert.equal(
          list.filter(f => f.severity === 'problem'),
          [],
          stringifyJson(request.arguments),
        );
      }),
      { numRuns: 400 },
    );
  });
}
test.run();
