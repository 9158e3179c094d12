import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toDot, toSvg } from '../../src/render/dot.ts';
import { type BlockGraph, chain, readGraph } from '../../src/render/graph.ts';
import type { JobView } from '../../src/render/job.ts';
import { renderGraph } from '../../src/render/picture.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { isArray, isObject } from '../../src/text/json.ts';
import { recorded, texts, WIDTHS, widest } from './replies.ts';

const BLOCK = recorded('query-block');
// The device stands on the filter that the mirror has put in, as it says itself.
const DRIVES = new Map([['/machine/peripheral/virtio0/virtio-backend', '#block597']]);
const MIRROR = readGraph(recorded('query-named-block-nodes'), BLOCK, { drives: DRIVES });
const BACKUP = readGraph(recorded('backup query-named-block-nodes'), recorded('backup query-block'));
const JOB = {
  id: 'job0',
  type: 'mirror',
  state: 'running',
  len: 100,
  offset: 41,
  source: 'node-B',
  target: 'node-E',
};

test('graph: chains, devices, filters, sizes and the job', () => {
  assert.equal(texts(renderGraph(MIRROR, { width: 80, jobs: [JOB] })), [
    '[a.qcow2]     <-- [b.qcow2]    <-- (mirror_top) <-- virtio0',
    'node-A            node-B                            writes',
    '39 MiB            39 MiB',
    '20.2 MiB used     196 KiB used',
    'read-only         bitmap bm0',
    '                  job0 reads',
    '',
    '[r.img]    <-- drv1',
    '10 MiB         writes',
    '4 KiB used',
    '',
    '[null-co] <-- (throttle) <-- (copy-on-read)',
    'nul           thr            cor',
    '1 GiB',
    '',
    '[e.qcow2]',
    'node-E',
    '39 MiB',
    '16.2 MiB used',
    'job0 writes',
    '',
    'job0  mirror  node-B -> node-E  ███░░░░░░  41%  41 B of 100 B',
  ]);
});

test('graph: a chain that is too wide is drawn downwards', () => {
  assert.equal(texts(renderGraph(MIRROR, { width: 40, only: 'virtio0' })), [
    'virtio0 writes',
    '  to (mirror_top)',
    '  on [b.qcow2]  node-B  39 MiB  196 KiB',
    '     used  bitmap bm0',
    '  on [a.qcow2]  node-A  39 MiB  20.2 MiB',
    '     used  read-only',
  ]);
});

test('graph: fits every width', () => {
  for (const width of WIDTHS) assert.ok(widest(renderGraph(MIRROR, { width, jobs: [JOB] })) <= width);
});

test('graph: what is new, changed or gone since is said in words', () => {
  const rows = texts(renderGraph(BACKUP, { width: 80, before: MIRROR }));
  assert.match(rows[1] ?? '', /node-A +node-B +new +writes/);
  assert.match(rows[2] ?? '', /39 MiB +changed/);
  // Names that QEMU made up are missed by nobody.
  assert.not.match(rows.join('\n'), /gone:/);
  const left = texts(renderGraph(without(MIRROR, 'node-A'), { width: 80, before: MIRROR }));
  // Apart from the rows of the nodes, so that it is none of a node's.
  assert.equal(left.slice(-2), ['', 'gone: node-A']);
  assert.not.match(rows.join('\n'), /was on node-B/);
});

test('graph: a bitmap tells how much it has noted, and a change of that is one of the node', () => {
  const bitmap = (count: number) =>
    readGraph([{ 'node-name': 'n', drv: 'raw', 'dirty-bitmaps': [{ name: 'bm0', count }] }], []);
  assert.equal(texts(renderGraph(bitmap(0), { width: 80 })).at(-1), 'bitmap bm0');
  const rows = texts(renderGraph(bitmap(131072), { width: 80, before: bitmap(65536) }));
  assert.equal(rows.slice(-2), ['changed', 'bitmap bm0: 128 KiB']);
});

test('graph: a format on another one stands on it', () => {
  const file = { driver: 'file', filename: 'f.img' };
  const volume = { driver: 'raw', size: 4194304, file };
  const name = (options: JsonObject) => `json:${JSON.stringify(options)}`;
  const graph = readGraph(
    [
      { 'node-name': 'top', drv: 'qcow2', file: name({ driver: 'qcow2', file: volume }) },
      { 'node-name': 'volume', drv: 'raw', file: name(volume) },
      { 'node-name': 'volume-file', drv: 'file', file: 'f.img' },
    ],
    [],
  );
  assert.equal(
    chain(graph, 'top').map(node => node.name),
    ['top', 'volume'],
  );
  assert.equal([...graph.nodes.keys()], ['top', 'volume']);
});

