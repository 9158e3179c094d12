// What a connection tells by itself while lines run on it: events, notices, and jobs that an error has stopped.
import { watchHalts } from '../line/halts.ts';
import type { QmpEvent } from '../qmp/message.ts';
import type { Session } from '../session/client.ts';

/** Tells of it until the function that comes back is called. */
export function watch(
  session: Session,
  event: (event: QmpEvent) => void,
  note: (text: string, role?: 'warning') => void,
): () => void {
  const stops = [
    session.onEvent(event),
    session.onNotice(text => note(text, 'warning')),
    watchHalts(session, (sentence, advice) => {
      note(sentence, 'warning');
      note(advice);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
