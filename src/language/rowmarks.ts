// What stands before a pasted line or in its place: prompts, arrows, marks of mails, prefixes of logs, colours; and what
// programs around a monitor say.

export interface Row {
  /** The row without what drives a terminal, and without its line end. */
  readonly whole: string;
  /** That without the marks of a mail. */
  readonly unquoted: string;
  /** What a line that begins with it begins with: marks and prompts taken off. */
  readonly text: string;
  readonly quoted: boolean;
  /** The line is this one row, whatever is open in it. */
  readonly alone: boolean;
  /** `answer`: QEMU said it. `around`: another program did, or it is a mark around code. */
  readonly leftOut?: 'answer' | 'around';
}

// Colours and other orders to a terminal.
const ORDERS = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
const QUOTED = /^\s*(?:>+(?=[\s({]|$)\s?)+/;

export function marked(raw: string): Row {
  // U+FEFF tells of an encoding.
  const bare = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  const plain = bare.includes('\x1b') ? bare.replace(ORDERS, '') : bare;
  const whole = plain.endsWith('\r') ? plain.slice(0, -1) : plain;
  const mark = QUOTED.exec(whole)?.[0] ?? '';
  const unquoted = whole.slice(mark.length);
  return { whole, unquoted, quoted: mark !== '', text: unquoted, alone: false, ...meant(unquoted) };
}

type Meant = Partial<Pick<Row, 'text' | 'alone' | 'leftOut'>>;

const HMP_PROMPT = /^\s*\(qemu\)\s+(?=\S)/;
const QMP_PROMPT = /^\s*(?:\((?:QEMU|qemu)\)(?:\s+|$))+/;
const SENT = /^\s*(?:(?:--?|=)>|\u2192|(?:QMP|qmp)>|C:)\s*(?=[{[])/;
const ANSWERED = /^\s*(?:<(?:--?|=)|\u2190|S:)\s*(?=[{[])/;

function meant(row: string): Meant {
  if (/^\s*\$ /.test(row) && !opens(row)) return { alone: true };
  const hmp = HMP_PROMPT.exec(row)?.[0];
  if (hmp !== undefined) return { text: `.hmp ${row.slice(hmp.length)}`, alone: true };
  const log = logged(row);
  if (log) return log;
  const answered = ANSWERED.exec(row)?.[0];
  if (answered !== undefined) return { text: row.slice(answered.length), leftOut: 'answer' };
  const prompt = QMP_PROMPT.exec(row)?.[0] ?? '';
  const sent = SENT.exec(row.slice(prompt.length))?.[0] ?? '';
  if (prompt !== '' || sent !== '') return { text: row.slice(prompt.length + sent.length) };
  return isAround(row) || opens(row) ? { leftOut: 'around' } : {};
}

// This shell's own log, libvirt's, and that of programs that test QEMU.
const OWN_LOG = /^\d{4}-\d\d-\d\dT[\d:.]+Z (->|<-) (?=\{)/;
const LIBVIRT = 'QEMU_MONITOR_';
const LIBVIRT_ROW = /^QEMU_MONITOR_(\w+): mon=\S+ (?:msg|reply|event|buf)=(?=\{)/;
const TESTER = 'Send command: {';

function logged(row: string): Meant | undefined {
  const own = OWN_LOG.exec(row);
  if (own) return { text: row.slice(own[0].length), ...(own[1] === '<-' ? { leftOut: 'answer' } : {}) };
  const at = row.indexOf(LIBVIRT);
  const libvirt = at > 0 ? LIBVIRT_ROW.exec(row.slice(at)) : null;
  if (libvirt) {
    const text = row.slice(at + libvirt[0].length).replace(/(?:\^M|\\r\\n)$/, '');
    return { text, ...(libvirt[1] === 'SEND_MSG' ? {} : { leftOut: 'answer' }) };
  }
  const sent = row.indexOf(TESTER);
  if (sent > 0 && /^\d\d/.test(row)) return { text: row.slice(sent + TESTER.length - 1) };
  return undefined;
}

// What nc, telnet and qmp-shell say, and the marks around code in wikis and mails.
const AROUND: readonly RegExp[] = [
  /^(?:Ncat: .*|Trying \S+\.\.\.|Connected to .*|Escape character is .*|Connection (?:closed|to)\b.*|telnet> .*)$/,
  /^(?:Welcome to the \w+ low-level shell!?|QEMU \S+ monitor - type 'help' .*)$/,
  /^(?:\^[\]CD]|(?:```|~~~)\s*[\w-]*|\{(?:code|noformat)(?::[\w.|=-]*)?\})$/,
  /^<\/?(?:pre|code|source|nowiki|syntaxhighlight)(?: [^<>]*)?>$/,
];
const HOST_PROMPT = /^(?:[\w.-]+@[^$#%]*[$#%]|[$#%])\s+/;
const OPENS =
  /^(?:sudo\s+|rlwrap\s+)*(?:\S*\/)?(?:(?:nc|ncat|netcat)\s+(?:-U\s+\S+|\S+\s+\d+)|telnet\s+\S+\s+\d+|socat\s[^|{}]*|qmp-shell\s[^|{}]*)$/;
// No such row is longer.
const LONGEST = 300;

function isAround(row: string): boolean {
  const text = row.length > LONGEST ? '' : row.trim();
  return text !== '' && AROUND.some(pattern => pattern.test(text));
}

/** Whether a row starts a program that connects its terminal to a monitor. */
function opens(row: string): boolean {
  return row.length <= LONGEST && OPENS.test(row.trim().replace(HOST_PROMPT, ''));
}
