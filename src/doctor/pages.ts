// Pages that were broken off on a VM, for the shell or the host that played them has died.
import { stepsBegun, unfinishedAt } from '../play/journal.ts';
import { safe } from '../text/safe.ts';
import type { Finding } from './finding.ts';

export function pageFindings(address: string): readonly Finding[] {
  return unfinishedAt(address).map(play => ({
    kind: 'page-unfinished',
    about: play.page,
    seen: `a page was broken off here after ${stepsBegun(play)}: ${safe(play.title)} (${safe(play.page)})`,
    why: 'The shell that played it was killed, or its host went down. Jobs, nodes and files that it made are still there.',
    remedies: [
      { what: 'take back what it did (.unfinished alone lists that)', lines: ['.unfinished undo'] },
      { what: 'go on behind what it did', lines: ['.unfinished finish'] },
    ],
  }));
}
