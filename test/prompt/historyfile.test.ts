import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keepEntry, readHistory } from '../../src/prompt/historyfile.ts';

function memory(text = '') {
  return {
    text,
    read() {
      return this.text;
    },
    append(more: string) {
      this.text += more;
    },
    replace(all: string) {
      this.text = all;
    },
  };
}

test('every entry comes back whole, on one row of the file', () => {
  fc.assert(
    fc.property(fc.string(), entry => {
      const store = memory();
      fc.pre(keepEntry(store, entry));
      assert.equal(readHistory(store), [entry]);
      assert.match(store.text, /^[^\r\n]+\n$/);
    }),
  );
});

const SECRETS = [
  'object-add qom-type=secret id=s0 data=hunter2',
  'object-add qom-type=secret id=s0 data="hunter2"',
  '{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "s", "data": "hunter2"}}',
  'set_password protocol=vnc password=hunter2',
  'change-vnc-password password=hunter2',
];

for (const secret of SECRETS)
  test(`never kept: ${secret}`, () => {
    const store = memory();
    assert.not(keepEntry(store, secret));
    assert.is(store.text, '');
  });

test('an entry of several rows stays one entry', () => {
  const store = memory();
  keepEntry(store, 'query-status');
  keepEntry(store, 'transaction(\nabort\n)');
  assert.equal(readHistory(store), ['query-status', 'transaction(\nabort\n)']);
});

test('a file grown too long is cut to its newest entries', () => {
  const store = memory(Array.from({ length: 13_000 }, (_, i) => `stop ${i}\n`).join(''));
  const kept = readHistory(store);
  assert.is(kept.length, 10_000);
  assert.is(kept.at(-1), 'stop 12999');
  assert.is(store.text.split('\n').length, 10_001);
});

test.run();
