// `qmpsh list` beside a real QEMU, and its table.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listTable } from '../../src/shell/list.ts';
import { plain } from '../../src/text/line.ts';
import { qmpsh } from '../command.ts';
import { withQemu } from '../qemu.ts';

test('a running QEMU is listed with an address that connects', () =>
  withQemu({ args: ['-name', 'guest=garden'] }, async qemu => {
    const table = await qmpsh(['list']);
    assert.is(table.status, 0, table.err);
    const row = table.out.split('\n').find(text => text.startsWith(`${qemu.address} `));
    assert.match(row ?? table.out, new RegExp(`^\\S+ +garden +${qemu.pid}$`));
    const json = await qmpsh(['list', '--json']);
    const rows = json.out.trim().split('\n');
    assert.ok(
      rows.includes(JSON.stringify({ address: qemu.address, name: 'garden', pid: qemu.pid })),
      json.out,
    );
    const [address = ''] = row?.split(' ') ?? [];
    assert.is((await qmpsh(['-c', 'query-status', address])).status, 0);
  }));

test('an argument is refused', async () => {
  const { status, err, out } = await qmpsh(['list', './qmp.sock']);
  assert.is(status, 2);
  assert.match(err, 'list takes no argument: ./qmp.sock');
  assert.is(out, '');
});

test('an address is whole however narrow the terminal', () => {
  const monitors = [{ address: '/run/a/very/long/path/of/a/monitor.sock', name: 'web', pid: 12 }];
  assert.match(listTable(monitors, 20).map(plain).join('\n'), '/run/a/very/long/path/of/a/monitor.sock');
  assert.match(listTable(monitors, 80).map(plain).join('\n'), /monitor\.sock +web +12/);
});

test.run();