test('graph: a device that moved says from where', () => {
  const moved = rename(BLOCK, 'node-B', 'node-E');
  const rows = texts(
    renderGraph(readGraph(recorded('query-named-block-nodes'), moved), { width: 80, before: MIRROR }),
  );
  assert.match(rows.join('\n'), /was on node-B/);
});

test('graph: a node that was opened without its backing file stands alone', () => {
  const nodes = [
    {
      'node-name': 'x',
      drv: 'qcow2',
      file: 'x',
      backing_file: 'a.qcow2',
      image: { filename: 'x', format: 'qcow2' },
    },
  ];
  assert.equal(
    chain(readGraph(nodes, []), 'x').map(node => node.name),
    ['x'],
  );
});

test('graph: children are taken from QEMU where it tells them', () => {
  const file = (name: string): JsonObject => ({ 'node-name': name, drv: 'file', file: '/same' });
  const nodes = [
    { ...file('f1'), children: [] },
    { ...file('f2'), children: [] },
    { 'node-name': 'base', drv: 'raw', file: '/same', children: [{ child: 'file', 'node-name': 'f2' }] },
    {
      'node-name': 'top',
      drv: 'copy-before-write',
      file: '/same',
      children: [
        { child: 'target', 'node-name': 'f1' },
        { child: 'file', 'node-name': 'base' },
      ],
    },
  ];
  const graph = readGraph(nodes, []);
  assert.equal(
    chain(graph, 'top').map(node => node.name),
    ['top', 'base'],
  );
  assert.match(texts(renderGraph(graph, { width: 80 })).join('\n'), /target: f1/);
});

test('graph: where a backup writes is told by its job, where QEMU does not tell it and one job alone may be meant', () => {
  const plainImage = (name: string): JsonObject => ({ filename: name, format: 'qcow2' });
  const node = (name: string, drv: string, more: JsonObject): JsonObject => ({
    ...{ 'node-name': name, drv, file: `${name}.img` },
    ...more,
  });
  const nodes = [
    node('b', 'qcow2', { image: plainImage('b.img') }),
    node('f', 'qcow2', { image: plainImage('f.img') }),
    node('#block9', 'copy-before-write', {
      image: { filename: 'b.img', 'backing-image': plainImage('b.img') },
    }),
  ];
  const job = { id: 'job1', type: 'backup', state: 'running', source: 'b', target: 'f' };
  const drawn = (...known: JobView[]) =>
    texts(renderGraph(readGraph(nodes, []), { width: 80, known })).join('\n');
  assert.match(drawn(job), /target: f/);
  assert.match(drawn(), /target: not told/);
  assert.match(drawn({ ...job, source: 'f' }), /target: not told/);
  assert.match(drawn({ ...job, type: 'mirror' }), /target: not told/);
  assert.match(drawn(job, { ...job, id: 'job2', target: 'g' }), /target: not told/);
  // The jobs that are listed below the picture are known, too.
  assert.match(texts(renderGraph(readGraph(nodes, []), { width: 80, jobs: [job] })).join('\n'), /target: f/);
});

const image = (name: string, drv: string, children: readonly (readonly [string, string])[]): JsonObject => ({
  'node-name': name,
  drv,
  file: `${name}.img`,
  children: children.map(([child, node]) => ({ child, 'node-name': node })),
});
const on = (id: string, node: string): JsonObject => ({
  device: id,
  inserted: { 'node-name': node },
});
const CHAIN = [image('a', 'qcow2', []), image('b', 'qcow2', [['backing', 'a']])];

const PICTURES: readonly (readonly [string, BlockGraph, readonly string[]])[] = [
  [
    'a filter beside the device',
    readGraph([...CHAIN, image('cor', 'copy-on-read', [['file', 'b']])], [on('vda', 'b')]),
    [
      '[a.img] <-- [b.img] <-- vda',
      'a           b           writes',
      '',
      '[b.img]  <-- (copy-on-read)',
      'b            cor',
      'as above',
    ],
  ],
  [
    'a device on the base, and an export',
    readGraph(CHAIN, [on('vdb', 'a'), on('vda', 'b')], {
      exports: [{ id: 'exp0', type: 'nbd', 'node-name': 'b' }],
    }),
    [
      '[a.img] <-- [b.img] <-- vda',
      'a           b           writes',
      '                        exp0',
      '                        nbd export',
      '',
      '[a.img]  <-- vdb',
      'a            writes',
      'as above',
    ],
  ],
  [
    'children beside the chain',
    readGraph(
      [
        image('x', 'raw', []),
        image('q', 'quorum', [
          ['children.1', 'x'],
          ['children.0', 'y'],
        ]),
        image('y', 'raw', []),
      ],
      [on('vda', 'q')],
    ),
    [
      '(quorum)      <-- vda',
      'q                 writes',
      'children.0: y',
      'children.1: x',
      '',
      '[x.img]',
      'x',
      'children.1 of q',
      '',
      '[y.img]',
      'y',
      'children.0 of q',
    ],
  ],
];

