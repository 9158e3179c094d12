// Refusals about the machine as a whole: migration, displays, power, the monitor itself.
import { type Puzzle, plain } from './puzzle.ts';

export const MACHINE: readonly Puzzle[] = [
  plain(
    /^'-incoming' was not specified on the command line$/,
    'Only a QEMU started with -incoming defer waits for this command.',
  ),
  plain(
    /^There's a migration process in progress$/,
    'One migration at a time: wait for its MIGRATION event, or end it with migrate_cancel.',
    { execute: 'query-migrate', arguments: {} },
  ),
  plain(
    /^No balloon device has been activated$/,
    'The guest has no balloon: it needs -device virtio-balloon-pci and a driver.',
  ),
  plain(
    /^Could not set password$/,
    'The display has no password to change: start VNC with password=on, or SPICE without disable-ticketing.',
  ),
  plain(/^There is no console to take a screendump from$/, 'The machine has no display device.'),
  plain(
    /^Unable to wake up: guest is not in suspended state$/,
    'The guest does not sleep; cont is what a paused one wants.',
    { execute: 'cont', arguments: {} },
  ),
  plain(
    /^Capabilities negotiation is already complete, command ignored$/,
    'The shell has done this when it connected.',
  ),
  plain(
    /^Expecting capabilities negotiation with 'qmp_capabilities'$/,
    'The connection was made without negotiation (-N): send qmp_capabilities first.',
    { execute: 'qmp_capabilities', arguments: {} },
  ),
  plain(
    /^The command (.*) has not been found$|^(?:Deprecated|Unstable) command (.*) disabled by policy$/,
    'This QEMU is too old or too new for the command, was built without it, or rejects what is deprecated or unstable (-compat). query-commands lists what it has.',
  ),
  plain(
    /^(?:Deprecated|Unstable) (?:parameter|value) '?(.*?)'? disabled by policy$/,
    'This QEMU was started with -compat to reject what is deprecated or unstable; .help names what to use instead.',
  ),
];
