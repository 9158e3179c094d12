// Requests that make QEMU run a program on its host, told as such.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, requestOf } from '../../src/language/parse.ts';
import { programsOf } from '../../src/schema/notes/programs.ts';

const ROWS: readonly [line: string, programs: readonly string[]][] = [
  ['query-status', []],
  ['migrate uri=tcp:host:4444', []],
  ['migrate uri="exec:cat > x"', ['cat > x']],
  ['migrate-incoming uri="exec:cat x"', ['cat x']],
  ['migrate-recover uri="exec: nc host 1"', ['nc host 1']],
  [
    'migrate channels=[{"channel-type": "main", "addr": {"transport": "exec", "args": ["/bin/sh", "-c", "x"]}}]',
    ['/bin/sh -c x'],
  ],
  ['migrate channels.0.addr.transport=exec channels.0.addr.args.0=/bin/x', ['/bin/x']],
  ['migrate-set-parameters cpr-exec-command=["/bin/q", "-S"]', ['/bin/q -S']],
  ['netdev_add type=tap id=n', ['/etc/qemu-ifup', '/etc/qemu-ifdown']],
  ['netdev_add type=tap id=n script=no downscript=no', []],
  ['netdev_add type=tap id=n script=/x downscript=/y', ['/x', '/y']],
  ['netdev_add type=tap id=n helper=/h', ['/h']],
  ['netdev_add type=tap id=n fd=f', []],
  ['netdev_add type=bridge id=n', ['qemu-bridge-helper']],
  ['netdev_add type=bridge id=n helper=/h', ['/h']],
  ['netdev_add type=passt id=n', ['passt']],
  ['netdev_add type=user id=n', []],
  ['netdev_add type=user id=n smb=/d', ['smbd (for /d)']],
  ['netdev_add type=user id=n guestfwd=[{"str": "tcp:10.0.2.100:1-cmd:touch x"}]', ['touch x']],
  ['human-monitor-command command-line="info status"', []],
  ['human-monitor-command command-line="migrate -d \\"exec:cat\\""', ['migrate -d "exec:cat"']],
  ['human-monitor-command command-line="netdev_add tap,id=n"', ['netdev_add tap,id=n']],
  ['human-monitor-command command-line="chardev-add socket,path=x,id=c"', []],
  ['{"exec-oob": "migrate-recover", "arguments": {"uri": "exec:x"}}', ['x']],
];
for (const [line, programs] of ROWS) {
  test(line, () => {
    const request = requestOf(parse(line));
    assert.ok(request);
    assert.equal(request && programsOf(request), programs);
  });
}

test.run();
