// One table of the command line: the parser's input, the help text, the completions and the man page are made of it.

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What the value is called; absent for a switch. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
  /** The subcommands it belongs to; absent: connections of every kind. */
  readonly only?: readonly string[];
}

export interface Subcommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** The options it takes, where it makes no connection; `help` and `version` are taken by all. */
  readonly takes?: readonly string[];
  /** What may stand behind it, for completion: these words, names of pages (and files), or lessons; absent: files. */
  readonly words?: readonly string[] | 'pages' | 'lessons';
}

export const OPTIONS: readonly Option[] = [
  {
    name: 'command',
    short: 'c',
    value: 'LINE',
    multiple: true,
    help: 'run this line and leave; may be given again',
  },
  { name: 'hmp', short: 'H', help: 'lines are HMP commands, sent by human-monitor-command' },
  { name: 'skip-negotiation', short: 'N', help: 'no greeting and no qmp_capabilities' },
  {
    name: 'agent',
    help: "ADDRESS is a guest's agent (qemu-ga)",
    only: ['', 'play', 'check'],
  },
  { name: 'verbose', short: 'v', help: 'show each request before it is sent' },
  { name: 'pretty', short: 'p', help: "indent JSON by 4, as QEMU's documents print it" },
  { name: 'logfile', short: 'l', value: 'FILE', help: 'append every message of the connection to FILE' },
  {
    name: 'schema',
    value: 'FILE',
    multiple: true,
    help: 'take the schema from FILE, a reply of query-qmp-schema; check takes several, and all',
  },
  {
    name: 'on',
    value: 'ADDRESS',
    multiple: true,
    help: 'on this monitor, too, side by side: ADDRESS or NAME=ADDRESS, given again for each',
    only: ['', 'play'],
  },
  {
    name: 'hosts',
    value: 'FILE',
    help: 'on the monitors in FILE, one a row: [NAME=]ADDRESS [name=value ...]',
    only: ['', 'play'],
  },
  { name: 'parallel', value: 'N', help: 'several monitors: so many at a time (8)', only: ['', 'play'] },
  {
    name: 'fail-fast',
    help: 'several monitors: after a failure begin on no further one',
    only: ['', 'play'],
  },
  {
    name: 'exit-on-error',
    help: 'batch: the first line that fails is the last that runs',
    only: ['', 'practice'],
  },
  { name: 'events', help: 'batch: print events to standard error' },
  { name: 'timeout', value: 'T', help: 'the longest wait for the greeting and for a reply: 500ms, 3s, 2m' },
  { name: 'json', help: 'problems, events and reports as JSON, one a row' },
  { name: 'no-color', help: 'plain text' },
  { name: 'yes', short: 'y', help: 'answer yes where a question would be asked' },
  { name: 'keep', value: 'DIR', help: 'keep the files of the practice VM in DIR', only: ['practice'] },
  { name: 'step', help: 'play: step by step, with the prose', only: ['play'] },
  {
    name: 'from',
    value: 'STEP',
    help: 'begin at this step (its number, or the title of its section)',
    only: ['play', 'check', 'learn'],
  },
  { name: 'to', value: 'STEP', help: 'end behind this step', only: ['play', 'check'] },
  { name: 'section', value: 'TITLE', help: 'only the steps of this section', only: ['play', 'check'] },
  { name: 'dry-run', help: 'show every request and every $ line, and send nothing', only: ['play'] },
  {
    name: 'rehearse',
    help: 'play: on a likeness of the VM, and say whether it would go through',
    only: ['play'],
  },
  {
    name: 'faults',
    help: 'with --rehearse: refuse every step once, and see what the undo leaves',
    only: ['play'],
  },
  {
    name: 'cast',
    value: 'FILE',
    help: 'play: write the play as an asciicast (version 2) for terminal players',
    only: ['play'],
  },
  {
    name: 'html',
    value: 'FILE',
    help: 'play: write a hand-out: prose, steps, replies, the block graph before and after',
    only: ['play'],
  },
  { name: 'practice', help: 'on a throw-away VM of its own', only: ['play', 'check', 'lsp'] },
  { name: 'stdio', help: 'lsp: speak on standard input and output, the only way there is', only: ['lsp'] },
  {
    name: 'allow-shell',
    help: 'let pages run commands on this host without a question',
    only: ['', 'practice', 'play', 'check', 'learn'],
  },
  { name: 'update', help: 'write what comes into the page, where it differs', only: ['check'] },
  {
    name: 'format',
    value: 'FORM',
    help: 'report as text, junit, sarif or github (annotations)',
    only: ['check'],
  },
  { name: 'allow-empty', help: 'a file without a step is no fault', only: ['check'] },
  { name: 'keep-going', help: 'go on behind a step that failed', only: ['check'] },
  { name: 'fresh', help: 'with --practice: a VM of its own for each section', only: ['check'] },
  { name: 'replies', help: 'write requests and replies, too, for a document', only: ['record'] },
  { name: 'no-queries', help: 'leave out what only asks: query-*, qom-get', only: ['record'] },
  { name: 'paths', help: 'keep the folders of files as the log has them', only: ['record'] },
  {
    name: 'monitor',
    value: 'NAME',
    help: 'the monitor to take, of a log of several (libvirt: mon=NAME; qemu.qmp: QMPClient(NAME))',
    only: ['record'],
  },
  {
    name: 'keep-points',
    value: 'N',
    help: 'points: so many of each chain stay; the oldest of them becomes a full one, and those below it go',
    only: ['points'],
  },
  {
    name: 'listen',
    value: 'SOCK',
    help: 'share: the unix socket at which clients connect, for this user alone',
    only: ['share'],
  },
  { name: 'read-only', help: 'share: let through what only asks', only: ['share'] },
  {
    name: 'policy',
    value: 'FILE',
    help: 'share: let through what this file allows, row by row: allow|deny COMMAND NAME=VALUE ...',
    only: ['share'],
  },
  {
    name: 'audit',
    value: 'FILE',
    help: 'share: append when, who, what and the outcome of each command, one JSON a row',
    only: ['share'],
  },
  { name: 'for', value: 'T', help: 'doctor: look at the jobs for so long: 30s, 5m', only: ['doctor'] },
  { name: 'list', help: 'the lessons, what each teaches, and how far you are', only: ['learn'] },
  { name: 'script', help: 'print the lesson with all its answers', only: ['learn'] },
  { name: 'reset', help: 'forget how far you are, in LESSON or in all', only: ['learn'] },
  { name: 'version', short: 'V', help: 'print the version' },
  { name: 'help', short: 'h', help: 'print this help' },
];

