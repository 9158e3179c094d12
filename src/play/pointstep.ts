// The step `.points` of a page: reads in the last reply, one of query-named-block-nodes, which points a disk goes on from and
// which an image is, and refuses what is wrong.
//
//   .points node=NODE series=SERIES for=start|next file=FILE      what a new point is called, and where it goes on from
//   .points node=NODE series=SERIES file=FILE previous=NODE is=POINT
//                                                                 whether the image open as a node is what NODE goes on from
//                                                                 to that new point
//   .points disks=LIST series=SERIES name=NAME folder=FOLDER full=LIST
//                                                                 what each of several disks gets at one moment
//   .points pull=NODE target=NODE series=SERIES full=yes|no       what is noted of a pull, and what its client has not got yet
//   .points pulled=NODE target=NODE for=done|drop                 what ends a pull
//   .points image=NODE is=POINT size=BYTES                        whether it is that point, whole with those below it
//   .points chain=FILE through=NODE advice=TEXT                   whether the file is a point, whole with those below it: each
//                                                                 opened as NODE for a moment, without the one below
import { splitArguments } from '../language/argument.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { chainProblem, markOfParent, readChain, told } from '../series/chain.ts';
import {
  begun,
  mismatch,
  nextTime,
  nodeNamed,
  outdated,
  type Refusal,
  readDisk,
  stuck,
  usable,
} from '../series/follow.ts';
import { planJson, planMoment } from '../series/moment.ts';
import { type PointName, pointName, readPointName, samePoint, stampOf, wholeName } from '../series/names.ts';
import { backingName, baseName, beside } from '../series/paths.ts';
import { endPull, planPull } from '../series/pull.ts';
import { isArray, type Json, type JsonObject, parseJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import { type Ask, walkChain } from './pointwalk.ts';

interface Known {
  /** The value of `query-named-block-nodes`. */
  readonly nodes: Json;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A word that no other run has. */
  readonly run: string;
  /** Asks the VM; throws a QmpshError where it refuses. */
  readonly ask: Ask;
}

/** The longest name of a bitmap that qcow2 stores, in bytes. */
const LONGEST = 1023;

interface Points {
  /** For `.let` and `.expect`. */
  readonly value: Json;
  /** What a reader has to know, a sentence each. */
  readonly notes?: readonly string[];
}

/** What the step finds. Throws a QmpshError that says what is wrong, and what would be right. */
export async function pointStep(rest: string, known: Known): Promise<Points> {
  const given = readArguments(rest);
  const chain = given.get('chain');
  if (chain !== undefined)
    return { value: await walkChain(chain, wanted(given, 'through'), known.ask, given.get('advice')) };
  const disks = given.get('disks');
  if (disks !== undefined) return ofDisks(disks, given, known);
  const pull = given.get('pull');
  if (pull !== undefined) return ofPull(pull, given, known);
  const pulled = given.get('pulled');
  if (pulled !== undefined) return ofPulled(pulled, given, known);
  const image = given.get('image');
  return { value: image === undefined ? ofDisk(given, known) : ofImage(image, given, known) };
}

function ofDisks(list: string, given: ReadonlyMap<string, string>, { nodes, time, run }: Known): Points {
  const name = wanted(given, 'name');
  const folder = given.get('folder') ?? '';
  const series = seriesOf(given);
  const full = readList(given.get('full') ?? '');
  const fileOf = (node: string) => `${folder}${node}-${name}.qcow2`;
  const plans = planMoment({ nodes, disks: readList(list), full, series, fileOf, time, run });
  if ('message' in plans) throw refusalOf(plans);
  for (const { point } of plans) mustFit(point);
  const rows = plans.map((plan, i) =>
    planJson(plan, i, plan.parent ? beside(plan.file, plan.parent.file) : null),
  );
  return {
    value: {
      disks: rows,
      files: plans.map(({ file }) => file),
      fulls: rows.filter((_, i) => !plans[i]?.parent),
      increments: rows.filter((_, i) => plans[i]?.parent),
      outdated: plans.flatMap(plan => removals(plan.node, plan.outdated)),
    },
    notes: plans.flatMap(({ node, because }) =>
      because === undefined ? [] : [`${safe(node)} gets a full point: ${because}`],
    ),
  };
}

function ofPull(node: string, given: ReadonlyMap<string, string>, { nodes, time, run }: Known): Points {
  const series = given.get('series') === '' ? '' : seriesOf(given);
  const full = given.get('full') === 'true';
  const plan = planPull({ nodes, node, target: wanted(given, 'target'), series, full, time, run });
  if ('message' in plan) throw refusalOf(plan);
  const { value, because } = plan;
  return {
    value,
    notes: because === undefined ? [] : [`the client has to fetch all of the disk: ${because}`],
  };
}

function ofPulled(node: string, given: ReadonlyMap<string, string>, { nodes }: Known): Points {
  const plan = endPull({ nodes, node, target: wanted(given, 'target') }, given.get('for') === 'done');
  if ('message' in plan) throw refusalOf(plan);
  return plan;
}

/** A list as a page's value of that kind is written, or parted by commas. */
function readList(text: string): readonly string[] {
  if (!text.startsWith('[')) return text.split(',').filter(Boolean);
  const list = parseJson(text);
  return isArray(list) ? list.map(String) : [];
}

function ofDisk(given: ReadonlyMap<string, string>, { nodes, time, run }: Known): Json {
  const node = wanted(given, 'node');
  const series = seriesOf(given);
  const file = wanted(given, 'file');
  const found = nodeNamed(nodes, node);
  if (!found)
    throw new QmpshError('refused', `there is no node ${safe(node)}`, { advice: '.graph shows them.' });
  const disk = readDisk(found, series);
  const previous = given.get('previous');
  if (previous !== undefined) {
    const parent = nodeNamed(nodes, previous);
    const chain = readChain(parent?.['image'] ?? null);
    refuse(mismatch(disk, series, chain));
    const point = chain[0]?.point;
    if (!point) throw new QmpshError('refused', `${safe(previous)} is no point`);
    const now = readPointName(given.get('is') ?? '');
    return {
      bitmap: pointName(point),
      mark: markOfParent(point),
      backing: backingName(file, chain[0]?.file ?? ''),
      outdated: now ? removals(node, outdated(disk, now, point)) : [],
    };
  }
  const full = given.get('for') === 'start';
  refuse(full ? begun(disk, series) : stuck(disk, series));
  const point: PointName = { series, stamp: stampOf(nextTime(disk, time)), run, file: baseName(file) };
  mustFit(point);
  const [parent, before] = full ? [] : usable(disk);
  return {
    point: pointName(point),
    whole: wholeName(point),
    parent: parent ? beside(file, parent.file) : null,
    advice: parent ? whereElse(node, before && beside(file, before.file)) : null,
    outdated: full ? removals(node, outdated(disk, point, undefined)) : [],
  };
}

/** What to do where the parent is lost. */
function whereElse(node: string, before: string | undefined): string {
  const other = before === undefined ? '' : `, go on from the point before it (previous=${safe(before)})`;
  return `Bring it back, say where it is now with previous=FILE${other}, or begin a new series of ${safe(node)}: action=start series=NAME.`;
}

function seriesOf(given: ReadonlyMap<string, string>): string {
  const series = wanted(given, 'series');
  if (series.includes(':')) throw new QmpshError('usage', 'the name of a series has no colon in it');
  return series;
}

function mustFit(point: PointName): void {
  if (new TextEncoder().encode(pointName(point)).length > LONGEST)
    throw new QmpshError('usage', 'the names of series and file are too long for the name of a bitmap');
}

/** Actions of a transaction. */
function removals(node: string, names: readonly string[]): readonly JsonObject[] {
  return names.map(name => ({ type: 'block-dirty-bitmap-remove', data: { node, name } }));
}

function ofImage(image: string, given: ReadonlyMap<string, string>, { nodes }: Known): Json {
  const is = readPointName(wanted(given, 'is'));
  const chain = readChain(nodeNamed(nodes, image)?.['image'] ?? null);
  const [top] = chain;
  const problem = chainProblem(chain);
  if (problem !== undefined || !top?.point)
    throw new QmpshError('refused', problem ?? `${safe(image)} is no point`);
  if (!is || !samePoint(top.point, is))
    throw new QmpshError('refused', `${safe(top.file)} is ${told(top.point)}, not the one that was made`);
  const size = Number(wanted(given, 'size'));
  if (top.size !== size)
    throw new QmpshError(
      'refused',
      `${safe(top.file)} holds a disk of ${bytes(top.size)}, not of ${bytes(size)}`,
    );
  return { point: pointName(top.point), images: chain.length };
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal) throw refusalOf(refusal);
}

