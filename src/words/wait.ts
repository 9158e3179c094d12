import { connected } from '../line/send.ts';
import { WAIT_STATES, WAIT_USAGE, waitFor } from '../line/waiting.ts';
import type { Word } from '../line/word.ts';

export const WAIT: Word = {
  name: '.wait',
  usage: WAIT_USAGE,
  help: 'wait for an event, or for a job to reach a state',
  more: [
    'An event counts from the moment the last command was sent, so one that came at once is not missed:',
    '    .wait BLOCK_JOB_COMPLETED device=job0 timeout=1m',
    'A job is waited for until it is concluded, or in the state named:',
    '    .wait job job0 ready',
    'A job that fails or is cancelled is an error. Ctrl-C stops waiting; nothing is undone.',
  ],
  ofQemu: true,
  needs: 'connection',
  complete: (before, _typed, host) => {
    if (before[0] === 'job') {
      if (before.length === 1)
        return (host.session?.jobs.list() ?? []).map(job => ({ text: job.id, note: job.state }));
      return before.length === 2 ? WAIT_STATES.map(text => ({ text })) : [];
    }
    if (before.length > 0) return [{ text: 'timeout=' }];
    const names = [...(host.schema?.events.keys() ?? [])].map(text => ({ text, note: 'event' }));
    return [{ text: 'job', note: 'ID [STATE]' }, ...names];
  },
  run: async ({ args, text }, host) => {
    const session = connected(host);
    const { schema, mark: since } = host;
    const began = session.events.end;
    const came = await host.foreground(args.join(' '), signal =>
      waitFor(args, { session, schema, since, signal }),
    );
    host.recorder?.word(text);
    if (came.kind === 'job') return host.jobOutcome(came.outcome, began);
    host.waited(came.event);
    return 0;
  },
};
