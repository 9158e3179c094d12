// The block graph for documents: Graphviz's DOT, and SVG drawn without any tool.
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import { width } from '../text/width.ts';
import type { BlockGraph, GraphNode } from './graph.ts';
import { chain, roots } from './graph.ts';
import type { JobView } from './job.ts';
import { labelsOf } from './picture.ts';

/** The graph in Graphviz's language, left to right: `dot -Tsvg` draws it. */
export function toDot(graph: BlockGraph, jobs: readonly JobView[] = []): string {
  const labels = labelsOf(graph);
  const id = (prefix: string, name: string) => quote(`${prefix} ${name}`);
  const rows = [...graph.nodes.values()].flatMap(node => [
    `    ${id('node', node.name)} [label=${quote(captions(node, labels).join('\n'))}, shape=${node.kind === 'filter' ? 'ellipse' : 'box'}];`,
    ...node.children
      .filter(edge => graph.nodes.has(edge.node))
      .map(edge => `    ${id('node', node.name)} -> ${id('node', edge.node)} [label=${quote(edge.role)}];`),
  ]);
  const devices = graph.devices.flatMap(device => [
    `    ${id('device', device.name)} [label=${quote(device.name)}, shape=component];`,
    ...(device.node === undefined || !graph.nodes.has(device.node)
      ? []
      : [`    ${id('device', device.name)} -> ${id('node', device.node)};`]),
  ]);
  const copies = jobs.flatMap(job =>
    job.source !== undefined && job.target !== undefined
      ? [
          `    ${id('node', job.source)} -> ${id('node', job.target)} [label=${quote(`${job.id} ${job.type ?? ''}`.trim())}, style=dashed, constraint=false];`,
        ]
      : [],
  );
  const head = [
    '    rankdir=RL;',
    '    node [fontname="sans-serif", fontsize=11];',
    '    edge [fontname="sans-serif", fontsize=9];',
  ];
  return `${['digraph blocks {', ...head, ...rows, ...devices, ...copies, '}'].join('\n')}\n`;
}

const LETTER = 7.3;
const LINE = 16;
const GAP = 44;
const PAD = 8;

interface Box {
  readonly key: string;
  readonly texts: readonly string[];
  readonly round: boolean;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * The graph as an SVG picture: a row a chain, the base to the left, devices to the right, jobs as dashed lines from
 * source to target. It takes the colour of the text around it, so it reads on light and on dark pages.
 */
export function toSvg(graph: BlockGraph, jobs: readonly JobView[] = []): string {
  const labels = labelsOf(graph);
  const boxes: Box[] = [];
  const lines: string[] = [];
  let y = PAD;
  for (const top of roots(graph)) {
    const nodes = chain(graph, top).toReversed();
    const names = nodes.map(node => node.name);
    const devices = graph.devices.filter(device => device.node !== undefined && names.includes(device.node));
    const texts = [
      ...nodes.map(node => ({
        key: `node ${node.name}`,
        texts: captions(node, labels),
        round: node.kind === 'filter',
      })),
      ...(devices.length === 0
        ? []
        : [{ key: '', texts: devices.map(device => safe(device.name)), round: true }]),
    ];
    const high = Math.max(...texts.map(item => item.texts.length)) * LINE + 2 * PAD;
    let x = PAD;
    for (const [i, item] of texts.entries()) {
      const w = Math.max(...item.texts.map(width)) * LETTER + 2 * PAD;
      boxes.push({ ...item, x, y, w, h: high });
      if (i > 0) lines.push(arrow(x, y + high / 2, x - GAP, y + high / 2));
      x += w + GAP;
    }
    y += high + GAP;
  }
  for (const job of jobs) {
    const from = boxes.find(box => box.key === `node ${job.source}`);
    const to = boxes.find(box => box.key === `node ${job.target}`);
    if (from === undefined || to === undefined) continue;
    const down = from.y <= to.y;
    const [x1, y1] = [from.x + from.w / 2, down ? from.y + from.h : from.y];
    const [x2, y2] = [to.x + to.w / 2, down ? to.y : to.y + to.h];
    lines.push(arrow(x1, y1, x2, y2, true));
    lines.push(words((x1 + x2) / 2 + 6, (y1 + y2) / 2, `${job.id} ${job.type ?? ''}`.trim()));
  }
  const wide = Math.max(PAD, ...boxes.map(box => box.x + box.w + PAD));
  const body = [...boxes.map(draw), ...lines].join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(wide)} ${round(Math.max(PAD, y - GAP + PAD))}" font-family="monospace" font-size="12" fill="none" stroke="currentColor">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" fill="currentColor" stroke="none"/></marker></defs>
${body}
</svg>
`;
}

/** What a box says: label, node name, size, whether it can be written. */
function captions(node: GraphNode, labels: ReadonlyMap<string, string>): readonly string[] {
  return [
    labels.get(node.name) ?? safe(node.name),
    ...(node.name.startsWith('#') ? [] : [safe(node.name)]),
    ...(node.kind !== 'filter' && node.size !== undefined ? [bytes(node.size)] : []),
    ...(node.readOnly && node.kind !== 'filter' ? ['read-only'] : []),
  ];
}

function quote(text: string): string {
  return `"${safe(text, { keepNewlines: true }).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function draw(box: Box): string {
  const shape = `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.w)}" height="${round(box.h)}" rx="${box.round ? 12 : 2}"/>`;
  const texts = box.texts.map((text, i) => words(box.x + PAD, box.y + PAD + LINE * (i + 0.75), text));
  return [shape, ...texts].join('\n');
}

function words(x: number, y: number, text: string): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="currentColor" stroke="none">${xml(safe(text))}</text>`;
}

function arrow(x1: number, y1: number, x2: number, y2: number, dashed = false): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" marker-end="url(#tip)"${dash}/>`;
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