for (const [name, graph, rows] of PICTURES)
  test(`graph: ${name}`, () => assert.equal(texts(renderGraph(graph, { width: 80 })), rows));

test('graph: a file that a format takes for its own is not gone, and is found by its name', () => {
  const bare = readGraph([{ ...image('x-file', 'file', []), children: [] }], []);
  const taken = readGraph([image('x-file', 'file', []), image('x', 'raw', [['file', 'x-file']])], []);
  assert.not.match(texts(renderGraph(taken, { width: 80, before: bare })).join('\n'), /gone/);
  assert.match(texts(renderGraph(taken, { width: 80, only: 'x-file' })).join('\n'), /file: x-file/);
});

test('graph: what one of two images may be is not decided', () => {
  const base = (name: string) => ({
    'node-name': name,
    drv: 'raw',
    file: 'a',
    image: { filename: 'a', format: 'raw' },
  });
  const top = {
    'node-name': 't',
    drv: 'qcow2',
    file: 't',
    image: { filename: 't', format: 'qcow2', 'backing-image': { filename: 'a', format: 'raw' } },
  };
  const rows = texts(renderGraph(readGraph([base('a1'), base('a2'), top], []), { width: 80, only: 't' }));
  assert.equal(rows, ['[a]           <-- [t]', 'one of a1, a2     t']);
});

test('graph: nothing, a drive without a medium, a name that is not there', () => {
  assert.equal(texts(renderGraph(readGraph([], []), { width: 80 })), ['no block nodes']);
  const empty = readGraph([], [{ device: 'cd0', qdev: '/machine/unattached/x', type: 'unknown' }]);
  assert.equal(texts(renderGraph(empty, { width: 80 })), ['no block nodes', 'no medium: cd0']);
  assert.equal(texts(renderGraph(MIRROR, { width: 80, only: 'nope' })), ['no node or device nope']);
});

test('graph: files of the same name keep as much of their path as tells them apart', () => {
  const node = (name: string, file: string) => ({ 'node-name': name, drv: 'raw', file });
  const graph = readGraph([node('x', '/one/disk.img'), node('y', '/two/disk.img')], []);
  assert.match(
    texts(renderGraph(graph, { width: 80 })).join('\n'),
    /\[one\/disk\.img\][\s\S]*\[two\/disk\.img\]/,
  );
});

test('graph: a loop in a reply does not hang', () => {
  const node = (name: string, below: string) => ({
    'node-name': name,
    drv: 'raw',
    file: name,
    children: [{ child: 'file', 'node-name': below }],
  });
  const graph = readGraph([node('a', 'b'), node('b', 'a'), node('top', 'a')], []);
  assert.is(chain(graph, 'top').length, 3);
});

test('dot: nodes, edges, the device and the job', () => {
  const dot = toDot(MIRROR, [JOB]);
  for (const row of [
    '"node node-B" -> "node node-A" [label="backing"];',
    '"node cor" -> "node thr" [label="file"];',
    '"device virtio0" -> "node #block597";',
    '"node node-B" -> "node node-E" [label="job0 mirror", style=dashed, constraint=false];',
  ]) {
    assert.ok(dot.includes(row), row);
  }
});

test('dot and svg: names from outside cannot break out', () => {
  const graph = readGraph([{ 'node-name': 'a"]<b>&\n\x1b', drv: 'raw', file: 'x"y' }], []);
  assert.match(toDot(graph), /"node a\\"\]<b>&/);
  assert.match(toSvg(graph), /&lt;b&gt;&amp;/);
  // A page shows it as large as its letters are, not as wide as the page.
  assert.match(toSvg(graph), /^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)" width="\1" height="\2" /);
  assert.not.match(toSvg(graph), /\x1b|<b>/);
});

function rename(value: Json, from: string, to: string): Json {
  if (value === from) return to;
  if (isArray(value)) return value.map(item => rename(item, from, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item, from, to)]));
}

function without(graph: BlockGraph, name: string): BlockGraph {
  return { ...graph, nodes: new Map([...graph.nodes].filter(([key]) => key !== name)) };
}

test.run();
