// The forms of `.points` for pulls: what is noted of one, and what ends it.
import { endPull, planPull } from '../series/pull.ts';
import { accept, isYes, type Known, type Points, seriesOf, wanted } from './pointargs.ts';

export function ofPull(
  node: string,
  given: ReadonlyMap<string, string>,
  { nodes, time, run }: Known,
): Points {
  const series = given.get('series') === '' ? '' : seriesOf(given);
  const full = isYes(given.get('full'));
  const plan = planPull({ nodes, node, target: wanted(given, 'target'), series, full, time, run });
  const { value, because } = accept(plan);
  return {
    value,
    notes: because === undefined ? [] : [`the client has to fetch all of the disk: ${because}`],
  };
}

export function ofPulled(node: string, given: ReadonlyMap<string, string>, { nodes }: Known): Points {
  return accept(endPull({ nodes, node, target: wanted(given, 'target') }, given.get('for') === 'done'));
}
