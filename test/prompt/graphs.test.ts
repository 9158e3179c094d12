// The block graph as it is drawn, held against what x-debug-query-block-graph tells of the same VM. Where QEMU has no
// `children` yet, an edge may be missing that it tells nowhere else; none may be wrong.
import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AskVm, askBlockGraph } from '../../src/line/blockgraph.ts';
import type { BlockGraph, GraphNode } from '../../src/render/graph.ts';
import type { Session } from '../../src/session/client.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../../src/text/json.ts';
import { openSession, withQemu } from '../qemu.ts';
import { CASES, type Case, exporting } from './graphcases.ts';

const ARGS =
  '-object throttle-group,id=tg -device pcie-root-port,id=r0,chassis=1 -device pcie-root-port,id=r1,chassis=2';

function images(folder: string): void {
  const make = (...args: string[]) => spawnSync('qemu-img', ['create', '-q', ...args], { cwd: folder });
  for (const name of ['x.img', 'y.img']) writeFileSync(join(folder, name), Buffer.alloc(4 << 20, 7));
  for (const name of ['a', 'e']) make('-f', 'qcow2', `${name}.qcow2`, '4M');
  for (const name of ['b', 'c']) make('-f', 'qcow2', '-b', 'a.qcow2', '-F', 'qcow2', `${name}.qcow2`);
  make('-f', 'qcow2', '-o', 'data_file=d.data,data_file_raw=on', 'd.qcow2', '4M');
}

const asking =
  (session: Session): AskVm =>
  async (command, args = {}) => {
    const reply = await session.execute(command, args);
    return reply.kind === 'success' ? reply.value : undefined;
  };

interface Edges {
  readonly nodes: readonly string[];
  readonly users: readonly string[];
}

/** All edges as rows; a child of a quorum bears no number, for QEMU before 10.1 tells none. */
function truth(debug: Json): Edges {
  const list = (key: string): readonly JsonObject[] => {
    const value = isObject(debug) ? member(debug, key) : undefined;
    return isArray(value) ? value.filter(isObject) : [];
  };
  const nodes = new Map(list('nodes').map(node => [node['id'], node]));
  const [between, users]: [string[], string[]] = [[], []];
  for (const edge of list('edges')) {
    const [parent, child] = [nodes.get(edge['parent']), nodes.get(edge['child'])];
    const role = String(edge['name']).replace(/^children\.\d+$/, 'child');
    if (parent?.['type'] === 'block-driver') between.push(`${parent['name']} ${role} ${child?.['name']}`);
    // Exports and jobs have one without a name.
    if (parent?.['type'] === 'block-backend')
      users.push(`${String(parent['name']).split('/')[3] ?? parent['name']} ${child?.['name']}`);
  }
  return { nodes: between.sort(), users: users.sort() };
}

function drawn(graph: BlockGraph): Edges {
  const between = [...graph.nodes.values()].flatMap(node =>
    node.children
      .filter(edge => edge.node !== '')
      .map(edge => `${node.name} ${edge.role.replace(/^children\.\d+$/, 'child')} ${edge.node}`),
  );
  const folded = [...graph.folded].map(([below, node]) => `${node} file ${below}`);
  const users = [
    ...graph.devices.flatMap(({ name, node }) => (node === undefined ? [] : [`${name} ${node}`])),
    ...graph.exports.map(({ node }) => ` ${node}`),
  ];
  return { nodes: [...between, ...folded].sort(), users: users.sort() };
}

/** The truth without what is untold: `parent role`, and (DRIVER) for a node that QEMU has named. */
function lacking(nodes: readonly string[], graph: BlockGraph, untold: readonly string[]): readonly string[] {
  const left = [...untold];
  const kept = nodes.filter(row => {
    const [parent = '', role] = row.split(' ');
    const driver = graph.nodes.get(parent)?.driver;
    const at = left.findIndex(one => one === `${parent} ${role}` || one === `(${driver}) ${role}`);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  assert.equal(left, [], 'no such edge');
  return kept;
}

/** Every device and export stands where it does; of those that are unsure it is said. */
function assertUsers(graph: BlockGraph, { users }: Edges, unsure: readonly string[]): void {
  const through = graph.devices.filter(device => device.through !== undefined).map(({ name }) => name);
  assert.equal(through, unsure);
  for (const row of drawn(graph).users.filter(row => !unsure.includes(row.split(' ')[0] ?? '')))
    assert.ok(users.includes(row), `${row} is none of ${users.join()}`);
}

/** A second QEMU that exports x over NBD; gives the path of its socket. */
async function withRemote(body: (socket: string) => Promise<void>): Promise<void> {
  await withQemu({ prepare: images }, async ({ address, folder }) => {
    const session = await openSession(address);
    const does = CASES['raw over file']?.does ?? [];
    for (const step of [...does, ...exporting('x')]) await session.execute(step.execute, step.args);
    await body(join(folder, 'nbd.sock'));
    await session.close();
  });
}

async function holds({ does, untold = [], unsure = [] }: Case, address: string): Promise<void> {
  const session = await openSession(address);
  const ask = asking(session);
  for (const step of does) {
    const reply = await session.execute(step.execute, step.args);
    assert.is(reply.kind, 'success', JSON.stringify([step, reply.raw]));
  }
  const graph = await askBlockGraph(ask, false);
  const debug = await ask('x-debug-query-block-graph');
  const whole = await askBlockGraph(ask, true);
  await session.close();
  if (!graph || !whole || debug === undefined) throw new Error('no graph');
  const all = truth(debug);
  assert.equal(drawn(whole).nodes, all.nodes, 'with the unstable command');
  assertUsers(whole, all, []);
  const open = ({ untold, children }: GraphNode) =>
    untold.length > 0 || children.some(edge => edge.node === '');
  const old = [...graph.nodes.values()].some(open);
  assert.equal(drawn(graph).nodes, lacking(all.nodes, graph, old ? untold : []), 'by stable queries');
  assertUsers(graph, all, unsure);
}

for (const [name, one] of Object.entries(CASES))
  test(`the graph of ${name}`, async () => {
    const args = `${ARGS} ${one.args ?? ''}`.trim().split(' ');
    const check = (remote?: string) => {
      const prepare = (folder: string) => {
        images(folder);
        if (remote !== undefined) symlinkSync(remote, join(folder, 'remote'));
      };
      return withQemu({ args, prepare }, ({ address }) => holds(one, address));
    };
    await (one.remote ? withRemote(check) : check());
  });

test.run();
