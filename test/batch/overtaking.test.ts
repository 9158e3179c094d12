// Lines without a person that go out of band, on a real QEMU whose main loop is kept busy.
import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, qmpsh } from '../command.ts';
import { startFakeServer } from '../fake-server.ts';
import { withQemu } from '../qemu.ts';

const NULL = ['-blockdev', 'driver=null-co,node-name=n'];
const HANGS = 'human-monitor-command command-line="qemu-io n \\"sleep 1500\\""';
const YANK = /"type": "chardev"/;

const order = (out: string) =>
  out
    .trim()
    .split('\n')
    .map(row => (YANK.test(row) ? 'yank' : /"return": ""/.test(row) ? 'hung' : 'other'));

const SPELLINGS = [
  '.oob query-yank',
  '{"exec-oob": "query-yank"}',
  '{"id": 7, "exec-oob": "query-yank"}',
  '.send {"exec-oob": "query-yank"}',
];

test('behind -c, what hangs is overtaken by every line that goes out of band, however written, and by no other', () =>
  withQemu({ args: NULL }, async ({ address }) => {
    const lines = [HANGS, ...SPELLINGS, 'query-name'].flatMap(line => ['-c', line]);
    const done = await qmpsh([...lines, address]);
    assert.equal(order(done.out), [...SPELLINGS.map(() => 'yank'), 'hung', 'other'], done.out + done.err);
    assert.is(done.status, 0);
  }));

test('what comes on standard input later overtakes, too; a line of another kind does not', () =>
  withQemu({ args: NULL }, async ({ address }) => {
    const child = spawn(process.execPath, [BIN, address], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text;
      if (order(out).at(-1) === 'yank' && order(out).length === 1) child.stdin.end('query-name\n');
    });
    child.stdin.write(`${HANGS}\n`);
    setTimeout(() => child.stdin.write('.oob query-yank\n'), 400);
    const status = await new Promise(resolve => child.once('close', resolve));
    assert.equal(order(out), ['yank', 'hung', 'other']);
    assert.is(status, 0);
  }));

test('where the server has no out-of-band execution (a proxy), that is said, and nothing is sent', async () => {
  const server = await startFakeServer({ greeting: { QMP: { version: {}, capabilities: [] } } });
  try {
    const lines = SPELLINGS.flatMap(line => ['-c', line]);
    const done = await qmpsh([...lines, server.address]);
    assert.is(done.status, 1, done.err);
    assert.is(done.err.match(/this monitor has no out-of-band execution/g)?.length, SPELLINGS.length);
    assert.equal(server.received, []);
  } finally {
    await server.close();
  }
});

test.run();
