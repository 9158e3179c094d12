// Changes of what turns values into values: text, messages, pages, the schema, lines, pictures, the editor.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the sources

export const VALUES = [
  // text
  {
    what: 'text: an integer beyond 2^53 is rounded',
    find: 'if (whole) return Number.isSafeInteger(value) ? value : BigInt(text);',
    put: 'if (whole) return value;',
    tests: ['text/json'],
  },
  {
    what: 'text: a member named __proto__ is lost',
    find: "if (key === '__proto__') {",
    put: "if (key === '__proto') {",
    tests: ['text/json'],
  },
  {
    what: 'text: an object with more members is the same',
    find: 'keys.length === Object.keys(b).length &&',
    put: '',
    tests: ['text/json'],
  },
  {
    what: 'text: marks that reorder text are printed raw',
    find: '\\u2060-\\u206f\\u3164',
    put: '\\u2060-\\u2065\\u206a-\\u206f\\u3164',
    tests: ['text/safe'],
  },
  {
    what: 'text: an amount is rounded up',
    find: 'const fraction = ((rest * 100n) >> shift)',
    put: 'const fraction = ((rest * 100n + (1n << shift) / 2n) >> shift)',
    tests: ['text/size'],
  },
  {
    what: 'text: 100% before all is done',
    find: 'Math.floor((part / whole) * 100)',
    put: 'Math.round((part / whole) * 100)',
    tests: ['text/size'],
  },
  {
    what: 'text: a text is cut without a mark',
    find: "if (where === 'end') return `${head(text, columns - 1)}…`;",
    put: "if (where === 'end') return head(text, columns);",
    tests: ['text/width'],
  },
  {
    what: 'text: a column that has no room is not told',
    find: 'leftOut: heads.filter((_, i) => !sizes.has(i)).map(column => column.name),',
    put: 'leftOut: [],',
    tests: ['text/table'],
  },
  {
    what: 'text: a name that is far from all is still guessed at',
    find: 'if (Math.max(wrong, longer) <= limit && longer * 2 <= want.length)',
    put: 'if (longer <= limit)',
    tests: ['text/fuzzy'],
  },

  // qmp
  {
    what: 'qmp: a backslash at the end of a chunk is forgotten',
    find: 'if (++i === length) this.#escape = true;',
    put: 'i++;',
    tests: ['qmp/framing'],
  },
  {
    what: 'qmp: an end in the middle of a message is none',
    find: 'if (this.#broken || this.#depth === 0) return;',
    put: 'if (!this.#broken) return;',
    tests: ['qmp/framing'],
  },
  {
    what: 'qmp: the order of members decides whose reply it is',
    find: 'return stringifyJson(sorted(id));',
    put: 'return stringifyJson(id);',
    tests: ['qmp/protocol'],
  },
  {
    what: 'qmp: an id that the user gave is given again',
    find: 'while (taken(idKey(id))) id = this.#next++;',
    put: '',
    tests: ['qmp/protocol', 'session/client'],
  },
  {
    what: 'qmp: half of a character is sent, and no reply comes',
    find: 'if (half !== undefined)',
    put: "if (half === '')",
    tests: ['qmp/protocol', 'session/client'],
  },
  {
    what: 'qmp: an agent that still answers somebody else is taken for ours',
    find: "reply?.kind === 'success' && reply.value !== this.#token;",
    put: 'false;',
    tests: ['qmp/protocol', 'session/client'],
  },

  // page
  {
    what: 'page: the beginning and the end of what is expected may overlap',
    find: 'return text.length - last.length >= at && text.endsWith(last);',
    put: 'return text.endsWith(last);',
    tests: ['page/match'],
  },
  {
    what: 'page: more rows than expected are as expected',
    find: "return at === have.length ? [] : [difference(`row ${at + 1}`, 'no further row', have[at])];",
    put: 'return [];',
    tests: ['page/match'],
  },
  {
    what: 'page: a longer list than expected is as expected',
    find: 'if (i >= pattern.items.length && found.length < MAX_DIFFERENCES) {',
    put: 'if (i < 0) {',
    tests: ['page/match'],
  },
  {
    what: 'page: 1K is 1000',
    find: 'return integer(BigInt(found[1]) * 1024n ** BigInt(power));',
    put: 'return integer(BigInt(found[1]) * 1000n ** BigInt(power));',
    tests: ['page/'],
  },
  {
    what: 'page: a text of digits becomes a number',
    find: 'return SAFE.test(json) && (loose || !GUESSED.test(json)) ? json : stringifyJson(json);',
    put: 'return SAFE.test(json) ? json : stringifyJson(json);',
    tests: ['page/qmpline'],
  },
  {
    what: 'page: a value ends the quotes it stands in',
    find: "return text.replace(/[\"\\\\$`]/g, '\\\\$&');",
    put: 'return text;',
    tests: ['page/shell'],
  },
  {
    what: 'page: a value is read as an option',
    find: "if (spot.noDash && text.startsWith('-'))",
    put: "if (spot.noDash && text === '-')",
    tests: ['page/shell'],
  },
  {
    what: 'page: if=!name runs when the name is set',
    find: 'return !isSet;',
    put: 'return isSet;',
    tests: ['page/bind', 'page/page', 'page/read'],
  },
  {
    what: 'page: .expect compares as text',
    find: "case '==':\n      return equalJson(value, wanted);",
    put: "case '==':\n      return String(value) === String(wanted);",
    tests: ['page/'],
  },
  {
    what: 'page: what is unequal meets ==',
    find: 'default: {\n      if (!isNumber(value) || !isNumber(wanted)) return false;',
    put: 'default: {\n      if (!isNumber(value) || !isNumber(wanted)) return true;',
    tests: ['page/'],
  },
  {
    what: 'page: an edit shifts the ones behind it',
    find: 'for (const edit of [...edits].sort((a, b) => a.start - b.start)) {',
    put: 'for (const edit of edits) {',
    tests: ['page/page', 'page/read'],
  },
  {
    what: 'page: a recorded dollar becomes a name when it is played',
    find: 'return doubled && !names.has(next) ? `$${dollar}` : dollar;',
    put: 'return dollar;',
    tests: ['page/record', 'page/page'],
  },
  {
    what: 'page: a fence that is never closed is no fault',
    find: 'if (close === rows.length) {',
    put: 'if (close > rows.length) {',
    tests: ['page/page', 'page/read'],
  },

  // schema
  {
    what: 'schema: a number of more than 64 bits passes',
    find: 'if (value >= SMALLEST && value <= LARGEST) return;',
    put: 'if (value >= SMALLEST) return;',
    tests: ['schema/check'],
  },
  {
    what: 'schema: an argument that is missing is not',
    find: 'if (missing.length > 0) this.findings.push(',
    put: 'if (missing.length < 0) this.findings.push(',
    tests: ['schema/check'],
  },
  {
    what: 'schema: device_add takes only what the schema lists',
    find: "new Set(['device_add', 'netdev_add', 'object-add'])",
    put: "new Set(['netdev_add', 'object-add'])",
    tests: ['schema/load', 'schema/check', 'schema/walk', 'language/learned'],
  },
  {
    what: 'schema: a secret behind a flag of a program is shown',
    find: "return namesSecret(flag.replace(/^-+/, '')) || mayHoldSecret(`${flag} ${item}`);",
    put: 'return false;',
    tests: ['schema/secrets'],
  },
  {
    what: 'schema: a secret set by qom-set is shown',
    find: "return isSecret ? withMask(args, 'value') : args;",
    put: 'return args;',
    tests: ['schema/secrets'],
  },
  {
    what: 'schema: a secret behind an escape is shown',
    find: 'return places(decoded(text)).length > 0;',
    put: 'return places(text).length > 0;',
    tests: ['schema/secrets'],
  },
  {
    what: 'schema: a secret written otherwise in JSON is shown',
    find: 'JSON.stringify(value).slice(1, -1),',
    put: '',
    tests: ['schema/secrets', 'secrets.test'],
  },
  {
    what: 'schema: exec: in a list of addresses is no program',
    find: "if (isObject(value) && value['transport'] === 'exec') found.push(words(value['args'] ?? []));",
    put: '',
    tests: ['schema/programs'],
  },
  {
    what: 'schema: the scripts of a tap are no programs',
    find: "text('script') ?? '/etc/qemu-ifup'",
    put: "text('script') ?? 'no'",
    tests: ['schema/programs'],
  },
  {
    what: 'schema: q does not leave',
    find: "return spelt(line) === 'quit';",
    put: "return line.trim() === 'quit';",
    tests: ['schema/hmp', 'session/client'],
  },
  {
    what: 'schema: snapshot-load is not asked about',
    find: "['snapshot-load', 'snapshot-load puts",
    put: "['snapshot_load', 'snapshot-load puts",
    tests: ['schema/notes'],
  },
  {
    what: 'schema: a failure that only the text tells is none',
    find: 'return hmpFailure(line, reply.value);',
    put: 'return undefined;',
    tests: ['schema/hmp', 'hmp.test'],
  },

  // language
  {
    what: 'language: 1K is 1000',
    find: '1024n ** BigInt(SUFFIXES',
    put: '1000n ** BigInt(SUFFIXES',
    tests: ['language/parse'],
  },
  {
    what: 'language: a guessed number is rounded',
    find: 'return exactInteger(readInteger(text) ?? 0n);',
    put: 'return Number(text);',
    tests: ['language/parse'],
  },
  {
    what: 'language: the first form that is printed is taken, whatever it says',
    find: 'if (says(text, request, schema)) return text;',
    put: 'return text;',
    tests: ['language/print'],
  },
  {
    what: 'language: a name of digits is completed without quotes',
    find: "return untyped && typeof guess(value) !== 'string';",
    put: 'return false;',
    tests: ['language/complete'],
  },
  {
    what: 'language: $ lines of a transcript run though they were left out',
    find: '|| (this.#options.shell === true && STEP.test(row));',
    put: '|| STEP.test(row);',
    tests: ['language/pasted', 'language/transcript'],
  },
  {
    what: 'language: replies of a transcript are run',
    find: 'const among = prompted && !this.#prompts(row.unquoted);',
    put: 'const among = false;',
    tests: ['language/pasted', 'language/transcript'],
  },
  {
    what: 'language: a bracket closes only what was opened last',
    find: 'const fits = this.#brackets.at(-1) === opener || !this.#brackets.includes(opener);',
    put: 'const fits = true;',
    tests: ['language/openrows'],
  },
  {
    what: 'language: of an argument given twice one is dropped',
    find: 'else this.twice(arg, known);',
    put: '',
    tests: ['language/parse'],
  },
  {
    what: 'language: on is text where true is wanted',
    find: "['on', true],",
    put: '',
    tests: ['language/parse'],
  },
  {
    what: 'language: what cannot be in a transaction is sent in one',
    find: 'const action = allowed.find(one => one.name === call.name);',
    put: 'const action = allowed.find(one => one.name === call.name) ?? allowed[0];',
    tests: ['language/parse', 'language/problem'],
  },

  // series
  {
    what: 'series: the bitmap of the parent goes with the older ones',
    find: 'const kept = stays ? [now, stays] : [now];',
    put: 'const kept = [now];',
    tests: ['series/follow'],
  },
  {
    what: 'series: what tells of the size of a series that goes on is removed',
    find: 'const first = stays && beginningOf(disk, stays)?.first;',
    put: 'const first = stays;',
    tests: ['series/follow'],
  },
  {
    what: 'series: a disk that is being backed up is in a moment',
    find: 'const busy = disks.find(isBusy);',
    put: 'const busy = disks.find(() => false);',
    tests: ['series/follow'],
  },
  {
    what: 'series: a disk that is to get a full point loses its newest bitmap',
    find: 'outdated: goesOn ? [] : outdated(disk, point, newest),',
    put: 'outdated: goesOn ? [] : outdated(disk, point, undefined),',
    tests: ['series/follow'],
  },
  {
    what: 'series: the disks of a moment have times of their own',
    find: 'const stamp = stampOf(Math.max(...disks.map(disk => nextTime(disk, wanted.time))));',
    put: 'const stamp = stampOf(wanted.time);',
    tests: ['series/follow'],
  },
  {
    what: 'series: an export without room is taken',
    find: 'if (has >= needs) return undefined;',
    put: 'if (has >= 0) return undefined;',
    tests: ['play/exports'],
  },
  {
    what: 'series: a raw image is a point of a series',
    find: "if (format !== 'raw') return undefined;",
    put: "if (format !== '') return undefined;",
    tests: ['play/exports'],
  },
  {
    what: 'play: a guest that was let go too early is consistent',
    find: 'consistent: frozen > 0 && why === undefined',
    put: 'consistent: frozen > 0',
    tests: ['play/still'],
  },
  {
    what: 'series: points that others stand on go',
    find: 'if (rows.length > 0 && !needed && !unsure && !used)',
    put: 'if (rows.length > 0 && !unsure && !used)',
    tests: ['cli/keep'],
  },
  {
    what: 'series: the oldest points go first',
    find: 'const below = chain.slice(0, first).reverse();',
    put: 'const below = chain.slice(0, first);',
    tests: ['cli/keep'],
  },
  {
    what: 'series: a chain that forks is merged',
    find: 'if (next.length > 1) why ??=',
    put: 'if (next.length > 9) why ??=',
    tests: ['cli/keep'],
  },
  {
    what: 'series: a broken chain is merged',
    find: 'if (row.problem !== undefined) why ??= row.problem;',
    put: '',
    tests: ['cli/keep'],
  },

  // render
  {
    what: 'render: a job that failed is done',
    find: "if (job.result === 'failed' || job.error !== undefined) return span('FAILED', 'error');",
    put: "if (job.error !== undefined) return span('FAILED', 'error');",
    tests: ['render/job'],
  },
  {
    what: 'render: a job stopped by an error is only paused',
    find: 'if (job.halted !== undefined) return span(',
    put: "if (job.halted === '') return span(",
    tests: ['render/job'],
  },
  {
    what: 'render: a burst of events counts as one',
    find: 'show.push({ event: window.last, count: window.held });',
    put: 'show.push({ event: window.last, count: 1 });',
    tests: ['render/burst'],
  },
  {
    what: 'render: SHUTDOWN is held back in a burst',
    find: 'if (NEVER_HELD.test(event.name)) return',
    put: "if (event.name === '') return",
    tests: ['render/burst'],
  },
  {
    what: 'render: a list is cut and nothing says so',
    find: '...cut(value.length, width)] : list;',
    put: '] : list;',
    tests: ['render/large', 'render/reply'],
  },
  {
    what: 'render: text of the human monitor drives the terminal',
    find: 'const body = trimTail(safe(text, { keepNewlines: true }));',
    put: 'const body = trimTail(text);',
    tests: ['render/reply'],
  },
  {
    what: 'render: JSON is folded and nothing says so',
    find: '...(state.folded ? [FOLDED] : [])',
    put: '',
    tests: ['render/json', 'render/large'],
  },
  {
    what: 'render: a speed of 0 is no speed at all',
    find: "if (isJob && last === 'speed' && Number(value) === 0) return 'no limit';",
    put: '',
    tests: ['render/'],
  },
  {
    what: 'render: time left of a job that is held',
    find: "if (pace === undefined || job.len === undefined || job.offset === undefined || job.state !== 'running')",
    put: 'if (pace === undefined || job.len === undefined || job.offset === undefined)',
    tests: ['render/job'],
  },
  {
    what: 'render: the name of an event drives the terminal',
    find: 'const name = span(safe(event.name), severity(event));',
    put: 'const name = span(event.name, severity(event));',
    tests: ['render/event'],
  },

  // editor
  {
    what: 'editor: Ctrl-C keeps what was typed ahead',
    find: "return withEffect({ ...state, busy: { ...foreground, kept: [] } }, { type: 'interrupt' });",
    put: "return withEffect({ ...state, busy: foreground }, { type: 'interrupt' });",
    tests: ['editor/actions', 'editor/editor'],
  },
  {
    what: 'editor: any key answers a question',
    find: "return away ? done('C-c') : withEffect(state, { type: 'bell' });",
    put: "return done(away ? 'C-c' : (question.keys[0] ?? ''));",
    tests: ['editor/'],
  },
  {
    what: 'editor: a paste runs at its last row',
    find: "const text = paste ? trimTail(input.text.replace(/\\r\\n?/g, '\\n')) : input.text;",
    put: 'const text = input.text;',
    tests: ['editor/'],
  },
  {
    what: 'editor: an answer about the cursor is a key',
    find: "if (name === undefined || ((final === 'R' || (final >= 'a' && final <= 'd')) && params !== '')) return [];",
    put: 'if (name === undefined) return [];',
    tests: ['editor/keys'],
  },
  {
    what: 'editor: a paste that ends between two chunks never ends',
    find: 'let keep = Math.min(PASTE_END.length - 1, this.#rest.length);',
    put: 'let keep = 0;',
    tests: ['editor/keys'],
  },
  {
    what: 'editor: Up ignores what is typed already',
    find: 'return seek(entries, walk.index - 1, -1, text => text.startsWith(walk.prefix) && text !== shown);',
    put: 'return seek(entries, walk.index - 1, -1, text => text !== shown);',
    tests: ['editor/actions'],
  },
  {
    what: 'editor: an answer for another line changes this one',
    find: 'const current = state.asked?.text === text && state.asked.cursor === cursor;',
    put: 'const current = state.asked !== undefined;',
    tests: ['editor/'],
  },
  {
    what: 'editor: a letter of two halves is torn',
    find: 'return at - last;',
    put: 'return at - 1;',
    tests: ['editor/'],
  },
  {
    what: 'editor: rows that are no more stay on the screen',
    find: 'if (reach > after.rows.length) pen.eraseBelow(after.rows.length);',
    put: '',
    tests: ['editor/view'],
  },
  {
    what: 'editor: a line that is typed ahead is lost when the foreground is free',
    find: "return kept.length === 0 ? just(free) : withEffect(free, { type: 'replay', inputs: kept });",
    put: 'return just(free);',
    tests: ['editor/'],
  },
];
