// What a command line says of monitors and agents. Lines as QEMU's documents and the managers write them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Listening, listeningOf } from '../../src/io/qemuargs.ts';

const unix = (path: string, what: Listening['what'] = 'monitor') => ({ what, path, tls: false });

const CASES: readonly (readonly [string, readonly Listening[]])[] = [
  ['-qmp unix:/q,server=on,wait=off', [unix('/q')]],
  ['-qmp unix:q,server,nowait', [unix('q')]],
  ['-qmp-pretty unix:/q,server=on', [unix('/q')]],
  ['-qmp unix:/q', []],
  ['-qmp unix:/q,server=off', []],
  ['-qmp stdio', []],
  ['-qmp tcp:127.0.0.1:4444,server=on', [{ what: 'monitor', host: '127.0.0.1', port: '4444', tls: false }]],
  ['-qmp tcp::4444,server=on', [{ what: 'monitor', host: '', port: '4444', tls: false }]],
  ['-qmp tcp:[::1]:4444,server=on', [{ what: 'monitor', host: '::1', port: '4444', tls: false }]],
  ['-chardev socket,id=a,path=/q,server=on,wait=off -mon chardev=a,mode=control', [unix('/q')]],
  ['-mon a,mode=control,pretty=on -chardev socket,id=a,path=/q,server=on', [unix('/q')]],
  ['-chardev socket,id=a,path=/q,server=on -qmp chardev:a', [unix('/q')]],
  ['-chardev socket,id=a,path=/a,,b,server=on -mon chardev=a,mode=control', [unix('/a,b')]],
  ['-chardev socket,id=a,path=/q,server=on -mon chardev=a', []],
  ['-chardev socket,id=a,path=/q,server=on -monitor chardev:a', []],
  ['-chardev socket,id=a,path=/q -mon chardev=a,mode=control', []],
  ['-chardev pty,id=a -mon chardev=a,mode=control', []],
  [
    '-chardev socket,id=a,fd=25,server=on,wait=off -mon chardev=a,mode=control',
    [{ what: 'monitor', fd: 25, tls: false }],
  ],
  [
    '-chardev socket,id=a,host=0.0.0.0,port=4444,server=on,tls-creds=t -mon chardev=a,mode=control',
    [{ what: 'monitor', host: '0.0.0.0', port: '4444', tls: true }],
  ],
  // 11.1: an object.
  ['-chardev socket,id=a,path=/q,server=on -object monitor-qmp,id=m,chardev=a,pretty=on', [unix('/q')]],
  [
    '-chardev socket,id=a,path=/q,server=on -object {"qom-type":"monitor-qmp","id":"m","chardev":"a"}',
    [unix('/q')],
  ],
  ['-chardev socket,id=a,path=/q,server=on -object {broken', []],
  // The guest's agent.
  [
    '-chardev socket,id=a,path=/ga,server=on,wait=off -device virtio-serial -device virtserialport,chardev=a,name=org.qemu.guest_agent.0',
    [unix('/ga', 'agent')],
  ],
  [
    '-chardev socket,id=a,path=/ga,server=on -device {"driver":"virtserialport","chardev":"a","name":"org.qemu.guest_agent.0"}',
    [unix('/ga', 'agent')],
  ],
  ['-chardev socket,id=a,path=/s,server=on -device virtserialport,chardev=a,name=com.redhat.spice.0', []],
  // Proxmox: the second monitor is a client of qmeventd.
  [
    '-id 100 -name vm1,debug-threads=on -chardev socket,id=qmp,path=/var/run/qemu-server/100.qmp,server=on,wait=off -mon chardev=qmp,mode=control -chardev socket,id=qmp-event,path=/var/run/qmeventd.sock,reconnect=5 -mon chardev=qmp-event,mode=control',
    [unix('/var/run/qemu-server/100.qmp')],
  ],
  // Incus: a file.
  ['-S -name v1 -readconfig /run/incus/v1/qemu.conf', [unix('/run/incus/v1/qemu.monitor')]],
  ['-readconfig /none', []],
];

const CONFIG = `# Qemu control
[chardev "monitor"]
backend = "socket"
path = "/run/incus/v1/qemu.monitor"
server = "on"
wait = "off"

[mon]
chardev = "monitor"
mode = "control"
`;

for (const [line, expected] of CASES)
  test(line, () => {
    const read = (file: string) => (file.endsWith('qemu.conf') ? CONFIG : undefined);
    assert.equal(listeningOf(['/usr/bin/qemu-system-x86_64', ...line.split(' ')], read), expected);
  });

const DAEMON: readonly (readonly [string, readonly Listening[]])[] = [
  ['--chardev socket,id=a,path=/q,server=on,wait=off --monitor chardev=a', [unix('/q')]],
  ['--chardev=socket,id=a,path=/q,server=on --monitor=a,pretty=on', [unix('/q')]],
];
for (const [line, expected] of DAEMON)
  test(`storage daemon: ${line}`, () =>
    assert.equal(
      listeningOf(['qemu-storage-daemon', ...line.split(' ')], () => undefined),
      expected,
    ));

test.run();
