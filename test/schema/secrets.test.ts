// What is a secret, in requests and in text, and what is not.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namesSecret } from '../../src/schema/notes/secretnames.ts';
import { holdsSecret, maskSecrets } from '../../src/schema/notes/secrets.ts';
import { hideIn, MASK, maskText, mayHoldSecret, withoutValues } from '../../src/schema/notes/secrettext.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { VERSIONS } from '../schemas.ts';

const SECRETS: readonly (readonly [execute: string, args: JsonObject, masked: JsonObject])[] = [
  ['object-add', { 'qom-type': 'secret', id: 's', data: 'x' }, { 'qom-type': 'secret', id: 's', data: MASK }],
  [
    'object-add',
    { 'qom-type': 'secret', id: 's', props: { data: 'x' } },
    { 'qom-type': 'secret', id: 's', props: { data: MASK } },
  ],
  ['set_password', { protocol: 'vnc', password: 'x' }, { protocol: 'vnc', password: MASK }],
  ['change-vnc-password', { password: 'x' }, { password: MASK }],
  [
    'guest-set-user-password',
    { username: 'u', password: 'x', crypted: false },
    { username: 'u', password: MASK, crypted: false },
  ],
  ['sev-inject-launch-secret', { secret: 'x', 'packet-header': 'h' }, { secret: MASK, 'packet-header': 'h' }],
  [
    'qom-set',
    { path: '/objects/s', property: 'data', value: 'x' },
    { path: '/objects/s', property: 'data', value: MASK },
  ],
  [
    'guest-exec',
    { path: 'x', arg: ['--password', 'x', '-v'] },
    { path: 'x', arg: ['--password', MASK, '-v'] },
  ],
  ['guest-exec', { path: 'curl', arg: ['-u', 'joe:x'] }, { path: 'curl', arg: ['-u', MASK] }],
  ['human-monitor-command', { 'command-line': 'change vnc password x' }, { 'command-line': MASK }],
  ['human-monitor-command', { 'command-line': 'set_password vnc x' }, { 'command-line': MASK }],
  ['human-monitor-command', { 'command-line': 'object_add secret,id=s,data=x' }, { 'command-line': MASK }],
  [
    'blockdev-add',
    { driver: 'https', url: 'https://joe:pw@host/x' },
    { driver: 'https', url: `https://joe:${MASK}@host/x` },
  ],
  [
    'blockdev-add',
    { driver: 'raw', file: { driver: 'https', url: 'https://h/x', cookie: 'sid=1' } },
    { driver: 'raw', file: { driver: 'https', url: 'https://h/x', cookie: MASK } },
  ],
];

for (const [execute, args, masked] of SECRETS) {
  test(`the secret of ${execute} ${JSON.stringify(args)} is masked`, () => {
    const request = { execute, arguments: args };
    assert.ok(holdsSecret(request));
    assert.equal(maskSecrets(request), masked);
  });
}

const HARMLESS: readonly (readonly [execute: string, args: JsonObject])[] = [
  ['object-add', { 'qom-type': 'iothread', id: 'data' }],
  ['object-add', { 'qom-type': 'secret', id: 's', file: 'key.txt' }],
  ['blockdev-add', { driver: 'luks', 'key-secret': 's' }],
  ['expire_password', { protocol: 'vnc', time: '+60' }],
  ['ringbuf-write', { device: 'c', data: 'hello' }],
  ['human-monitor-command', { 'command-line': 'info block' }],
  ['qom-set', { path: '/x', property: 'poll-max-ns', value: 1 }],
  ['blockdev-add', { driver: 'nbd', server: { type: 'inet', host: 'h', port: '1' } }],
];

for (const [execute, args] of HARMLESS) {
  test(`${execute} ${JSON.stringify(args)} holds no secret and stays the same object`, () => {
    assert.not(holdsSecret({ execute, arguments: args }));
    assert.is(maskSecrets({ execute, arguments: args }), args);
  });
}

