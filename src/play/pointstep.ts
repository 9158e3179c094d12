// The step `.points` of a page: reads in the last reply, one of query-named-block-nodes, which points a disk goes on from and
// which an image is, and refuses what is wrong.
//
//   .points node=NODE series=SERIES for=start|next|copy file=FILE target=URI format=qcow2|raw compress=yes overwrite=yes
//                                                                 what a new point is called, where it goes, and where it
//                                                                 goes on from
//   .points node=NODE series=SERIES file=FILE previous=NODE at=FILE is=POINT
//                                                                 whether the image open as a node, and found at a place, is
//                                                                 what NODE goes on from to that new point
//   .points disks=LIST series=SERIES name=NAME folder=FOLDER target=URI full=LIST format=qcow2|raw compress=yes
//                                                                 what each of several disks gets at one moment
//   .points pull=NODE target=NODE series=SERIES full=yes|no       what is noted of a pull, and what its client has not got yet
//   .points pulled=NODE target=NODE for=done|drop                 what ends a pull
//   .points room=NODE format=FORMAT size=BYTES node=NODE since=BITMAP
//                                                                 whether an export has room for an image, of all or of what
//                                                                 a bitmap has noted
//   .points image=NODE is=POINT size=BYTES                        whether it is that point, whole with those below it
//   .points chain=FILE through=NODE advice=TEXT                   whether the file is a point, whole with those below it: each
//                                                                 opened as NODE for a moment, without the one below
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { chainProblem, markOfParent, readChain, told } from '../series/chain.ts';
import { isExport } from '../series/export.ts';
import { begun, mismatch, nextTime, nodeNamed, outdated, readDisk, stuck, usable } from '../series/follow.ts';
import { planJson, planMoment } from '../series/moment.ts';
import {
  consistentName,
  type PointName,
  pointName,
  readPointName,
  samePoint,
  stampOf,
  wholeName,
} from '../series/names.ts';
import { backingName, baseName, beside } from '../series/paths.ts';
import { exportBelow, kindRefusal, placeOf, roomRefusal } from '../series/place.ts';
import { isArray, isObject, type Json, type JsonObject, parseJson } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import {
  accept,
  isYes,
  type Known,
  type Points,
  readArguments,
  refusalOf,
  refuse,
  seriesOf,
  wanted,
} from './pointargs.ts';
import { walkChain } from './pointwalk.ts';
import { ofPull, ofPulled } from './pullstep.ts';

/** The longest name of a bitmap that qcow2 stores, in bytes. */
const LONGEST = 1023;

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
  const room = given.get('room');
  if (room !== undefined) return { value: ofRoom(room, given, known) };
  const image = given.get('image');
  return { value: image === undefined ? ofDisk(given, known) : ofImage(image, given, known) };
}

