// `qmpsh list` beside a real QEMU, and its table.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listJson, listTable } from '../../src/cli/monitortable.ts';
import { startPractice } from '../../src/io/practice.ts';
import { plain } from '../../src/text/line.ts';
import { qmpsh } from '../command.ts';

const rowOf = async (address: string) => {
  const table = await qmpsh(['list']);
  assert.is(table.status, 0, table.err);
  return table.out.split('\n').find(text => text.startsWith(`${address} `)) ?? table.out;
};

test('a free QEMU is listed with its disk and its state, and its address connects', async () => {
  const vm = await startPractice({ args: ['-name', 'guest=garden'] });
  try {
    const row = await rowOf(vm.address);
    assert.match(row, new RegExp(`^\\S+ +garden +a\\.qcow2 +prelaunch +no +${vm.pid}$`));
    const json = await qmpsh(['list', '--json']);
    const { address, pid } = vm;
    const facts = { address, name: 'garden', pid, disk: 'a.qcow2', state: 'prelaunch', held: false };
    assert.ok(json.out.trim().split('\n').includes(JSON.stringify(facts)), json.out);
    assert.is((await qmpsh(['-c', 'query-status', row.split(' ')[0] ?? ''])).status, 0);
  } finally {
    await vm.close();
  }
});

test('a QEMU that somebody holds is listed as in use, and is left alone', async () => {
  const vm = await startPractice();
  const holder = createConnection(vm.address);
  try {
    await once(holder, 'data');
    assert.match(await rowOf(vm.address), /a\.qcow2 +\? +yes +\d+$/);
    holder.destroy();
    await once(holder, 'close');
    assert.match(await rowOf(vm.address), /a\.qcow2 +prelaunch +no +\d+$/);
  } finally {
    holder.destroy();
    await vm.close();
  }
});

test('a name that drives a terminal is JSON with nothing raw in it', () => {
  const name = 'a\u009b31m\u007f\u202eb';
  const [row = ''] = listJson([{ address: '/s', name, pid: 1 }]);
  assert.match(row, /^[\x20-\x7e]+$/);
  assert.equal(JSON.parse(row), { address: '/s', name, pid: 1 });
});

test('an argument is refused', async () => {
  const { status, err, out } = await qmpsh(['list', './qmp.sock']);
  assert.is(status, 2);
  assert.match(err, 'list takes no argument: ./qmp.sock');
  assert.is(out, '');
});

test('an address is whole however narrow the terminal', () => {
  const monitors = [{ address: '/run/a/very/long/path/of/a/monitor.sock', name: 'web', pid: 12 }];
  assert.match(listTable(monitors, 20).map(plain).join('\n'), '/run/a/very/long/path/of/a/monitor.sock');
  assert.match(listTable(monitors, 80).map(plain).join('\n'), /monitor\.sock +web +\? +\? +12/);
});

test.run();
