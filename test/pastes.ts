// What people paste and pipe, and the lines that are to run of it. Made for the tests after what stands in public reports,
// wikis and mails.

export interface Paste {
  readonly what: string;
  readonly text: string;
  /** `row: line` of each line that runs. */
  readonly runs: readonly string[];
  /** Messages of QEMU's that are left out where the text is piped. At the prompt a transcript leaves out prose, too. */
  readonly answers?: number;
  /** Only at the prompt, where what has no prompt is known to be prose. */
  readonly prose?: true;
}

const STATUS = '{"execute": "query-status"}';
const STOP = '{"execute": "stop"}';
const CAPS = '{"execute": "qmp_capabilities"}';
const GREETING =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}';
const DONE = '{"return": {}}';
const EVENT = '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}';
const REFUSED = '{"error": {"class": "GenericError", "desc": "Device not found"}}';
const PRETTY = '{\n    "return": {\n        "running": true\n    }\n}';

export const PASTES: readonly Paste[] = [
  // Conversations without prompts.
  {
    what: 'nc',
    text: `$ nc -U /tmp/qmp.sock\n${GREETING}\n${CAPS}\n${DONE}\n${STATUS}\n${PRETTY}`,
    runs: [`3: ${CAPS}`, `5: ${STATUS}`],
    answers: 3,
  },
  {
    what: 'nc by name and port',
    text: `nc localhost 4444\n${GREETING}\n${STOP}\n${EVENT}\n${DONE}\n^C`,
    runs: [`3: ${STOP}`],
    answers: 3,
  },
  {
    what: 'socat',
    text: `root@host:~# socat - UNIX-CONNECT:/run/q.sock\n${GREETING}\n${STATUS}`,
    runs: [`3: ${STATUS}`],
    answers: 1,
  },
  {
    what: 'sudo and rlwrap',
    text: `$ sudo rlwrap socat STDIO UNIX:/run/q\n${STATUS}\n${DONE}`,
    runs: [`2: ${STATUS}`],
    answers: 1,
  },
  {
    what: 'telnet',
    text: `$ telnet localhost 4444\nTrying 127.0.0.1...\nConnected to localhost.\nEscape character is '^]'.\n${GREETING}\n${STATUS}\n${DONE}\n^]\ntelnet> quit\nConnection closed.`,
    runs: [`6: ${STATUS}`],
    answers: 2,
  },
  {
    what: 'Ncat',
    text: `Ncat: Connected to 127.0.0.1:4444.\n${STOP}\n${DONE}`,
    runs: [`2: ${STOP}`],
    answers: 1,
  },
  {
    what: 'a reply over rows behind a request',
    text: `${STATUS}\n${PRETTY}\n${STOP}`,
    runs: [`1: ${STATUS}`, `7: ${STOP}`],
    answers: 1,
  },
  { what: 'a refusal', text: `${STOP}\n${REFUSED}`, runs: [`1: ${STOP}`], answers: 1 },
  { what: 'an event before its reply', text: `${STOP}\n${EVENT}\n${DONE}`, runs: [`1: ${STOP}`], answers: 2 },
  {
    what: 'a reply with an id',
    text: `{"execute": "stop", "id": 7}\n{"return": {}, "id": 7}`,
    runs: ['1: {"execute": "stop", "id": 7}'],
    answers: 1,
  },
  { what: 'a reply and a request in one row', text: `${DONE} ${STATUS}`, runs: [`1: ${STATUS}`], answers: 1 },
  {
    what: 'a reply that holds the word execute',
    text: `{"return": [{"name": "execute"}]}\n${STATUS}`,
    runs: [`2: ${STATUS}`],
    answers: 1,
  },
  {
    what: "Python's way to print a reply",
    text: "query-status\n{u'return': {u'running': True}}\n{'return': None}",
    runs: ['1: query-status'],
    answers: 2,
  },
  { what: 'only what QEMU said', text: `${GREETING}\n${DONE}`, runs: [], answers: 2 },
  // Prompts.
  {
    what: 'qmp-shell',
    text: `$ ./scripts/qmp/qmp-shell /tmp/q\nWelcome to the QMP low-level shell!\nConnected to QEMU 7.2.22\n\n(QEMU) query-status\n${DONE}\n(QEMU) `,
    runs: ['5: query-status'],
    answers: 1,
  },
  { what: 'a reply behind a prompt', text: `(QEMU) stop\n(QEMU) ${DONE}`, runs: ['1: stop'], answers: 1 },
  {
    what: 'a greeting behind an arrow',
    text: `-> ${GREETING}\n-> ${STOP}`,
    runs: [`2: ${STOP}`],
    answers: 1,
  },
  { what: 'JSON behind the prompt', text: `(QEMU) ${STATUS}`, runs: [`1: ${STATUS}`] },
  { what: 'two prompts', text: '(QEMU) (QEMU) query-status', runs: ['1: query-status'] },
  {
    what: "socat's own prompt",
    text: `QMP> ${CAPS}\n${DONE}\nQMP> ${STOP}\n${REFUSED}`,
    runs: [`1: ${CAPS}`, `3: ${STOP}`],
    answers: 2,
  },
  { what: 'arrows', text: `-> ${STOP}\n<- ${EVENT}\n<- ${DONE}`, runs: [`1: ${STOP}`], answers: 2 },
  {
    what: 'an answer over rows behind an arrow',
    text: `-> ${STATUS}\n<- { "return": {\n       "running": true } }\n-> ${STOP}`,
    runs: [`1: ${STATUS}`, `4: ${STOP}`],
    answers: 1,
  },
  { what: 'long arrows', text: `--> ${STOP}\n<-- ${DONE}`, runs: [`1: ${STOP}`], answers: 1 },
  { what: 'double arrows', text: `=> ${STOP}\n<= ${DONE}`, runs: [`1: ${STOP}`], answers: 1 },
  { what: 'printed arrows', text: `→ ${STOP}\n← ${DONE}`, runs: [`1: ${STOP}`], answers: 1 },
  {
    what: 'client and server',
    text: `S: ${GREETING}\nC: ${STOP}\nS: ${DONE}`,
    runs: [`2: ${STOP}`],
    answers: 2,
  },
  {
    what: 'a request over rows behind an arrow',
    text: `-> { "execute": "stop",\n     "id": 1 }\n<- { "return": {}, "id": 1 }`,
    runs: ['1: { "execute": "stop",\n     "id": 1 }'],
    answers: 1,
  },
  {
    what: 'the human monitor',
    text: '(qemu) info status\n(QEMU) stop',
    runs: ['1: .hmp info status', '2: stop'],
  },
  {
    what: 'prose around prompts',
    text: `First look:\n\n    (QEMU) query-status\n\nThen:\n    (QEMU) stop`,
    runs: ['3: query-status', '6: stop'],
    prose: true,
  },
  { what: 'prose that holds an arrow', text: `a -> b\n-> ${STOP}`, runs: [`2: ${STOP}`], prose: true },
  // Several in one row.
  { what: 'two requests with a blank', text: `${CAPS} ${STATUS}`, runs: [`1: ${CAPS}`, `1: ${STATUS}`] },
  { what: 'two requests without one', text: `${CAPS}${STATUS}`, runs: [`1: ${CAPS}`, `1: ${STATUS}`] },
  { what: 'two requests with ";"', text: `${CAPS}; ${STATUS};`, runs: [`1: ${CAPS}`, `1: ${STATUS};`] },
  { what: 'two requests with ","', text: `${CAPS},\n${STATUS},`, runs: [`1: ${CAPS},`, `2: ${STATUS},`] },
  {
    what: 'the second goes on in the next row',
    text: '{"execute": "stop"} {"execute":\n"cont"}',
    runs: ['1: {"execute": "stop"}', '1: {"execute":\n"cont"}'],
  },
  {
    what: 'the second begins in the row where the first ends',
    text: '{"execute":\n"stop"} {"execute": "cont"}',
    runs: ['1: {"execute":\n"stop"}', '2: {"execute": "cont"}'],
  },
  { what: 'commands with ";"', text: 'stop; query-status', runs: ['1: stop', '1: query-status'] },
  { what: 'a ";" by itself', text: 'stop ; cont', runs: ['1: stop', '1: cont'] },
  {
    what: 'three commands, and ";" at the end',
    text: 'stop; query-status; cont;',
    runs: ['1: stop', '1: query-status', '1: cont'],
  },
  { what: 'arguments before ";"', text: 'device_del id=x; stop', runs: ['1: device_del id=x', '1: stop'] },
  {
    what: 'a ";" in a value parts nothing',
    text: 'blockdev-add driver=file node-name=n filename=a;b',
    runs: ['1: blockdev-add driver=file node-name=n filename=a;b'],
  },
  {
    what: 'a ";" at the end of a value stays there',
    text: 'screendump filename=a; device=b',
    runs: ['1: screendump filename=a; device=b'],
  },
  {
    what: 'a ";" in quotes parts nothing',
    text: 'human-monitor-command command-line="a; b"',
    runs: ['1: human-monitor-command command-line="a; b"'],
  },
  {
    what: 'a ";" for the host parts nothing',
    text: 'query-block | jq .; cat',
    runs: ['1: query-block | jq .; cat'],
  },
  // Comments.
  { what: 'a comment behind JSON', text: `${STOP} # pause`, runs: [`1: ${STOP} # pause`] },
  { what: 'such a comment with two slashes', text: `${STOP} // pause`, runs: [`1: ${STOP} // pause`] },
  { what: 'glued', text: `${STOP}//pause`, runs: [`1: ${STOP}//pause`] },
  {
    what: 'rows of comments',
    text: `// stop it\n${STOP}\n# look\n${STATUS}`,
    runs: [`2: ${STOP}`, `4: ${STATUS}`],
  },
  {
    what: 'a comment behind a command',
    text: 'query-status # why\nstop // now',
    runs: ['1: query-status # why', '2: stop // now'],
  },
  {
    what: 'a comment with a bracket',
    text: 'query-status # {\nstop',
    runs: ['1: query-status # {', '2: stop'],
  },
  // Backslashes.
  {
    what: 'a backslash at the end of a row',
    text: 'blockdev-add driver=null-co \\\n    node-name=n \\\n    size=1M\nstop',
    runs: ['1: blockdev-add driver=null-co \\\n    node-name=n \\\n    size=1M', '4: stop'],
  },
  { what: 'behind the name', text: 'query-status \\\n\nstop', runs: ['1: query-status \\\n', '3: stop'] },
  {
    what: 'in a literal',
    text: 'blockdev-add file={"driver": "file", \\\n"filename": "a"}',
    runs: ['1: blockdev-add file={"driver": "file", \\\n"filename": "a"}'],
  },
  {
    what: 'of a file name',
    text: 'screendump filename=C:\\dir\\\nstop',
    runs: ['1: screendump filename=C:\\dir\\', '2: stop'],
  },
  // Mails, wikis, here-documents, logs.
  {
    what: 'a mail',
    text: `> ${CAPS}\n> ${DONE}\n> ${STATUS}`,
    runs: [`1: ${CAPS}`, `3: ${STATUS}`],
    answers: 1,
  },
  {
    what: 'a mail in a mail',
    text: `> > (QEMU) query-status\n>> ${DONE}`,
    runs: ['1: query-status'],
    prose: true,
  },
  {
    what: 'a request over rows in a mail',
    text: '> {"execute":\n>   "stop"}',
    runs: ['1: {"execute":\n  "stop"}'],
  },
  { what: 'empty rows of a mail', text: `>\n> ${STOP}\n>`, runs: [`2: ${STOP}`] },
  {
    what: 'a here-document',
    text: `nc -U /tmp/q <<EOF\n${CAPS}\n${STATUS}\nEOF`,
    runs: [`2: ${CAPS}`, `3: ${STATUS}`],
  },
  {
    what: 'one through cat',
    text: `cat <<'END' | socat - UNIX:/tmp/q\n${STOP}\nEND\n`,
    runs: [`2: ${STOP}`],
  },
  {
    what: 'what a shell shows of one',
    text: `$ qmp-shell /tmp/q << EOF\n> query-status\n> EOF`,
    runs: ['2: query-status'],
  },
  { what: 'Markdown', text: `\`\`\`json\n${STOP}\n\`\`\``, runs: [`2: ${STOP}`] },
  {
    what: 'Jira',
    text: `{code:json}\n${STOP}\n{code}\n{noformat}\n${STATUS}\n{noformat}`,
    runs: [`2: ${STOP}`, `5: ${STATUS}`],
  },
  {
    what: 'a wiki',
    text: `<pre>\n${STOP}\n</pre>\n<syntaxhighlight lang="json">\n${STATUS}\n</syntaxhighlight>`,
    runs: [`2: ${STOP}`, `5: ${STATUS}`],
  },
  {
    what: "libvirt's log",
    text: `2024-01-01 10:00:00.000+0000: 123: info : qemuMonitorSend:864 : QEMU_MONITOR_SEND_MSG: mon=0x7f00 msg={"execute":"query-block","id":"libvirt-9"}\n2024-01-01 10:00:00.001+0000: 123: info : qemuMonitorJSONIOProcessLine:208 : QEMU_MONITOR_RECV_REPLY: mon=0x7f00 reply={"return": [], "id": "libvirt-9"}`,
    runs: ['1: {"execute":"query-block","id":"libvirt-9"}'],
    answers: 1,
  },
  {
    what: "this shell's log",
    text: `2026-01-01T00:00:00.000Z -> ${STOP}\n2026-01-01T00:00:00.001Z <- ${DONE}`,
    runs: [`1: ${STOP}`],
    answers: 1,
  },
  {
    what: "a tester's log",
    text: "13:51:24 DEBUG| Send command: {'execute': 'stop', 'id': 'L9'}",
    runs: ["1: {'execute': 'stop', 'id': 'L9'}"],
  },
  // Marks that nobody sees.
  { what: 'a BOM', text: `\ufeff${STOP}`, runs: [`1: ${STOP}`] },
  {
    what: 'colours',
    text: `\x1b[1m(QEMU)\x1b[0m query-status\n\x1b[32m${STOP}\x1b[m`,
    runs: ['1: query-status'],
    prose: true,
  },
  {
    what: 'colours in JSON',
    text: '\x1b[34;1m{"execute"\x1b[0m: \x1b[32m"stop"\x1b[0m}',
    runs: [`1: ${STOP}`],
  },
  { what: 'a title for the window', text: `\x1b]0;host\x07query-status`, runs: ['1: query-status'] },
  { what: 'CRLF', text: `${CAPS}\r\n${STATUS}\r\n`, runs: [`1: ${CAPS}`, `2: ${STATUS}`] },
  {
    what: 'no-break blanks',
    text: 'query-status\u00a0\n\u00a0{"execute":\u00a0"stop"}',
    runs: ['1: query-status', '2: {"execute":\u00a0"stop"}'],
  },
];
