import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, requestOf } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import type { Request } from '../../src/qmp/message.ts';
import { equalJson, type Json, stringifyJson } from '../../src/text/json.ts';
import { anyJson, requests } from '../schema-requests.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

function comparable(request: Request | undefined): Json {
  return request === undefined
    ? null
    : { execute: request.execute, arguments: request.arguments, oob: request.oob === true };
}

function same(a: Request | undefined, b: Request): boolean {
  return equalJson(comparable(a), comparable(b));
}

for (const version of VERSIONS) {
  test(`parse is the inverse of print for every request of ${version}`, () => {
    const schema = schemaOf(version);
    fc.assert(
      fc.property(requests(schema), request => {
        const text = print(request, schema);
        const line = parse(text, schema);
        assert.ok(
          same(requestOf(line), request),
          `${stringifyJson(comparable(request))}\nprints as ${text}\nreads as ${stringifyJson(comparable(requestOf(line)))} ${line.kind === 'wrong' ? line.problems[0].message : ''}`,
        );
      }),
      { numRuns: 700 },
    );
  });
}

test('a name that ends in a comma is in quotes: bare, the comma is a slip', () => {
  const request = { execute: 'netdev_add', arguments: { id: 'a,', type: 'nic' } };
  const text = print(request, schemaOf('7.2'));
  assert.is(text, 'netdev_add id="a," type=nic');
  assert.ok(same(requestOf(parse(text, schemaOf('7.2'))), request));
});

test('without a schema the guesses print and parse back too', () => {
  fc.assert(
    fc.property(requests(schemaOf('11.1')), request => {
      const text = print(request);
      assert.ok(same(requestOf(parse(text)), request), text);
    }),
    { numRuns: 500 },
  );
});

test('a value of any JSON prints and parses back', () => {
  const schema = schemaOf('11.1');
  fc.assert(
    fc.property(anyJson, value => {
      const request = { execute: 'qom-set', arguments: { path: '/x', property: 'y', value } };
      assert.ok(same(requestOf(parse(print(request, schema), schema)), request), print(request, schema));
    }),
    { numRuns: 500 },
  );
});

test('a line has one row, and nothing in it acts on a terminal', () => {
  fc.assert(
    fc.property(requests(schemaOf('10.0')), request => {
      assert.not.match(print(request, schemaOf('10.0')), /[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
    }),
    { numRuns: 300 },
  );
});
test.run();
