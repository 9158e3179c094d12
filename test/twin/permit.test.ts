// Nothing that is sent to a twin leads out of its folder: every name of a file is led into it, and what could open
// anything else is refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Places } from '../../src/io/places.ts';
import { parse, requestOf } from '../../src/language/parse.ts';
import { isArray, isObject, type Json } from '../../src/text/json.ts';
import { permit } from '../../src/twin/permit.ts';

const ROOT = '/tmp/twin/root';
const NBD = '/tmp/twin/nbd.sock';
const places = new Places(ROOT, '/srv/vm');

const judge = (line: string) => {
  const request = requestOf(parse(line));
  if (!request) throw new Error(`no request: ${line}`);
  return permit(request, places, NBD);
};

/** A line, and a file's name in what becomes of it. */
const LED: readonly (readonly [line: string, name: string])[] = [
  ['blockdev-add driver=file node-name=a filename=/srv/vm/a.img', `${ROOT}/srv/vm/a.img`],
  ['blockdev-add driver=file node-name=a filename=a.img', 'a.img'],
  ['blockdev-add driver=file node-name=a filename=./x/../a.img', `${ROOT}/srv/vm/a.img`],
  ['blockdev-add driver=file node-name=a filename=../a.img', `${ROOT}/srv/a.img`],
  ['blockdev-add driver=file node-name=a filename=/../../../etc/passwd', `${ROOT}/etc/passwd`],
  ['blockdev-add driver=file node-name=a filename=../../../../etc/passwd', `${ROOT}/etc/passwd`],
  ['blockdev-add driver=qcow2 node-name=a file.driver=file file.filename=/etc/x', `${ROOT}/etc/x`],
  [
    'blockdev-add driver=qcow2 node-name=a file=b backing.driver=qcow2 backing.file.driver=file backing.file.filename=/c',
    `${ROOT}/c`,
  ],
  [
    'blockdev-reopen options=[{"driver":"qcow2","node-name":"a","file":{"driver":"file","filename":"/d"}}]',
    `${ROOT}/d`,
  ],
  ['blockdev-create job-id=j options={"driver":"file","filename":"/e","size":1}', `${ROOT}/e`],
  [
    'blockdev-create job-id=j options={"driver":"qcow2","file":"n","size":1,"backing-file":"/f"}',
    `${ROOT}/f`,
  ],
  ['blockdev-snapshot-sync device=a snapshot-file=/g', `${ROOT}/g`],
  ['drive-backup device=a target=/h sync=full', `${ROOT}/h`],
  ['drive-mirror device=a target=/i sync=full', `${ROOT}/i`],
  ['change-backing-file device=a image-node-name=b backing-file=/j', `${ROOT}/j`],
  ['block-stream device=a base=/k backing-file=/l', `${ROOT}/l`],
  ['block-commit device=a base=/m top=/n', `${ROOT}/n`],
  ['nbd-server-start addr={"type":"unix","data":{"path":"/srv/vm/nbd.sock"}}', `${ROOT}/srv/vm/nbd.sock`],
  ['nbd-server-start addr={"type":"unix","data":{"path":"../nbd.sock"}}', `${ROOT}/srv/nbd.sock`],
  [`nbd-server-start addr={"type":"unix","data":{"path":"/${'x'.repeat(90)}"}}`, NBD],
  ['nbd-server-start addr={"type":"inet","data":{"host":"0.0.0.0","port":"10809"}}', NBD],
  [
    'transaction actions=[{"type":"blockdev-snapshot-sync","data":{"device":"a","snapshot-file":"/o"}},{"type":"drive-backup","data":{"device":"b","target":"/p","sync":"full"}}]',
    `${ROOT}/p`,
  ],
  ['blockdev-change-medium id=cd0 filename=/q', `${ROOT}/q`],
];

test('names of files are led into the folder', () => {
  for (const [line, name] of LED) {
    const found = judge(line);
    if (found.kind !== 'send') throw new Error(`${line}: ${found.why}`);
    const texts = textsIn(found.args);
    assert.ok(texts.includes(name), `${line}: ${texts.join(' ')}`);
    for (const text of texts)
      assert.ok(!text.startsWith('/') || text.startsWith(`${ROOT}/`) || text === NBD, `${line}: ${text}`);
  }
});