const SECRET_TEXTS = [
  'object-add qom-type=secret id=s data=hunter2',
  'object-add data=hunter2 id=s qom-type=secret',
  'object-add {"qom-type": "secret", "data": "hunter2"',
  `object-add qom-type='secret' data='hunter2`,
  '{"execute":"object-add","arguments":{"qom-type":"secret","data":"x"}}',
  '{"execute":"object-add","arguments":{"qom-type":"secret","d\\u0061ta":"x"}}',
  'set_password protocol=vnc password=x',
  'set_password protocol=vnc pasword=x',
  '-> {"execute": "set_password", "arguments": {"protocol": "vnc", "password": "x"}}',
  'change-vnc-password password=',
  '.hmp set_password vnc x',
  '.hmp change vnc password x',
  'human-monitor-command command-line="object_add secret,id=s,data=x"',
  'qom-set path=/objects/s property=data value=x',
  'blockdev-add driver=https url=https://joe:pw@host/x',
  'blockdev-add driver=https cookie=sid',
  'transaction( object-add qom-type=secret data=x )',
];

const MORE_SECRET_TEXTS = [
  '.play p secret=hunter2',
  '.backup node=x secret2=hunter2',
  'object-add qom-type=secert id=s data=hunter2',
  'objct-add qom-type=secert id=s data=hunter2',
  'object-add {"qom-type": "secert", "id": "s", "data" : "hunter2"}',
  'blockdev-add driver=raw file.filename=rbd:pool/i:id=admin:key=hunter2:mon_host=h',
  'guest-exec path=/bin/mysql arg=["--password","hunter2"]',
  'guest-exec path=/bin/mysql arg=["--password=hunter2"]',
  'guest-exec path=/bin/curl arg=["-u", "me:hunter2"]',
  '.hmp block_passwd ide0 hunter2',
  '.hmp set_pasword vnc pasword=hunter2',
  '$ curl -u me:hunter2 https://host/',
  '$ curl --user me:hunter2 https://host/',
  "$ curl 'https://host/x?token=hunter2'",
  '$ curl https://host/x?a=b&access_token=hunter2',
  '$ curl "https://host/x?key=hunter2" -o out',
  '$ curl -H "Authorization: Bearer hunter2" https://host',
  '$ curl -H "Cookie: sid=hunter2; b=c" https://host',
  '$ PGPASSWORD=hunter2 psql',
  '$ AWS_SECRET_ACCESS_KEY=hunter2 aws s3 ls',
  '$ vault login --token hunter2',
  '$ sshpass -p hunter2 ssh host',
  '$ mysql -u root -phunter2 db',
  '$ ldapsearch -D cn=x -w hunter2',
  '$ openssl rsa -passin pass:hunter2',
  '$ echo root:hunter2 | chpasswd',
  '$ qemu-img create --object secret,id=s,data=hunter2 x',
  'set_password protocol=vnc p\\x61ssword=hunter2',
  String.raw`object-add {"qom-type": "\x73ecret", "\x64ata": "hunter2"}`,
  String.raw`{"execute": "change-vnc-\U00000070assword", "arguments": {"p\x61ssword": "hunter2"}}`,
  'set_password protocol=vnc passwrod=hunter2',
  'block-set-io-throttle id=x passphrse=hunter2',
  'blockdev-add driver=ssh url=ssh://me:hun/ter2@host/x',
  'human-monitor-command command-line="drive_add 0 file=json:{\\"password\\": \\"hunter2\\"}"',
  'connect client_secret=hunter2',
  'connect authToken=hunter2',
  'connect "api-key": \'hunter2\'',
];

for (const text of [...SECRET_TEXTS, ...MORE_SECRET_TEXTS]) {
  test(`it stays out of the history: ${text}`, () => assert.ok(mayHoldSecret(text)));
}

for (const text of [...MORE_SECRET_TEXTS, ...SECRET_TEXTS])
  test(`it is not shown: ${text}`, () => {
    assert.not.match(maskText(text), /hun\W?ter2|sid/);
    assert.is(maskText(maskText(text)), maskText(text));
  });

const SHOWN: readonly (readonly [text: string, masked: string])[] = [
  [
    'set_password protocol=vnc password="a b" connected=keep',
    `set_password protocol=vnc password="${MASK}" connected=keep`,
  ],
  [`set_password protocol=vnc password='x`, `set_password protocol=vnc password='${MASK}`],
  ['{"password": "x\\"y", "a": 1}', `{"password": "${MASK}", "a": 1}`],
  ["$ curl 'https://h/?token=x' -o out", `$ curl 'https://h/?token=${MASK}' -o out`],
  ['$ curl -u me:x https://h', `$ curl -u me:${MASK} https://h`],
  ['https://joe:p@ss@host/x', `https://joe:${MASK}@host/x`],
  ['.hmp set_password vnc x', `.hmp set_password ${MASK}`],
  ['"--password", "x", "-v"', `"--password", "${MASK}", "-v"`],
];

