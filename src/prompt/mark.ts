// The prompt itself: which VM it is where there is more than one, and that a recording runs. A line that has run keeps the
// plain prompt: so it can be pasted again.
import type { Editor } from '../editor/editor.ts';
import { unlessGivenUp } from '../line/send.ts';
import type { Session } from '../session/client.ts';
import { isObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Span } from '../text/style.ts';
import { fit } from '../text/width.ts';
import type { PromptHost } from './prompt.ts';

const GONE: Span = { text: '(gone) ', role: 'warning' };
/** Cells that a VM's name may take. */
const LONGEST = 24;

export class Mark {
  readonly #editor: Editor;
  readonly #host: PromptHost;
  readonly #plain: Span;
  readonly #names = new WeakMap<Session, string>();
  /** The monitors spoken to from one folder: a lesson's are others than those before it. */
  readonly #played = new Set<string>();
  #folder = '';

  constructor(editor: Editor, host: PromptHost, plain: Span) {
    this.#editor = editor;
    this.#host = host;
    this.#plain = plain;
  }

  /** The prompt is at a monitor. */
  joined(): void {
    const { folder, address, session } = this.#host;
    if (folder !== this.#folder) this.#played.clear();
    this.#folder = folder;
    this.#played.add(address);
    this.show();
    if (session && this.#tells()) void this.#learn(session);
  }

  /** Draws it anew: a setting, the recording or the connection is another one. */
  show(): void {
    const { session, recorder, settings } = this.#host;
    if (!session) {
      this.#editor.setPrompt(GONE);
      return;
    }
    if (this.#tells() && !this.#names.has(session)) void this.#learn(session);
    const base = session.isAgent ? 'guest' : this.#plain.text.replace(/[() ]/g, '');
    const name = this.#name(session);
    const parts: ReadonlyMap<string, string> = new Map([
      ['%n', name],
      ['%a', this.#host.address],
      ['%%', '%'],
    ]);
    const inside =
      settings.prompt === 'auto'
        ? base + (this.#isOneOfMany ? ` ${name}` : '')
        : settings.prompt.replace(/%[na%]/g, what => parts.get(what) ?? what);
    const text = `${recorder ? 'rec ' : ''}(${safe(inside)}) `;
    this.#editor.setPrompt({ ...this.#plain, text }, this.#plain);
  }

  get #isOneOfMany(): boolean {
    return this.#played.size > 1 || this.#host.monitors.several;
  }

  /** Whether the VM's name is in it. */
  #tells(): boolean {
    const { prompt } = this.#host.settings;
    return prompt === 'auto' ? this.#isOneOfMany : prompt.includes('%n');
  }

  #name(session: Session): string {
    const tail = this.#host.address.split('/').at(-1) ?? '';
    return fit(this.#host.monitors.nameOf(session) ?? this.#names.get(session) ?? tail, LONGEST, 'middle');
  }

  /** The name that the VM was given. Without one, or without an answer, it is the end of its address. */
  async #learn(session: Session): Promise<void> {
    this.#names.set(session, this.#name(session));
    if (session.isAgent) return; // nobody has asked for the guest's own name
    const reply = await unlessGivenUp(session.execute('query-name')).catch(() => undefined);
    const name = reply?.kind === 'success' && isObject(reply.value) ? reply.value['name'] : undefined;
    if (typeof name !== 'string' || name === '') return;
    this.#names.set(session, name);
    if (this.#host.session === session) this.show();
  }
}
