// Requests to the QEMU of a libvirt domain that libvirt does not learn of.
import type { Request } from '../qmp/message.ts';
import { isArray, isObject, type Json } from '../text/json.ts';
import { actionsOf } from './actions.ts';
import { hmpLineOf, hmpName } from './hmp.ts';
import { BEHIND, HMP_TWINS, LIBVIRT_NODE, OF_LIBVIRT } from './notes/behindlibvirt.ts';
import { lazyTable } from './notes/table.ts';

const rowOf = lazyTable(BEHIND);

/** What goes behind libvirt's back of a request to one of its domains, a sentence each; undefined where nothing does. */
export function behindLibvirt(request: Request): readonly string[] | undefined {
  const found = actionsOf(request).flatMap(action => sentence(action) ?? []);
  return found.length === 0 ? undefined : [...new Set(found)];
}

function sentence(request: Request): string | undefined {
  const line = hmpLineOf(request);
  const name = line === undefined ? request.execute : hmpName(line);
  const row = line === undefined ? rowOf(name) : (rowOf(twinOf(name)) ?? rowOf(name));
  if (row === undefined) return undefined;
  if (line === undefined && OF_LIBVIRT.has(name) && !namesNode(request.arguments)) return undefined;
  const [, what = row, instead] = /^(.*?)(?: \((.*)\))?$/.exec(row) ?? [];
  const advice = instead === undefined ? '' : ` With its knowledge: ${instead}.`;
  return `${name} goes behind libvirt's back: ${what}.${advice}`;
}

function twinOf(name: string): string {
  return HMP_TWINS.get(name) ?? name.replaceAll('_', '-');
}

/** Whether something in the arguments names a node of libvirt's. */
function namesNode(value: Json): boolean {
  if (typeof value === 'string') return LIBVIRT_NODE.test(value);
  const inside = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return inside.some(namesNode);
}