function refusalOf({ message, advice }: Refusal): QmpshError {
  return new QmpshError('refused', message, { advice });
}

function readArguments(rest: string): ReadonlyMap<string, string> {
  return new Map(
    splitArguments(rest).map(text => {
      const cut = text.indexOf('=');
      if (cut < 1) throw new QmpshError('usage', `.points in a page takes NAME=VALUE, not ${safe(text)}`);
      return [text.slice(0, cut), text.slice(cut + 1)] as const;
    }),
  );
}

function wanted(given: ReadonlyMap<string, string>, name: string): string {
  const value = given.get(name);
  if (value === undefined || value === '') throw new QmpshError('usage', `.points wants ${name}=`);
  return value;
}

/** The request of a `.points` step that opens images, for who looks for what could take it back. */
export function requestOfPoints(text: string): Request | undefined {
  const rest = /^\.points\s+([\s\S]*)$/.exec(text)?.[1];
  const through = rest === undefined || pointStepFault(rest) ? undefined : readArguments(rest).get('through');
  return through === undefined ? undefined : { execute: 'blockdev-add', arguments: { 'node-name': through } };
}

interface Form {
  /** The first is what the form is known by. */
  readonly needs: readonly [string, ...string[]];
  readonly takes: readonly string[];
}

const OF_DISK: Form = { needs: ['node', 'series', 'file'], takes: ['for', 'previous', 'is'] };
const FORMS: readonly Form[] = [
  { needs: ['image', 'is', 'size'], takes: [] },
  { needs: ['chain', 'through'], takes: ['advice'] },
  { needs: ['disks', 'series', 'name'], takes: ['folder', 'full'] },
  { needs: ['pull', 'target'], takes: ['series', 'full'] },
  { needs: ['pulled', 'target', 'for'], takes: [] },
  OF_DISK,
];

/** Whether the text can be a `.points` step, as a sentence that says why not. */
export function pointStepFault(rest: string): string | undefined {
  try {
    const given = readArguments(rest);
    const form = FORMS.find(({ needs: [first] }) => given.has(first)) ?? OF_DISK;
    for (const name of form.needs) wanted(given, name);
    const allowed: readonly string[] = [...form.needs, ...form.takes];
    const other = [...given.keys()].find(name => !allowed.includes(name));
    return other === undefined ? undefined : `.points has no ${safe(other)}=: it takes ${allowed.join(', ')}`;
  } catch (error) {
    if (!(error instanceof QmpshError)) throw error;
    return error.message;
  }
}
