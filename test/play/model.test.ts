// The model of undo in short: points that were wrong once, and one in so many of all. `npm run prove` plays the whole.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KINDS, type Kind, playPoint } from '../prove/point.ts';
import { PHASES, type Phase } from '../prove/proxy.ts';
import { SCENES } from '../prove/scenes.ts';

async function play(name: string, kind: Kind, phase: Phase, at: number | RegExp): Promise<void> {
  const scene = SCENES.find(one => one.name === name);
  if (!scene) throw new Error(`there is no scene ${name}`);
  const { differences, said } = await playPoint(scene, { scene, kind, phase, at });
  assert.equal(differences, [], said);
}

const KNOWN: readonly (readonly [scene: string, kind: Kind, phase: Phase, at: RegExp])[] = [
  ['mirror-complete', 'SIGINT', 'between', /"job-complete"/],
  ['mirror-complete', 'lost', 'between', /"job-complete"/],
  ['mirror-complete', 'SIGTERM', 'after', /"job-complete"/],
  ['chain', 'SIGTERM', 'between', /"blockdev-snapshot-sync"/],
  ['chain', 'lost', 'before', /"blockdev-snapshot-sync".*node-C/],
  ['chain', 'kill', 'after', /"blockdev-snapshot-sync".*node-C/],
  ['backup', 'timeout', 'between', /"blockdev-create"/],
  ['backup', 'lost', 'between', /"blockdev-add".*-file/],
  ['migrate-storage', 'SIGTERM', 'between', /"migrate-continue"/],
  ['migrate-storage', 'SIGTERM', 'before', /"migrate-continue"/],
  ['pull', 'SIGHUP', 'between', /"nbd-server-start"/],
  ['incremental-third', 'SIGINT', 'between', /block-dirty-bitmap-remove/],
  ['restore', 'SIGINT', 'between', /"query-qmp-schema"/],
  ['moment-start', 'lost', 'before', /"block-dirty-bitmap-merge"/],
  ['restore-node', 'lost', 'between', /"blockdev-mirror"/],
];

for (const [scene, kind, phase, at] of KNOWN)
  test(`${scene}, ${kind} ${phase} ${at.source}`, () => play(scene, kind, phase, at));

// Every second scene at one place more, another kind and phase from scene to scene.
for (const [i, { name }] of SCENES.entries()) {
  if (i % 2 === 1) continue;
  const kind = KINDS[i % KINDS.length] ?? 'SIGINT';
  const phase = PHASES[(i + Math.floor(i / KINDS.length)) % PHASES.length] ?? 'between';
  test(`${name}, ${kind} ${phase} request 5`, () => play(name, kind, phase, 5));
}

test.run();
