// Which monitor? Asked where no address was given.
import prompts from 'prompts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { findMonitors } from './monitors.ts';
import { isTerminal } from './stdio.ts';

const ADVICE = 'qmpsh ./qmp.sock connects to a socket; qmpsh practice makes a throw-away VM.';

/** The address chosen, `practice` for a practice VM, or undefined when the question was left. */
export async function chooseAddress(): Promise<string | undefined> {
  if (!isTerminal(0) || !isTerminal(2))
    throw new QmpshError('usage', 'no address is given and $QMP_SOCKET is not set', { advice: ADVICE });
  const monitors = findMonitors().filter(({ what }) => what !== 'guest agent');
  const { address } = await prompts(
    {
      type: 'select',
      name: 'address',
      message: monitors.length > 0 ? 'Which monitor?' : 'No monitor was found on this host.',
      choices: [
        ...monitors.map(monitor => ({
          title: safe(monitor.address),
          description: safe(`${monitor.name}, pid ${monitor.pid}`),
          value: monitor.address,
        })),
        { title: 'practice', description: 'a throw-away VM with a small disk', value: 'practice' },
      ],
    },
    {},
  );
  return typeof address === 'string' ? address : undefined;
}
