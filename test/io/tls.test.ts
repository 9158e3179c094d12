// Monitors behind TLS: a real QEMU with tls-creds-x509 on its monitor's chardev, and certificates made by openssl. Each way
// to fail has its sentence.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAddress } from '../../src/io/address.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { connect } from '../../src/io/connect.ts';
import { Session } from '../../src/session/client.ts';
import type { Json } from '../../src/text/json.ts';
import { makeCertificates } from '../certificates.ts';
import { qmpsh } from '../command.ts';
import { failure } from '../failure.ts';
import { freePort } from '../port.ts';
import { type Qemu, startQemu } from '../qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'qt-'));
const at = (name: string) => join(folder, name);
const running: Qemu[] = [];
test.before(() => makeCertificates(folder));
test.after(async () => {
  await Promise.all(running.map(qemu => qemu.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A QEMU with a second monitor behind TLS that shows a certificate. Gives the port. */
async function serving(certificate: string, more = ''): Promise<number> {
  const port = await freePort();
  const dir = at(`of-${certificate}`);
  mkdirSync(dir, { recursive: true });
  for (const part of ['cert', 'key'])
    cpSync(at(`${certificate}-${part}.pem`), join(dir, `server-${part}.pem`));
  cpSync(at('ca-cert.pem'), join(dir, 'ca-cert.pem'));
  const credentials = `tls-creds-x509,id=tls,dir=${dir},endpoint=server,sanity-check=off${more}`;
  const chardev = `socket,id=far,host=127.0.0.1,port=${port},server=on,wait=off,tls-creds=tls`;
  const args = ['-object', credentials, '-chardev', chardev, '-mon', 'chardev=far,mode=control'];
  running.push(await startQemu({ args }));
  return port;
}

async function open(address: string, timeout = 5000): Promise<Session> {
  const transport = await connect(address, { timeout });
  return Session.open(transport, { clock: CLOCK, address, greetingTimeout: timeout });
}

const ADDRESSES: readonly (readonly [string, Json])[] = [
  ['tls:host:4444', { kind: 'tls', host: 'host', port: 4444 }],
  ['tls::4444', { kind: 'tls', host: 'localhost', port: 4444 }],
  ['tls:[::1]:4444,ca=c.pem', { kind: 'tls', host: '::1', port: 4444, ca: 'c.pem' }],
  [
    'tls:h:1,dir=/etc/pki/qemu,name=vm',
    { kind: 'tls', host: 'h', port: 1, dir: '/etc/pki/qemu', name: 'vm' },
  ],
  ['tls:h:1,cert=a,,b,key=k', { kind: 'tls', host: 'h', port: 1, cert: 'a,b', key: 'k' }],
  ['tls:h:1,psk=keys.psk,user=me', { kind: 'tls', host: 'h', port: 1, psk: 'keys.psk', user: 'me' }],
  ['./tls:h:1', { kind: 'unix', path: './tls:h:1' }],
];
for (const [text, expected] of ADDRESSES)
  test(`address ${text}`, () => assert.equal(parseAddress(text), expected));

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['tls:', /tls:HOST:PORT/],
  ['tls:host', /tls:HOST:PORT/],
  ['tls:host:0', /between 1 and 65535/],
  ['tls:./x.sock', /tls:HOST:PORT/],
  ['tls:h:1,verify=no', /dir, ca, cert, key and name/],
  ['tls:h:1,ca', /dir, ca, cert, key and name/],
  ['tls:h:1,ca=', /dir, ca, cert, key and name/],
  ['tls:h:1,cert=a', /cert and key go together/],
  ['tls:h:1,key=a', /cert and key go together/],
  ['tls:h:1,psk=k,ca=a', /in the place of certificates/],
  ['tls:h:1,user=me', /in the place of certificates/],
  ['tls:h:1,ca=a,ca=b', /ca stands there twice/],
];
for (const [text, advice] of WRONG)
  test(`no address: ${text}`, async () => {
    const error = await failure(connect(text));
    assert.is(error.exit, 2);
    assert.match(error.advice ?? '', advice);
  });

test('a monitor behind TLS that wants a client certificate: one reply after the other, at once', async () => {
  const port = await serving('server', ',verify-peer=on');
  for (const address of [
    `tls:127.0.0.1:${port},dir=${folder}`,
    `tls:localhost:${port},ca=${at('ca-cert.pem')},cert=${at('client-cert.pem')},key=${at('client-key.pem')}`,
  ]) {
    const session = await open(address);
    // QEMU 7.2 gives a reply only when another TLS record has come.
    for (let i = 0; i < 3; i++) assert.is((await session.execute('query-status')).kind, 'success');
    const replies = await Promise.all(Array.from({ length: 50 }, () => session.execute('query-version', {})));
    assert.ok(replies.every(({ kind }) => kind === 'success'));
    assert.is((await session.execute('query-commands')).kind, 'success');
    await session.close();
  }
  const address = `tls:127.0.0.1:${port},dir=${folder}`;
  const done = await qmpsh(['-c', 'query-status', '-c', 'query-kvm', address]);
  assert.is(done.status, 0, done.err);
  assert.match(done.out, /"prelaunch"[\s\S]*"enabled"/);

  for (const [given, says] of [
    [`ca=${at('ca-cert.pem')}`, /Most likely it wants a client certificate/],
    [
      `ca=${at('ca-cert.pem')},cert=${at('stranger-cert.pem')},key=${at('stranger-key.pem')}`,
      /Most likely it does not take .*stranger-cert\.pem/,
    ],
  ] as const) {
    const error = await failure(open(`tls:127.0.0.1:${port},${given}`));
    assert.is(error.exit, 3);
    assert.match(error.message, /ended the connection right after the TLS handshake, without a greeting/);
    assert.match(error.advice ?? '', says);
  }
});

test('a certificate that does not hold is not taken', async () => {
  const [good, expired, elsewhere] = await Promise.all(
    ['server', 'expired', 'elsewhere'].map(name => serving(name, ',verify-peer=off')),
  );
  const ca = `ca=${at('ca-cert.pem')}`;
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    [`127.0.0.1:${expired},${ca}`, /a certificate of 127\.0\.0\.1:\d+ has expired/, /the clock/],
    [
      `127.0.0.1:${elsewhere},${ca}`,
      /the certificate of 127\.0\.0\.1:\d+ is not for 127\.0\.0\.1 but for DNS:vm\.example/,
      /name=vm\.example/,
    ],
    [
      `127.0.0.1:${good},${ca},name=vm.example`,
      /is not for vm\.example but for DNS:localhost/,
      /name=localhost/,
    ],
    [`127.0.0.1:${good}`, /no known authority has signed the certificate of/, /,ca=FILE/],
    [
      `127.0.0.1:${good},ca=${at('other-cert.pem')}`,
      /no authority in \S*other-cert\.pem has signed the certificate of/,
      /openssl x509/,
    ],
  ];
  for (const [address, message, advice] of cases) {
    const error = await failure(open(`tls:${address}`));
    assert.is(error.exit, 3, address);
    assert.is(error.kind, 'connect');
    assert.match(error.message, message);
    assert.match(error.advice ?? '', advice);
  }
  // The right name, and the name that was meant.
  for (const address of [`127.0.0.1:${good},${ca}`, `127.0.0.1:${elsewhere},${ca},name=vm.example`])
    await (await open(`tls:${address}`)).close();
});

test('a key that both sides have', async () => {
  const port = await freePort();
  mkdirSync(at('psk'));
  const [mine, other] = ['a1'.repeat(32), 'b2'.repeat(32)];
  writeFileSync(at('psk/keys.psk'), `me:${mine}\nyou:${other}\n`);
  writeFileSync(at('one.psk'), `# the only one\nme:${mine}\n`);
  writeFileSync(at('wrong.psk'), `me:${other}\n`);
  const credentials = `tls-creds-psk,id=tls,dir=${at('psk')},endpoint=server`;
  const chardev = `socket,id=far,host=127.0.0.1,port=${port},server=on,wait=off,tls-creds=tls`;
  const args = ['-object', credentials, '-chardev', chardev, '-mon', 'chardev=far,mode=control'];
  running.push(await startQemu({ args }));
  for (const given of [`psk=${at('psk/keys.psk')},user=you`, `psk=${at('one.psk')}`]) {
    const session = await open(`tls:127.0.0.1:${port},${given}`);
    assert.is((await session.execute('query-status')).kind, 'success');
    assert.is((await session.execute('query-version')).kind, 'success');
    await session.close();
  }
  const withCertificates = await serving('server', ',verify-peer=off');
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    [`${port},psk=${at('wrong.psk')}`, /the TLS handshake with 127\S+ failed/, /Has it the same key for me/],
    [`${withCertificates},psk=${at('one.psk')}`, /./, /Has it the same key for me/],
    [`${port},ca=${at('ca-cert.pem')}`, /the TLS handshake with 127\S+ failed/, /psk=FILE/],
    [`${port},psk=${at('psk/keys.psk')}`, /keys\.psk has keys of me, you/, /user=me/],
    [`${port},psk=${at('one.psk')},user=you`, /one\.psk has no key of you/, /It has me/],
    [`${port},psk=${at('nosuch')}`, /cannot read the keys .*nosuch: there is no such file/, /./],
    [`${port},psk=${at('extensions')}`, /extensions holds no key/, /USER:KEY/],
  ];
  for (const [address, message, advice] of cases) {
    const error = await failure(open(`tls:127.0.0.1:${address}`));
    assert.match(error.message, message);
    assert.match(error.advice ?? './', advice);
    assert.not.match(`${error.message}${error.advice}`, /a1a1|b2b2/);
  }
  // Not even a certificate that this host would trust stands in for the key.
  const trusting = { env: { NODE_EXTRA_CA_CERTS: at('ca-cert.pem') } };
  const trusted = await qmpsh(['-c', 'query-status', `tls:127.0.0.1:${withCertificates}`], trusting);
  assert.is(trusted.status, 0, trusted.err);
  const keyed = `tls:127.0.0.1:${withCertificates},psk=${at('one.psk')}`;
  const refused = await qmpsh(['-c', 'query-status', keyed], trusting);
  assert.is(refused.status, 3, refused.out);
  assert.match(refused.err, /it shows a certificate/);
});

test('TLS where plain text is spoken, and plain text where TLS is', async () => {
  const port = await serving('server', ',verify-peer=on');
  const plain = await freePort();
  running.push(await startQemu({ args: ['-qmp', `tcp:127.0.0.1:${plain},server=on,wait=off`] }));
  const error = await failure(open(`tls:127.0.0.1:${plain},ca=${at('ca-cert.pem')}`));
  assert.is(error.exit, 3);
  assert.match(error.message, /127\.0\.0\.1:\d+ does not speak TLS/);
  assert.match(error.advice ?? '', new RegExp(`Without TLS its address is 127\\.0\\.0\\.1:${plain}`));
  // (What -N sends for a guest agent ends the connection.)
  for (const more of [[], ['-N']]) {
    const done = await qmpsh([...more, '-c', 'query-status', '--timeout', '1', `127.0.0.1:${port}`]);
    assert.is(done.status, 3, done.err);
    assert.match(done.err, new RegExp(`It speaks TLS: its address is tls:127\\.0\\.0\\.1:${port}`));
  }
});

test('nobody there, and nobody who answers', async () => {
  const port = await freePort();
  const none = await failure(connect(`tls:127.0.0.1:${port}`));
  assert.match(none.message, /nobody listens at 127\.0\.0\.1:/);
  assert.match((await failure(connect('tls:no-such-host.invalid:1'))).message, /no host is called/);
  const mute = createServer(() => {});
  await new Promise<void>(resolve => mute.listen(port, '127.0.0.1', resolve));
  const silent = await failure(connect(`tls:127.0.0.1:${port}`, { timeout: 100 }));
  assert.match(silent.message, /127\.0\.0\.1:\d+ did not finish the TLS handshake within 100 ms/);
  assert.match(silent.advice ?? '', /one client at a time/);
  mute.close();
});

test('files that do not serve', async () => {
  writeFileSync(at('text'), 'no certificate');
  const own = `cert=${at('client-cert.pem')},key=${at('client-key.pem')}`;
  const cases: readonly (readonly [string, RegExp])[] = [
    [`ca=${at('nosuch')}`, /cannot read the certificates of the CA .*nosuch: there is no such file/],
    [`ca=${at('text')}`, /text holds no certificate/],
    [`cert=${at('text')},key=${at('client-key.pem')}`, /text holds no certificate/],
    [`cert=${at('client-cert.pem')},key=${at('text')}`, /text holds no private key/],
    [`cert=${at('client-cert.pem')},key=${at('stranger-key.pem')}`, /are not of one pair/],
    [`cert=${at('client-cert.pem')},key=${at('locked-key.pem')}`, /locked-key\.pem is locked by a password/],
    [`${own},dir=${at('nosuch')}`, /there is no folder .*nosuch/],
    [`dir=${at('of-server')}/..`, /nobody listens/],
  ];
  const port = await freePort();
  for (const [given, message] of cases) {
    const error = await failure(connect(`tls:127.0.0.1:${port},${given}`));
    assert.match(error.message, message);
  }
  assert.ok(readFileSync(at('ca-cert.pem'), 'utf8').includes('BEGIN CERTIFICATE'));
});

test.run();
