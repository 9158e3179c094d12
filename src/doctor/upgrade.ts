// What stands in the way of a newer QEMU: options of its command line that are gone or go, and drivers that it calls deprecated.
import { libvirtFolder } from '../io/manager.ts';
import type { Schema } from '../schema/model.ts';
import { replacement } from '../schema/replacement.ts';
import { typeAt } from '../schema/walk.ts';
import { safe } from '../text/safe.ts';
import type { Chart } from './chart.ts';
import type { Finding } from './finding.ts';

/** Options of QEMU's command line that newer versions no longer have, or warn of, and what to write instead. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['no-acpi', '-machine acpi=off'],
  ['no-hpet', '-machine hpet=off'],
  ['singlestep', '-accel tcg,one-insn-per-tb=on'],
  ['chroot', '-run-with chroot=DIR'],
  ['async-teardown', '-run-with async-teardown=on'],
  ['runas', '-run-with user=USER'],
]);

/** Switches of -chardev, -qmp, -vnc and -spice that were once written without a value. */
const SWITCHES = /,(no)?(server|wait|delay)(?=,|$)/g;

/** `argv` are the arguments that QEMU was started with, where they are known. */
export function upgradeFindings(
  argv: readonly string[],
  chart: Pick<Chart, 'schema' | 'graph'>,
): readonly Finding[] {
  // libvirt writes the command line anew for each version of QEMU.
  const own = libvirtFolder(argv) === undefined ? argv : [];
  return [...optionFindings(own), ...driverFindings(chart)];
}

function optionFindings(argv: readonly string[]): readonly Finding[] {
  return argv.flatMap((argument, i): readonly Finding[] => {
    const instead = OPTIONS.get(/^--?(.+)$/.exec(argument)?.[1] ?? '');
    if (instead !== undefined) return [old(argument, instead)];
    const before = argv[i - 1] ?? '';
    if (!/^--?(?:chardev|qmp|qmp-pretty|monitor|serial|parallel)$/.test(before)) return [];
    const plain = argument.replace(SWITCHES, (_, no: string | undefined, name: string) => {
      return `,${name}=${no === undefined ? 'on' : 'off'}`;
    });
    return plain === argument ? [] : [old(`${before} ${argument}`, `${before} ${plain}`)];
  });
}

function old(given: string, instead: string): Finding {
  return {
    kind: 'option-deprecated',
    about: given,
    seen: `QEMU was started with ${safe(given)}`,
    why: 'Newer versions of QEMU warn of that or refuse to start.',
    remedies: [{ what: `at the next start, write ${safe(instead)}`, lines: [] }],
  };
}

function driverFindings({ schema, graph }: Pick<Chart, 'schema' | 'graph'>): readonly Finding[] {
  if (schema === undefined) return [];
  const deprecated = deprecatedDrivers(schema);
  return [...graph.nodes.values()]
    .filter(({ driver }) => deprecated.has(driver))
    .map(({ name, driver }) => ({
      kind: 'driver-deprecated',
      about: name,
      seen: `the node ${safe(name)} has the driver ${safe(driver)}, which this QEMU calls deprecated`,
      why: 'A newer QEMU may not have it, and would not start with this disk.',
      remedies: [
        {
          what: replacement('blockdev-add', ['driver'], driver) ?? 'move the image to another driver',
          lines: [],
        },
      ],
    }));
}

function deprecatedDrivers(schema: Schema): ReadonlySet<string> {
  const command = schema.commands.get('blockdev-add');
  const type = command === undefined ? undefined : typeAt(command.arguments, ['driver'], undefined);
  if (type === undefined || type === 'open' || type.kind !== 'enum') return new Set();
  return new Set(
    type.values.filter(({ features }) => features.includes('deprecated')).map(({ name }) => name),
  );
}
