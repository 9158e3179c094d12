import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytes, duration, percent, rate, timeOfDay } from '../../src/text/size.ts';

const BYTES: readonly (readonly [number | bigint, string])[] = [
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.50 KiB'],
  [40_894_464, '39 MiB'],
  [40_894_463, '38.9 MiB'],
  [1024 ** 2 - 1, '1023.9 KiB'],
  [1024 ** 3, '1 GiB'],
  [-2048, '-2 KiB'],
  [2n ** 63n, '8 EiB'],
  [18446744073709551615n, '15.9 EiB'],
];
for (const [amount, text] of BYTES) test(`bytes: ${amount}`, () => assert.is(bytes(amount), text));

test('bytes: a whole number of units is said only of what is exactly that', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), amount => {
      const [number = '', unit = ''] = bytes(amount).split(' ');
      const power = BigInt(['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'].indexOf(unit));
      if (!number.includes('.')) assert.is(BigInt(number) * 1024n ** power, amount);
      else assert.ok(BigInt(Math.trunc(Number(number))) * 1024n ** power <= amount);
    }),
  );
});

const DURATIONS: readonly (readonly [number, string])[] = [
  [0, '0 ms'],
  [0.25, '250 ms'],
  [4.28, '4.2 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [80, '1 min 20 s'],
  [3725, '1 h 2 min'],
  [90_000, '1 d 1 h'],
  [Number.POSITIVE_INFINITY, '?'],
];
for (const [seconds, text] of DURATIONS)
  test(`duration: ${seconds}`, () => assert.is(duration(seconds), text));

test('rate, time of day, percent', () => {
  assert.is(rate(65_536), '64 KiB/s');
  assert.is(timeOfDay(1_795_393_822_334_956), '00:30:22.334');
  assert.is(timeOfDay(1_795_393_822_334_956, 90), '02:00:22.334');
  assert.is(timeOfDay(Number.NaN), '--:--:--.---');
  assert.is(percent(0, 0), undefined);
  assert.is(percent(999, 1000), 99);
  assert.is(percent(1000, 1000), 100);
});

test.run();
