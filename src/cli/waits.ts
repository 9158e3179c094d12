// Lines run at a terminal: a row tells of a reply that does not come. Loaded when one is late.
import { CLOCK } from '../io/clock.ts';
import { whyUnanswered } from '../io/silence.ts';
import { columns } from '../io/stdio.ts';
import { stoppedProcess } from '../io/stopped.ts';
import { Silence } from '../line/silence.ts';
import type { Session } from '../session/client.ts';
import type { StyledLine } from '../text/style.ts';
import { StatusRows } from './statusrows.ts';

interface Waits {
  /** Prints with the row out of the way. */
  around(print: () => void): void;
  close(): void;
}

export function tellWaits(
  session: Session,
  address: string,
  write: (text: string) => void,
  paint: (line: StyledLine) => string,
  child: number | undefined,
): Waits {
  const rows = new StatusRows(write);
  const stopped = stoppedProcess(address, child);
  const silence: Silence = new Silence({
    clock: CLOCK,
    session,
    stopped: async () => stopped(),
    why: async () => whyUnanswered(session, address),
    way: () => 'Ctrl-C stops waiting',
    changed: () => rows.draw(silence.rows(columns()).map(paint)),
  });
  return {
    around: print => rows.around(print),
    close: () => {
      silence.close();
      rows.draw([]);
    },
  };
}
