// Through a stand-in for ssh that forwards a socket on this host, as ssh -L does.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOCK } from '../../src/io/clock.ts';
import { connect } from '../../src/io/connect.ts';
import { Session } from '../../src/session/client.ts';
import { failure } from '../failure.ts';
import { startFakeServer } from '../fake-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'qs-'));
const SSH = `#!${process.execPath}
const net = require('node:net'), fs = require('node:fs');
const args = process.argv.slice(2);
fs.writeFileSync(${JSON.stringify(join(folder, 'args'))}, JSON.stringify(args));
const host = args[args.indexOf('--') + 1];
if (host === 'denied') { console.error('me@denied: Permission denied (publickey).'); process.exit(255); }
if (host === 'slow') { setInterval(() => {}, 1000); return; }
const [here, there] = args[args.indexOf('-L') + 1].split(':');
net.createServer(client => {
  const far = net.connect(there);
  far.on('error', () => { console.error('channel 2: open failed: connect failed: open failed'); client.destroy(); });
  far.on('connect', () => { client.pipe(far).pipe(client); });
  client.on('error', () => far.destroy());
}).listen(here, () => console.log('Welcome!\\nqmpsh-ready'));
process.stdin.resume().on('end', () => process.exit(0));
process.on('exit', () => fs.writeFileSync(${JSON.stringify(join(folder, 'gone'))}, ''));
process.on('SIGTERM', () => process.exit(0));
`;
test.before(() => {
  writeFileSync(join(folder, 'ssh'), SSH, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${process.env['PATH']}`;
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

function argumentsGiven(): readonly unknown[] {
  const args: unknown = JSON.parse(readFileSync(join(folder, 'args'), 'utf8'));
  if (!Array.isArray(args)) throw new Error('ssh was not called');
  return args;
}
const leftovers = () => readdirSync(tmpdir()).filter(name => name.startsWith('qmpsh-ssh-'));

test('a monitor on another host', async () => {
  const before = leftovers();
  const server = await startFakeServer({ answer: () => ({ status: 'paused' }) });
  const address = `ssh://me@far:2222${server.address}`;
  const session = await Session.open(await connect(address), { clock: CLOCK, address });
  assert.equal(leftovers(), before, 'the forwarded socket is gone again');
  const reply = await session.execute('query-status');
  assert.equal(reply.kind === 'success' && reply.value, { status: 'paused' });
  await session.close();
  for (let i = 0; i < 200 && !existsSync(join(folder, 'gone')); i++)
    await new Promise(r => setTimeout(r, 10));
  assert.ok(existsSync(join(folder, 'gone')), 'ssh has ended');
  const args = argumentsGiven();
  assert.equal(args.slice(args.indexOf('-p'), args.indexOf('-p') + 2), ['-p', '2222']);
  assert.is(args[args.indexOf('--') + 1], 'me@far');
  await server.close();
});

test('ssh that is refused says so in its own words', async () => {
  const error = await failure(connect('ssh:denied:/run/x'));
  assert.is(error.exit, 3);
  assert.match(error.message, /ssh could not reach denied: me@denied: Permission denied \(publickey\)\./);
  assert.match(error.advice ?? '', /ssh denied/);
});

test('a socket that is not there on the other host', async () => {
  const address = 'ssh:far:/no/such/socket';
  const error = await failure(connect(address).then(way => Session.open(way, { clock: CLOCK, address })));
  assert.is(error.exit, 3);
  assert.match(error.message, /ssh ended the connection: channel 2: open failed/);
});

test('a slow host can be given up', async () => {
  const stop = new AbortController();
  const connecting = failure(connect('ssh:slow:/run/x', { signal: stop.signal }));
  stop.abort();
  assert.is((await connecting).exit, 130);
  assert.is((await failure(connect('ssh:slow:/run/x', { timeout: 300 }))).code, 'ETIMEDOUT');
});

test('an option in the place of a host stays a host', async () => {
  const way = await connect('ssh:-oProxyCommand=touch x:/run/x', { timeout: 3000 });
  way.close();
  assert.equal(argumentsGiven().slice(-3, -1), ['--', '-oProxyCommand=touch x']);
});

test.run();