const REFUSED: readonly (readonly [line: string, why: RegExp])[] = [
  ['blockdev-add driver=file node-name=a filename=/dev/fdset/1', /is no plain name of a file/],
  ['blockdev-add driver=file node-name=a filename=nbd:localhost:10809', /is no plain name of a file/],
  ['blockdev-add driver=host_device node-name=a filename=/dev/sda', /the twin has no host_device node/],
  ['blockdev-add driver=nbd node-name=a server.type=inet server.host=h server.port=1', /has no nbd node/],
  ['blockdev-add driver=ssh node-name=a path=/x server.host=h server.port=22', /has no ssh node/],
  ['blockdev-add driver=vvfat node-name=a dir=/etc', /has no vvfat node/],
  ['blockdev-add driver=blkdebug node-name=a config=/etc/passwd image=b', /config leads to a file/],
  ['blockdev-add driver=raw node-name=a file.driver=rbd file.pool=p file.image=i', /has no rbd node/],
  ['blockdev-create job-id=j options={"driver":"luks","file":"a","size":1}', /makes no luks image/],
  ['drive-mirror device=a target=json:{} sync=full', /is no plain name of a file/],
  ['blockdev-snapshot-sync device=a snapshot-file=json:{"driver":"nbd"}', /is no plain name of a file/],
  ['change-backing-file device=a image-node-name=b backing-file=nbd://host/x', /is no plain name of a file/],
  ['block-export-add type=fuse id=e node-name=a mountpoint=/mnt', /has no fuse export/],
  [
    'block-export-add type=vhost-user-blk id=e node-name=a addr.type=unix addr.path=/s',
    /has no vhost-user-blk/,
  ],
  ['block-export-add type=nbd id=e node-name=a name=/etc', /may lead to a file/],
  ['object-add qom-type=secret id=s file=/etc/passwd', /has no secret object/],
  ['object-add qom-type=memory-backend-file id=m mem-path=/x size=1', /has no memory-backend-file object/],
  ['human-monitor-command command-line="drive_add 0 file=/x"', /can reach more/],
  ['human-monitor-command command-line="info block; quit"', /can reach more/],
  ['migrate uri=exec:cat', /no command of the block layer/],
  ['screendump filename=/x', /no command of the block layer/],
  ['chardev-add id=c backend={"type":"file","data":{"out":"/x"}}', /no command of the block layer/],
  ['dump-guest-memory paging=false protocol=file:/x', /no command of the block layer/],
  ['quit', /no command of the block layer/],
  ['qom-set path=/machine property=dump-guest-core value=false', /dump-guest-core is no property/],
  ['device_del id=virtio0', /no command of the block layer/],
  [
    'transaction actions=[{"type":"drive-backup","data":{"device":"b","target":"nbd:x","sync":"full"}}]',
    /no plain name/,
  ],
  ['transaction actions=[{"type":"quit","data":{}}]', /no command of the block layer/],
  ['block-dirty-bitmap-add node=a name=/etc/x', /may lead to a file/],
];

test('what could open anything else is refused', () => {
  for (const [line, why] of REFUSED) {
    const found = judge(line);
    assert.is(found.kind, 'refuse', line);
    if (found.kind === 'refuse') assert.match(found.why, why, line);
  }
});

test('nothing fills the disk, and jobs go to their end at once', () => {
  const sent = (line: string) => {
    const found = judge(line);
    return JSON.stringify(found.kind === 'send' ? found.args : found.why);
  };
  assert.not.match(
    sent(
      'blockdev-create job-id=j options={"driver":"file","filename":"/e","size":1,"preallocation":"full"}',
    ),
    /preallocation/,
  );
  assert.match(sent('blockdev-backup device=a target=b sync=full speed=1048576'), /"speed":0/);
  assert.match(sent('blockdev-backup device=a target=b sync=full speed=-1'), /"speed":-1/);
});

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

test.run();
