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
import { freePort } from '../port.ts';
import { startQemu } from '../qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'qs-'));
const SSH = `#!${process.execPath}
const net = require('node:net'), fs = require('node:fs');
const args = process.argv.slice(2);
fs.writeFileSync(${JSON.stringify(join(folder, 'args'))}, JSON.stringify(args));
const host = args[args.indexOf('--') + 1];
if (host === 'denied') { console.error('me@denied: Permission denied (publickey).'); process.exit(255); }
if (host === 'slow') { setInterval(() => {}, 1000); return; }
fs.writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));
const [here, ...rest] = args[args.indexOf('-L') + 1].split(':');
const there = rest.length === 1 ? { path: rest[0] } : { host: rest[0], port: Number(rest[1]) };
console.error(host === 'warned' ? 'Warning: Permanently added it to the list of known hosts.' : '');
net.createServer(client => {
  const far = net.connect(there);
  far.on('error', () => {
    client.destroy();
    setTimeout(() => console.error('channel 2: open failed: connect failed: open failed'), 100);
  });
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
// (The ssh of the last test may still write that it has gone.)
test.after(async () => {
  for (let tries = 0; ; tries++)
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise(resume => setTimeout(resume, 20));
    }
});

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

test('where nobody sits there to be asked, ssh asks nothing', async () => {
  await failure(connect('ssh:denied:/run/x'));
  assert.not.ok(argumentsGiven().includes('BatchMode=yes'));
  await failure(connect('ssh:denied:/run/x', { unattended: true }));
  assert.ok(argumentsGiven().includes('BatchMode=yes'));
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

test('a monitor that listens on TCP there', async () => {
  const port = await freePort();
  const qemu = await startQemu({ args: ['-qmp', `tcp:127.0.0.1:${port},server=on,wait=off`] });
  try {
    const address = `ssh:far:127.0.0.1:${port}`;
    const session = await Session.open(await connect(address), { clock: CLOCK, address });
    assert.is((await session.execute('query-status')).kind, 'success');
    await session.close();
  } finally {
    await qemu.close();
  }
});

test('ssh that dies: the way is gone, and nothing is said of QEMU; QEMU that ends is told as such', async () => {
  const server = await startFakeServer({ answer: () => ({}) });
  const open = async (host: string) => {
    const address = `ssh:${host}:${server.address}`;
    return Session.open(await connect(address), { clock: CLOCK, address });
  };
  const first = await open('warned');
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  const { error } = await first.ended;
  assert.match(error?.message ?? '', /the connection to ssh:warned\S+ was lost: ssh was ended by SIGKILL/);
  assert.match(error?.advice ?? '', /the VM itself may go on/);
  const second = await open('warned');
  await server.close();
  const end = await second.ended;
  assert.match(end.error?.message ?? '', /was lost$/);
  assert.match(end.error?.advice ?? '', /QEMU has ended, or has closed this monitor/);
});

test('an option in the place of a host stays a host', async () => {
  const way = await connect('ssh:-oProxyCommand=touch x:/run/x', { timeout: 3000 });
  way.close();
  assert.equal(argumentsGiven().slice(-3, -1), ['--', '-oProxyCommand=touch x']);
});

test.run();