function ofDisks(list: string, given: ReadonlyMap<string, string>, { nodes, time, run }: Known): Points {
  const name = wanted(given, 'name');
  const folder = given.get('folder') ?? '';
  const series = seriesOf(given);
  const target = given.get('target') ?? '';
  const format = given.get('format') ?? 'qcow2';
  const copies = format === 'raw';
  refuse(kindRefusal({ format, compress: isYes(given.get('compress')), point: false }));
  const place = (node: string) =>
    placeOf({
      file: target === '' ? `${folder}${node}-${name}.${format}` : '',
      target: target === '' ? '' : exportBelow(target, `${node}-${name}`),
      format,
      compress: false,
      point: !copies,
    });
  const nodesOf = readList(list);
  const places = new Map(nodesOf.map(node => [node, accept(place(node))]));
  const full = readList(given.get('full') ?? '');
  const fileOf = (node: string) => places.get(node)?.where ?? node;
  const plans = planMoment({ nodes, disks: nodesOf, full, series, copies, fileOf, time, run });
  if ('message' in plans) throw refusalOf(plans);
  for (const { point } of plans) mustFit(point);
  const rows = plans.map((plan, i) => ({
    ...planJson(plan, i, plan.parent ? beside(`${folder}x`, plan.parent.file) : null),
    server: places.get(plan.node)?.nbd?.['server'] ?? null,
    export: places.get(plan.node)?.nbd?.['export'] ?? null,
    length: copies ? plan.size : 0,
    beside: `${folder}verify-${run}-${i + 1}.qcow2`,
  }));
  return {
    value: {
      disks: rows,
      made: rows.filter(row => row.server === null),
      exports: rows.filter(row => row.server !== null),
      files: plans.filter(({ node }) => !places.get(node)?.nbd).map(({ file }) => file),
      copies: copies ? rows : [],
      points: copies ? [] : rows,
      fulls: copies ? [] : rows.filter((_, i) => !plans[i]?.parent),
      increments: rows.filter((_, i) => plans[i]?.parent),
      outdated: plans.flatMap(plan => removals(plan.node, plan.outdated)),
    },
    notes: plans.flatMap(({ node, because }) =>
      because === undefined ? [] : [`${safe(node)} gets a full point: ${because}`],
    ),
  };
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
  const found = nodeNamed(nodes, node);
  if (!found)
    throw new QmpshError('refused', `there is no node ${safe(node)}`, { advice: '.graph shows them.' });
  const disk = readDisk(found, series);
  const previous = given.get('previous');
  if (previous !== undefined) {
    const file = wanted(given, 'file');
    const at = wanted(given, 'at');
    const parent = nodeNamed(nodes, previous);
    const chain = readChain(parent?.['image'] ?? null);
    refuse(mismatch(disk, series, chain));
    const point = chain[0]?.point;
    if (!point) throw new QmpshError('refused', `${safe(previous)} is no point`);
    const now = readPointName(given.get('is') ?? '');
    if (isExport(file) && !isExport(at) && !at.startsWith('/'))
      throw new QmpshError('refused', `an image at an NBD server cannot say where ${safe(at)} is`, {
        advice:
          'Give the whole path of the parent: previous=/FOLDER/FILE, or folder=/FOLDER/ for several disks.',
      });
    return {
      bitmap: pointName(point),
      mark: markOfParent(point),
      backing: backingName(file, at),
      outdated: now ? removals(node, outdated(disk, now, point)) : [],
    };
  }
  const does = given.get('for') ?? 'next';
  const format = given.get('format') ?? 'qcow2';
  const place = accept(
    placeOf({
      file: given.get('file') ?? '',
      target: given.get('target') ?? '',
      format,
      compress: isYes(given.get('compress')),
      point: does !== 'copy',
    }),
  );
  const file = place.where;
  const { size } = disk;
  const where = {
    where: file,
    server: place.nbd?.['server'] ?? null,
    export: place.nbd?.['export'] ?? null,
    fresh: !place.nbd && !isYes(given.get('overwrite')),
    // A raw file has to have its size when it is opened.
    length: format === 'raw' ? size : 0,
  };
  if (does === 'copy') return { ...where, point: null, whole: null, still: null, parent: null, outdated: [] };
  const full = does === 'start';
  refuse(full ? begun(disk, series) : stuck(disk, series));
  const point: PointName = { series, stamp: stampOf(nextTime(disk, time)), run, file: baseName(file) };
  mustFit(point);
  const [parent, before] = full ? [] : usable(disk);
  return {
    ...where,
    point: pointName(point),
    whole: wholeName(point),
    still: consistentName(point),
    parent: parent ? beside(file, parent.file) : null,
    advice: parent ? whereElse(node, before && beside(file, before.file)) : null,
    outdated: full ? removals(node, outdated(disk, point, undefined)) : [],
  };
}

/** Whether an export, open as a node, has room for an image. */
function ofRoom(room: string, given: ReadonlyMap<string, string>, { nodes }: Known): Json {
  const found = nodeNamed(nodes, room)?.['image'];
  const info = isObject(found) ? found : {};
  const size = Number(wanted(given, 'size'));
  const since = given.get('since');
  const bitmaps = objectsIn(nodeNamed(nodes, given.get('node') ?? '')?.['dirty-bitmaps']);
  const noted = bitmaps.find(({ name }) => name === since)?.['count'];
  const copied = since === undefined || noted === undefined ? size : Number(noted);
  const has = Number(info['virtual-size'] ?? 0);
  refuse(
    roomRefusal(String(info['filename'] ?? room), has, { format: wanted(given, 'format'), size, copied }),
  );
  return { size: has };
}

/** What to do where the parent is lost. */
function whereElse(node: string, before: string | undefined): string {
  const other = before === undefined ? '' : `, go on from the point before it (previous=${safe(before)})`;
  return `Bring it back, say where it is now with previous=FILE${other}, or begin a new series of ${safe(node)}: action=start series=NAME.`;
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

const KIND = ['target', 'format', 'compress'];
const OF_DISK: Form = {
  needs: ['node', 'series'],
  takes: ['for', 'file', ...KIND, 'overwrite', 'previous', 'at', 'is'],
};
const FORMS: readonly Form[] = [
  { needs: ['image', 'is', 'size'], takes: [] },
  { needs: ['chain', 'through'], takes: ['advice'] },
  { needs: ['disks', 'series', 'name'], takes: ['folder', 'full', ...KIND] },
  { needs: ['pull', 'target'], takes: ['series', 'full'] },
  { needs: ['pulled', 'target', 'for'], takes: [] },
  { needs: ['room', 'format', 'size'], takes: ['node', 'since'] },
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