for (const [text, masked] of SHOWN) test(`it is shown as ${masked}`, () => assert.is(maskText(text), masked));

const QUOTED: readonly (readonly [text: string, value: string, masked: string])[] = [
  ['data is hunter2.', 'hunter2', `data is ${MASK}.`],
  ['{"data": "hun\\"ter2"}', 'hun"ter2', `{"data": "${MASK}"}`],
  ["$ echo 'hun'\\''ter2'", "hun'ter2", `$ echo '${MASK}'`],
  ['no part of another word: pint in', 'in', `no part of another word: pint ${MASK}`],
];
for (const [text, value, masked] of QUOTED)
  test(`a value is hidden wherever it stands: ${text}`, () =>
    assert.is(withoutValues(text, [value]), masked));

test('a place in a text is told where it is once secrets are stars', () => {
  const text = 'x password=hunter2 qom-typ=3';
  const hidden = hideIn(text);
  const at = text.indexOf('qom-typ');
  const { start, end } = hidden.moved({ start: at, end: at + 7 });
  assert.is(hidden.text.slice(start, end), 'qom-typ');
  const inside = hidden.moved({ start: 12, end: 14 });
  assert.is(hidden.text.slice(inside.start, inside.end), MASK);
});

test('no name of an argument in any schema is taken for a secret but these', () => {
  const names = new Set(
    VERSIONS.flatMap(version =>
      [...readFileSync(`test/data/schema-${version}.json`, 'utf8').matchAll(/"name": ?"([^"]+)"/g)].map(
        ([, name]) => name ?? '',
      ),
    ),
  );
  const secret = [...names].filter(name => namesSecret(name)).sort();
  assert.equal(secret, [
    ...['change-vnc-password', 'cookie', 'expire_password', 'pass', 'password'],
    ...['secret', 'set_password'],
  ]);
});

const LONG: readonly (readonly [name: string, text: (n: number) => string])[] = [
  ['names', n => 'password '.repeat(n)],
  ['open quotes', n => 'password="'.repeat(n)],
  ['addresses', n => '://a:'.repeat(n)],
  ['one address', n => `x://a:${'b'.repeat(n * 5)}`],
  ['one word', n => 'a-'.repeat(n * 3)],
  ['options', n => '-u a:'.repeat(n)],
  ['programs', n => 'mysql '.repeat(n)],
  ['changes', n => 'change x '.repeat(n)],
  ['headers', n => 'authorization: '.repeat(n)],
  ['backslashes', n => '\\'.repeat(n * 5)],
  ['properties', n => 'qom-set data '.repeat(n)],
];

for (const [name, text] of LONG)
  test(`the time grows with the text, not with its square: ${name}`, () => {
    const time = (n: number) => {
      const long = text(n);
      // The processor's time: other processes take none of it.
      const began = process.cpuUsage();
      mayHoldSecret(long);
      maskText(long);
      return process.cpuUsage(began).user / 1000;
    };
    time(1000);
    const best = Math.min(time(100_000), time(100_000));
    assert.ok(best < 1500, `${best} ms`);
  });

const PLAIN_TEXTS = [
  'transaction actions=[{"type": "abort", "data": {}}]',
  'send-key keys=[{"type": "qcode", "data": "ret"}]',
  'ringbuf-write device=r data=hello',
  'x-blockdev-amend job-id=j node-name=n options.new-secret=s',
  'object-add qom-type=tls-creds-x509 id=t dir=/etc/pki endpoint=server passwordid=s',
  'blockdev-add driver=https url=https://host:8443/x?a=b@c',
  'blockdev-add driver=nbd server.type=inet server.host=::1 server.port=10809',
  '$ qemu-img create -f qcow2 x 39M',
  '$ ssh -p 22 me@host',
  'query-block | jq .[].device',
  'query-block',
  'object-add qom-type=secret id=s file=key',
  'blockdev-add driver=luks key-secret=s file=f',
  'blockdev-add driver=https password-secret=s url=https://host/x',
  'blockdev-backup device=node-A target=node-B sync=full',
  'expire_password protocol=vnc time=now',
  '.help set_password',
  'migrate uri=tcp:host:4444',
];

for (const text of PLAIN_TEXTS.filter(line => !line.startsWith('.help'))) {
  test(`it may be kept: ${text}`, () => assert.not(mayHoldSecret(text)));
}

test.run();
