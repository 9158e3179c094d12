// Asks before a page goes behind the back of libvirt, where its VM, or one of its VMs, is a domain of libvirt's.
import { requestOf } from '../language/parse.ts';
import { behindOwner, isOwned } from '../line/behind.ts';
import type { Host } from '../line/host.ts';
import type { Page, Step } from '../page/model.ts';
import { plain, type Values } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { hmpRequest } from '../schema/hmp.ts';
import type { Reading } from './reading.ts';

/** What a step sends to a domain of libvirt's without its knowledge, as sentences. `main` is where the page is played. */
export function behindStep(
  step: Step,
  line: string,
  { values, main, reading }: { readonly values: Values; readonly main: string; readonly reading: Reading },
): readonly string[] {
  const value = step.fence.on === undefined ? undefined : values.get(step.fence.on);
  const address = step.fence.on === undefined ? main : value && plain(value);
  if (address === undefined || !isOwned(address)) return [];
  const request = requestIn(step, line, reading);
  return request ? behindOwner(request, { address, yes: true }) : [];
}

function requestIn({ kind }: Step, line: string, reading: Reading): Request | undefined {
  if (kind === 'shell') return undefined;
  const [, word, rest = ''] = /^\.(hmp|send|oob)\s+([\s\S]*)$/.exec(line.trim()) ?? [];
  if (word === 'hmp') return hmpRequest(rest);
  return requestOf(reading.line(word === undefined ? line : rest));
}

/** Whether a page may speak to a domain of libvirt's at all: where it is played, or at an address among its values. */
export function meetsOwned(main: string, values: Values): boolean {
  return isOwned(main) || [...values.values()].some(value => isOwned(plain(value)));
}

/** One question about all of it. Throws where the answer is no, and where there is nobody to ask. */
export async function agreeBehind(
  { name }: Page,
  sentences: readonly string[],
  { person, yes }: Pick<Host, 'person' | 'yes'>,
): Promise<void> {
  if (sentences.length === 0 || yes) return;
  if (!person)
    throw new QmpshError('usage', "this page goes behind libvirt's back", {
      advice: [...sentences, '--yes lets it.'].join('\n'),
    });
  if (!(await person.confirm(sentences, `Play ${name} all the same?`)))
    throw new QmpshError('interrupted', 'the page was not played');
}
