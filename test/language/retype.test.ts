// A value of another type than QEMU wants, where its type was not known before: the line that works. QEMU's words as 7.2,
// 10.0 and 11.1 say them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { mismatchIn, retyped } from '../../src/language/retype.ts';
import { recordedSchema } from '../schema/walked.ts';

const schema = recordedSchema('11.1');

// What was typed, what QEMU says, and the line to try; none where that is not known to be right.
const ROWS: readonly (readonly [line: string, desc: string, offered: string | undefined])[] = [
  [
    'device_add driver=usb-tablet id=t port=2',
    "Invalid parameter type for 'port', expected: string",
    'device_add driver=usb-tablet id=t port="2"',
  ],
  [
    'device_add driver=virtio-blk-pci serial=000123 drive=a',
    "Invalid parameter type for 'serial', expected: string",
    'device_add driver=virtio-blk-pci serial="000123" drive=a',
  ],
  [
    'device_add driver=usb-tablet port=2 serial=0007',
    "Invalid parameter type for 'port', expected: string",
    'device_add driver=usb-tablet port="2" serial=0007',
  ],
  [
    'device_add driver=nvdimm uuid=1_000',
    "Invalid parameter type for 'uuid', expected: string",
    'device_add driver=nvdimm uuid="1_000"',
  ],
  [
    'device_add driver=x multifunction=on',
    "Invalid parameter type for 'multifunction', expected: boolean",
    'device_add driver=x multifunction=true',
  ],
  [
    'device_add driver=x multifunction="off"',
    "Invalid parameter type for 'multifunction', expected: boolean",
    'device_add driver=x multifunction=false',
  ],
  [
    'device_add driver=x multifunction=maybe',
    "Invalid parameter type for 'multifunction', expected: boolean",
    undefined,
  ],
  ['device_add driver=x vectors="3"', "Parameter 'vectors' expects uint64", 'device_add driver=x vectors=3'],
  ['device_add driver=x vectors=0x3', "Parameter 'vectors' expects uint64", 'device_add driver=x vectors=3'],
  [
    'device_add driver=x discard_granularity=64k',
    "Invalid parameter type for 'discard_granularity', expected: integer",
    'device_add driver=x discard_granularity=65536',
  ],
  ['device_add driver=x vectors=many', "Parameter 'vectors' expects uint64", undefined],
  // It may be on, or the word true itself.
  [
    'device_add driver=x disable-legacy=true',
    "Invalid parameter type for 'disable-legacy', expected: string",
    undefined,
  ],
  [
    'qom-set path=/machine property=graphics value="off"',
    "Invalid parameter type for 'graphics', expected: boolean",
    'qom-set path=/machine property=graphics value=false',
  ],
  [
    'qom-set path=/x property=append value=007',
    "Invalid parameter type for 'append', expected: string",
    'qom-set path=/x property=append value="007"',
  ],
  [
    'query-cpu-model-expansion type=full model.name=q model.props.avx=on',
    "Invalid parameter type for 'avx', expected: boolean",
    'query-cpu-model-expansion type=full model.name=q model.props.avx=true',
  ],
  [
    'query-cpu-model-expansion type=full model.name=q model.props.avx=on',
    "Invalid parameter type for 'model.props.avx', expected: boolean",
    'query-cpu-model-expansion type=full model.name=q model.props.avx=true',
  ],
  [
    'query-cpu-model-expansion type=full model={"name":"q","props":{"avx":"on"}}',
    "Invalid parameter type for 'avx', expected: boolean",
    'query-cpu-model-expansion type=full model.name=q model.props.avx=true',
  ],
  ['device_add driver=x a.b=1 c.b=1', "Invalid parameter type for 'b', expected: string", undefined],
  ['device_add driver=x', "Invalid parameter type for 'nobody', expected: string", undefined],
];

for (const [line, desc, offered] of ROWS) {
  test(`${line}: ${desc}`, () => {
    const mismatch = mismatchIn(desc);
    const found = parse(line, schema);
    if (mismatch === undefined || found.kind !== 'command') throw new Error('no case');
    const got = retyped(found.request, mismatch, line, schema);
    assert.is(got?.line, offered);
    if (got === undefined) return;
    // The line is the request.
    const again = parse(got.line, schema);
    assert.equal(again.kind === 'command' && again.request.arguments, got.request.arguments);
    // Without the line, as for a step of a page: what is left of the value.
    assert.ok(retyped(found.request, mismatch, undefined, schema));
  });
}

test('other words of QEMU are about something else', () => {
  for (const desc of ["Parameter 'uri' expects a valid migration protocol", "Parameter 'x' is missing", ''])
    assert.is(mismatchIn(desc), undefined);
});

test.run();
