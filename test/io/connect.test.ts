import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddress } from '../../src/io/address.ts';
import { connect } from '../../src/io/connect.ts';
import { connectError } from '../../src/io/unreached.ts';
import { QmpshError } from '../../src/qmp/errors.ts';
import type { Json } from '../../src/text/json.ts';

const folder = mkdtempSync(join(tmpdir(), 'qc-'));
const at = (name: string) => join(folder, name);
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function failure(address: string, options = {}): Promise<QmpshError> {
  try {
    (await connect(address, options)).close();
  } catch (error) {
    if (error instanceof QmpshError) return error;
    throw error;
  }
  throw new Error(`${address} was connected`);
}

const ADDRESSES: readonly (readonly [string, Json])[] = [
  ['./qmp.sock', { kind: 'unix', path: './qmp.sock' }],
  ['qmp.sock', { kind: 'unix', path: 'qmp.sock' }],
  ['/run/vm 1.sock', { kind: 'unix', path: '/run/vm 1.sock' }],
  ['unix:/run/x', { kind: 'unix', path: '/run/x' }],
  ['unix:rel:1', { kind: 'unix', path: 'rel:1' }],
  ['./host:4444', { kind: 'unix', path: './host:4444' }],
  ['dir/host:4444', { kind: 'unix', path: 'dir/host:4444' }],
  ['host:name', { kind: 'unix', path: 'host:name' }],
  ['host:4444', { kind: 'tcp', host: 'host', port: 4444 }],
  [':4444', { kind: 'tcp', host: 'localhost', port: 4444 }],
  ['127.0.0.1:1', { kind: 'tcp', host: '127.0.0.1', port: 1 }],
  ['[::1]:4444', { kind: 'tcp', host: '::1', port: 4444 }],
  ['tcp:host:65535', { kind: 'tcp', host: 'host', port: 65535 }],
  ['tcp:[fe80::1%eth0]:5', { kind: 'tcp', host: 'fe80::1%eth0', port: 5 }],
  ['ssh:host:/run/vm.sock', { kind: 'ssh', host: 'host', path: '/run/vm.sock' }],
  ['ssh:me@host:/run/a:b', { kind: 'ssh', host: 'me@host', path: '/run/a:b' }],
  ['ssh://me@host:2222/run/x', { kind: 'ssh', host: 'me@host', path: '/run/x', port: 2222 }],
  ['ssh://host/run/x', { kind: 'ssh', host: 'host', path: '/run/x' }],
  ['ssh:[::1]:/run/x', { kind: 'ssh', host: '::1', path: '/run/x' }],
  ['ssh:host:127.0.0.1:4444', { kind: 'ssh', host: 'host', path: '127.0.0.1:4444' }],
  ['ssh:me@host:2222:localhost:4444', { kind: 'ssh', host: 'me@host', path: 'localhost:4444', port: 2222 }],
  ['ssh:host:[::1]:4444', { kind: 'ssh', host: 'host', path: '[::1]:4444' }],
  ['exec:docker exec -i vm nc -U /q', { kind: 'exec', command: 'docker exec -i vm nc -U /q' }],
  ['exec: a | b ', { kind: 'exec', command: 'a | b' }],
  ['fd:3', { kind: 'fd', fd: 3 }],
  ['listen:./q.sock', { kind: 'listen', at: { kind: 'unix', path: './q.sock' } }],
  ['listen:unix:q', { kind: 'listen', at: { kind: 'unix', path: 'q' } }],
  ['listen:0.0.0.0:4444', { kind: 'listen', at: { kind: 'tcp', host: '0.0.0.0', port: 4444 } }],
  ['listen::4444', { kind: 'listen', at: { kind: 'tcp', host: 'localhost', port: 4444 } }],
  ['listen:tcp:[::1]:1', { kind: 'listen', at: { kind: 'tcp', host: '::1', port: 1 } }],
  ['libvirt:vm1', { kind: 'libvirt', domain: 'vm1' }],
  ['libvirt:-x "y"', { kind: 'libvirt', domain: '-x "y"' }],
  ['libvirt:qemu:///system#vm1', { kind: 'libvirt', uri: 'qemu:///system', domain: 'vm1' }],
  ['libvirt:qemu:///system#a#b', { kind: 'libvirt', uri: 'qemu:///system', domain: 'a#b' }],
  ['libvirt:#a#b', { kind: 'libvirt', domain: 'a#b' }],
  ['./libvirt:x', { kind: 'unix', path: './libvirt:x' }],
  ['./fd:3', { kind: 'unix', path: './fd:3' }],
  ['./exec:x', { kind: 'unix', path: './exec:x' }],
];
for (const [text, expected] of ADDRESSES)
  test(`address ${text}`, () => assert.equal(parseAddress(text), expected));

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['', /Write a socket/],
  ['unix:', /Write a socket/],
  ['host:0', /between 1 and 65535/],
  ['host:70000', /between 1 and 65535/],
  ['tcp:host', /HOST:PORT/],
  ['tcp:::1:5', /IPv6/],
  ['ssh:host', /ssh:HOST:\/PATH/],
  ['ssh:host:relative', /ssh:HOST:\/PATH/],
  ['ssh:host:4444', /IP:PORT/],
  ['ssh:host:vm:70000', /IP:PORT/],
  ['a\0b', /zero byte/],
  ['exec:', /stands the command/],
  ['exec:  ', /stands the command/],
  ['exec:a\0b', /zero byte/],
  ['fd:', /is a number/],
  ['fd:x', /is a number/],
  ['fd:-1', /is a number/],
  ['fd:1', /own input and output/],
  ['libvirt:', /the name of a domain, or URI#NAME/],
  ['libvirt:qemu:///system', /the name of a domain, or URI#NAME/],
  ['libvirt:qemu:///system#', /the name of a domain, or URI#NAME/],
  ['libvirt:a\0b', /no zero byte/],
  ['libvirt:a\nb', /no end of a row/],
  ['listen:', /a socket to make/],
  ['listen:exec:x', /a socket to make/],
  ['listen:listen:x', /a socket to make/],
  ['listen:host:0', /between 1 and 65535/],
];
for (const [text, advice] of WRONG) {
  test(`no address: ${JSON.stringify(text)}`, async () => {
    const error = await failure(text);
    assert.is(error.exit, 2);
    assert.match(error.advice ?? '', advice);
    assert.not.match(error.message, /\0/);
  });
}

/** A socket whose server has gone without removing it. */
function stale(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
}

function listening(server: Server, where: string | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}

test('each failure has its own sentence, an advice and exit 3', async () => {
  writeFileSync(at('file'), '');
  mkdirSync(at('folder'));
  stale(at('stale'));
  const busyPort = createServer();
  await listening(busyPort, { host: '127.0.0.1', port: 0 });
  const address = busyPort.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise(resolve => busyPort.close(resolve));
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    [at('none'), /^there is no socket \/.*none$/, /-qmp unix:/],
    ['none.sock', /^there is no socket none\.sock \(in \/.*\)$/, /path right/],
    [at('file/x'), /is no folder/, /path/],
    [at('file'), /is no socket but a regular file/, /QMP monitor/],
    [at('folder'), /is no socket but a folder/, /QMP monitor/],
    [at('stale'), /nobody listens at the socket/, /has ended, or has closed it/],
    [at('x'.repeat(120)), /bytes long, and the system takes 10\d/, /relative path/],
    [`127.0.0.1:${port}`, /nobody listens at 127\.0\.0\.1:/, /-qmp tcp:/],
    [`[::1]:${port}`, /\[::1\]:/, /./],
    ['no-such-host.invalid:1', /no host is called no-such-host\.invalid/, /spelling/],
    [at('esc\x1b[31m'), /esc\\x1b\[31m/, /./],
  ];
  for (const [target, message, advice] of cases) {
    const error = await failure(target);
    assert.is(error.kind, 'connect', target);
    assert.is(error.exit, 3, target);
    assert.match(error.message, message);
    assert.match(error.advice ?? '', advice);
  }
});

const SYSTEM: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ['/run/vm', 'EACCES', /you have no permission to use the socket \/run\/vm/, /user QEMU runs as/],
  ['/run/vm', 'EPERM', /no permission/, /sudo -u/],
  ['/run/vm', 'EAGAIN', /\/run\/vm is busy: it has not taken the last/, /serves one client/],
  ['/run/vm', 'EMFILE', /cannot connect to \/run\/vm: EMFILE/, /./],
  ['h:1', 'EHOSTUNREACH', /no way to h:1/, /network/],
  ['[::1]:1', 'ENETUNREACH', /no way to \[::1\]:1/, /network/],
  ['h:1', 'ETIMEDOUT', /h:1 did not answer/, /firewall/],
  ['h:1', 'EAI_AGAIN', /no host is called h/, /written \.\/h:1/],
];
for (const [address, code, message, advice] of SYSTEM) {
  test(`${code} at ${address}`, () => {
    const to = parseAddress(address);
    if (to.kind !== 'unix' && to.kind !== 'tcp') throw new Error(address);
    const error = connectError(to, Object.assign(new Error(code), { code }));
    assert.is(error.exit, 3);
    assert.match(error.message, message);
    assert.match(error.advice ?? '', advice);
  });
}

test('connecting can be interrupted', async () => {
  const stop = new AbortController();
  stop.abort();
  assert.is((await failure(at('none'), { signal: stop.signal })).exit, 130);
});

test.run();
