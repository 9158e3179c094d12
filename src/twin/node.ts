// What QEMU tells of a node, read for its likeness.
import type { Qcow2Bitmap } from '../io/qcow2head.ts';
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';

export interface Bitmap extends Qcow2Bitmap {
  readonly node: string;
  readonly isPersistent: boolean;
}

/** Filters that jobs put in, under names of QEMU's own. */
const OF_JOBS = new Set('mirror_top commit_top copy-before-write copy-on-read'.split(' '));

export function isOfJob(node: JsonObject): boolean {
  return OF_JOBS.has(text(node, 'drv')) && text(node, 'node-name').startsWith('#');
}

/** A node for a reader. */
export function shown(node: JsonObject): string {
  const name = text(node, 'node-name');
  return name.startsWith('#') ? `the ${text(node, 'drv')} node of ${text(node, 'file')}` : name;
}

export function bitmapsOf(node: JsonObject): readonly Bitmap[] {
  return objectsIn(member(node, 'dirty-bitmaps')).flatMap(row => {
    const name = text(row, 'name');
    if (name === '') return [];
    const count = Number(member(row, 'count') ?? 0);
    return [
      {
        node: text(node, 'node-name'),
        name,
        granularity: Number(member(row, 'granularity') ?? 65536),
        isDisabled: member(row, 'recording') === false && member(row, 'busy') !== true,
        isPersistent: member(row, 'persistent') === true,
        isInconsistent: member(row, 'inconsistent') === true,
        noted: count === 0 ? 'nothing' : count < sizeOf(node) ? 'something' : 'all',
      },
    ];
  });
}

export function sizeOf(node: JsonObject): number {
  const size = member(memberObject(node, 'image'), 'virtual-size');
  return typeof size === 'number' ? size : 0;
}

export function memberObject(object: JsonObject, key: string): JsonObject {
  const value = member(object, key);
  return isObject(value) ? value : {};
}

export function memberText(value: Json, key: string): string | undefined {
  const found = isObject(value) ? member(value, key) : undefined;
  return typeof found === 'string' ? found : undefined;
}