export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'practice',
    usage: 'practice [--keep DIR] [-- QEMU ARGS]',
    help: 'a throw-away VM with a small disk, and a prompt',
  },
  {
    name: 'json',
    usage: 'json [LINE ...]',
    help: 'lines (or standard input) to requests, one JSON a row; nothing is sent',
    takes: ['command', 'pretty', 'schema', 'json', 'no-color'],
  },
  {
    name: 'play',
    usage: 'play PAGE [ADDRESS] [name=value ...]',
    help: 'play a page: a macro, a recording, a document; what fails is undone',
    words: 'pages',
  },
  {
    name: 'check',
    usage: 'check PAGE ... [ADDRESS] [name=value ...]',
    help: 'say where a page is not true; without an address or --practice, offline',
    words: 'pages',
  },
  {
    name: 'record',
    usage: 'record LOG [PAGE] [name=value ...|all]',
    help: "make a page of a log: qmpsh's, qmp-shell's, libvirt's, a transcript",
    takes: ['replies', 'no-queries', 'paths', 'monitor', 'json', 'no-color'],
  },
  {
    name: 'learn',
    usage: 'learn [LESSON] [--list | --script | --reset | --from STEP]',
    help: 'lessons on a throw-away VM; goes on where you stopped',
    words: 'lessons',
    takes: [
      'list',
      'script',
      'reset',
      'from',
      'allow-shell',
      'yes',
      'timeout',
      'verbose',
      'logfile',
      'no-color',
    ],
  },
  {
    name: 'list',
    usage: 'list [--json]',
    help: 'the monitors of this host: addresses, versions, who may open them and who holds them',
    takes: ['json', 'no-color'],
    words: [],
  },
  {
    name: 'share',
    usage: 'share ADDRESS --listen SOCK [--read-only] [--policy FILE] [--audit FILE]',
    help: 'any number of clients on a monitor that serves one',
    takes: ['listen', 'read-only', 'policy', 'audit', 'timeout', 'json', 'no-color'],
  },
  {
    name: 'doctor',
    usage: 'doctor [ADDRESS] [--for T] [--json]',
    help: 'what is wrong with a VM, why it matters, and what would help; nothing is changed',
    takes: ['for', 'json', 'timeout', 'schema', 'no-color'],
  },
  {
    name: 'points',
    usage: 'points [FOLDER] [--json | --keep-points N]',
    help: 'the points of backups in a folder, and what is broken or missing',
    takes: ['json', 'keep-points', 'yes', 'no-color'],
    words: [],
  },
  {
    name: 'lsp',
    usage: 'lsp [ADDRESS]',
    help: 'a language server for editors: pages are checked, completed and explained',
    takes: ['schema', 'practice', 'stdio'],
  },
  {
    name: 'types',
    usage: 'types [--schema FILE]',
    help: 'the commands and events of a QEMU as TypeScript declarations, for the library',
    takes: ['schema'],
    words: [],
  },
  {
    name: 'completion',
    usage: 'completion bash|zsh|fish',
    help: "a script that lets the host's shell complete qmpsh's arguments",
    takes: [],
    words: ['bash', 'zsh', 'fish'],
  },
];

/** What qmpsh is called with, besides the subcommands. */
export const FORMS: readonly (readonly [string, string])[] = [
  ['[ADDRESS]', 'a prompt; where standard input is no terminal, its lines are run'],
  ['-c LINE [-c LINE ...] ADDRESS', 'run the lines and leave'],
  ['-c LINE --on A --on B', 'run the lines on several monitors, side by side'],
  ['-- qemu-system-x86_64 ARGS', 'start QEMU as a child and own its monitor'],
];

/** The exit statuses. */
export const EXITS: readonly (readonly [number, string])[] = [
  [0, 'all well'],
  [
    1,
    'QEMU refused a command, a job failed, an expectation was not met, or nobody read the replies and lines did not run',
  ],
  [2, 'bad usage, or a line that cannot be understood (it was not sent)'],
  [3, 'no connection, or it was lost'],
  [4, 'time ran out'],
  [130, 'interrupted'],
];
