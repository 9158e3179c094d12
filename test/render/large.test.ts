// Replies, graphs and pages larger than anybody reads: they are shown in part, which is said, and nothing overflows.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../src/language/openrows.ts';
import { readPage } from '../../src/page/read.ts';
import { toDot, toSvg } from '../../src/render/dot.ts';
import { readGraph } from '../../src/render/graph.ts';
import { renderMarkdown } from '../../src/render/page.ts';
import { renderGraph } from '../../src/render/picture.ts';
import { renderValue } from '../../src/render/reply.ts';
import { plain } from '../../src/text/line.ts';

const MANY = 150_000;
const items = Array.from({ length: MANY }, (_, i) => ({ name: `node${i}`, size: i }));

for (const [format, rows, said] of [
  ['table', 2003, /2000 of 150000 are shown/],
  ['json', 10_020, /not all is shown/],
] as const) {
  test(`a reply of ${MANY} rows as ${format}`, () => {
    const lines = renderValue(items, { command: 'query-x', width: 80, format });
    assert.ok(lines.length <= rows + 10_000, String(lines.length));
    assert.match(lines.map(plain).slice(-3).join('\n'), said);
  });
}

test('a chain of 5000 nodes with a device each, and 5000 chains', () => {
  const nodes = Array.from({ length: 5000 }, (_, i) => ({
    'node-name': `n${i}`,
    drv: 'qcow2',
    file: `/d/${i}.qcow2`,
    children: [{ child: 'backing', 'node-name': `n${i + 1}` }],
  }));
  const block = nodes.map((node, i) => ({ device: `d${i}`, inserted: { 'node-name': node['node-name'] } }));
  const began = process.cpuUsage();
  for (const reply of [nodes, nodes.map(node => ({ ...node, children: [] }))]) {
    const graph = readGraph(reply, block);
    assert.ok(renderGraph(graph, { width: 80 }).length > 5000);
    assert.ok(toDot(graph).length + toSvg(graph).length > 5000);
  }
  assert.ok(process.cpuUsage(began).user < 10e6, 'seconds of work');
});

test('10,000 nodes of a QEMU that tells no children are drawn in under a second', () => {
  const nodes = Array.from({ length: 10_000 }, (_, i) => {
    const backing = i % 2 === 1 ? { 'backing-image': { filename: `/d/${i - 1}`, format: 'qcow2' } } : {};
    const [name, file] = [`n${i}`, `/d/${i}`];
    return { 'node-name': name, drv: 'qcow2', file, image: { filename: file, format: 'qcow2', ...backing } };
  });
  const stats = nodes.map(node => ({ 'node-name': node['node-name'] }));
  const block = nodes.map(node => ({
    device: `d${node.file}`,
    inserted: { 'node-name': node['node-name'] },
  }));
  const began = process.cpuUsage();
  assert.ok(renderGraph(readGraph(nodes, block, { stats }), { width: 80 }).length > 5000);
  assert.ok(process.cpuUsage(began).user < 1e6, `${process.cpuUsage(began).user / 1e6} s`);
});

for (const row of ['\n', '# a\n', '-> \n', '$ a\n', '(QEMU) a\n']) {
  test(`a page of 150,000 rows ${JSON.stringify(row)}`, async () => {
    for (const name of ['page.md', 'page.txt'])
      assert.ok((await readPage(row.repeat(150_000), { name, isOpen: openRows })).blocks.length > 0);
    assert.ok(
      await readPage(`\`\`\`qmp\n${row.repeat(150_000)}\`\`\`\n`, { name: 'page.md', isOpen: openRows }),
    );
  });
}

test('a fence whose mark is 100,000 long', async () => {
  const mark = '`'.repeat(100_000);
  const page = await readPage(`${mark}qmp\n(QEMU) stop\n${mark}\n`, { name: 'page.md', isOpen: openRows });
  assert.equal(
    page.steps.map(step => step.text),
    ['stop'],
  );
});

test('front matter that is too long or too deep is a problem of its own', async () => {
  for (const yaml of [
    'a: b\n'.repeat(9999),
    '['.repeat(9000),
    '{'.repeat(9000),
    '- '.repeat(8000),
    '"a": '.repeat(3000),
  ]) {
    const page = await readPage(`---\n${yaml}\n---\n`, { name: 'page.md', isOpen: openRows });
    assert.match(page.problems.map(problem => problem.message).join(), /longer than|nested more/);
  }
});

test('prose nested without end is shown as it stands', async () => {
  for (const text of ['> '.repeat(9000), '1. '.repeat(9000), '- '.repeat(9000), '?'.repeat(40_000)])
    assert.is(
      (await renderMarkdown(text, 80)).map(plain).join('').replaceAll(' ', ''),
      text.replaceAll(' ', ''),
    );
});

test.run();
