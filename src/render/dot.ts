// The block graph for documents: Graphviz's DOT, and SVG drawn without any tool.
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import { width } from '../text/width.ts';
import type { BlockGraph, GraphNode } from './graph.ts';
import { usersOn } from './graph.ts';
import type { JobView } from './job.ts';
import { pathsOf } from './paths.ts';
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
  const devices = [...graph.devices, ...graph.exports].flatMap(device => [
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
  const on = usersOn(graph);
  const boxes = new Map<string, Box>();
  const lines: string[] = [];
  const users: Box[] = [];
  let y = PAD;
  for (const { nodes, joins } of pathsOf(graph)) {
    const top = nodes[0] ?? joins;
    const named = on.get(top?.name ?? '') ?? [];
    const texts = [
      ...nodes.toReversed().map(node => ({
        name: node.name,
        texts: captions(node, labels),
        round: node.kind === 'filter',
      })),
      ...(named.length === 0 ? [] : [{ name: '', texts: named.map(user => safe(user.name)), round: true }]),
    ];
    const high = texts.reduce((most, item) => Math.max(most, item.texts.length), 0) * LINE + 2 * PAD;
    const from = boxes.get(joins?.name ?? '');
    // What stands on a box of an earlier row begins to the right of it.
    let x = from === undefined ? PAD : from.x + from.w + GAP;
    for (const [i, item] of texts.entries()) {
      const w = item.texts.reduce((most, text) => Math.max(most, width(text)), 0) * LETTER + 2 * PAD;
      const box = { ...item, x, y, w, h: high };
      if (item.name === '') users.push(box);
      else boxes.set(item.name, box);
      if (i > 0) lines.push(arrow(x, y + high / 2, x - GAP, y + high / 2));
      else if (from !== undefined) lines.push(arrow(x, y + high / 2, from.x + from.w / 2, from.y + from.h));
      x += w + GAP;
    }
    if (texts.length > 0) y += high + GAP;
  }
  for (const job of jobs) {
    const from = boxes.get(job.source ?? '');
    const to = boxes.get(job.target ?? '');
    if (from === undefined || to === undefined) continue;
    const down = from.y <= to.y;
    const [x1, y1] = [from.x + from.w / 2, down ? from.y + from.h : from.y];
    const [x2, y2] = [to.x + to.w / 2, down ? to.y : to.y + to.h];
    lines.push(arrow(x1, y1, x2, y2, true));
    lines.push(words((x1 + x2) / 2 + 6, (y1 + y2) / 2, `${job.id} ${job.type ?? ''}`.trim()));
  }
  const all = [...boxes.values(), ...users];
  const wide = round(all.reduce((most, box) => Math.max(most, box.x + box.w + PAD), PAD));
  const high = round(Math.max(PAD, y - GAP + PAD));
  const body = [...all.map(draw), ...lines].join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" font-family="monospace" font-size="12" fill="none" stroke="currentColor">
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
