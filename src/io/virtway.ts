// The two ways in which requests reach the QEMU of a libvirt domain, one at a time: virsh, or libvirt's own proxy.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { Framer } from '../qmp/framing.ts';
import type { Transport } from '../qmp/transport.ts';
import { isObject, type JsonObject, member, parseJson, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { bound, holdChild } from './bound.ts';
import { dial } from './dial.ts';
import type { Running } from './domain.ts';
import { watchEvents } from './domainwatch.ts';
import { findProgram } from './program.ts';
import { SocketTransport } from './socket.ts';
import { Tail, WAY_LOST } from './tail.ts';
import { libvirtError, virsh } from './virsh.ts';

export interface Way {
  /** Resolves when no event is missed any more. */
  readonly ready: Promise<void>;
  /**
   * QEMU's reply to a request without an id. Rejects with a QmpshError: `refused` where libvirt has not passed it on, `connect`
   * where the way is gone.
   */
  ask(request: JsonObject): Promise<JsonObject>;
  close(): void;
  hold(on: boolean): void;
}

/** What comes by itself. */
interface WayListener {
  event(text: string): void;
  lost(error: QmpshError): void;
}

/** The longest argument that a program takes (Linux: MAX_ARG_STRLEN). */
const LONGEST = 128 * 1024 - 1;
/** What libvirt says where it has passed nothing on. */
const NOT_PASSED_ON = /cannot acquire state change lock|Unable to append command|access denied/i;

/** A virsh for each request, and one for the events. */
export function virshWay(uri: string | undefined, domain: Running, listener: WayListener): Way {
  const events = watchEvents(
    uri,
    domain,
    text => listener.event(text),
    error => listener.lost(error),
  );
  const stop = new AbortController();
  return {
    ready: events.watching,
    ask: async request => {
      const text = stringifyJson(request);
      if (Buffer.byteLength(text) > LONGEST)
        throw refused(
          'virsh takes no more than 128 KiB at once; virt-qemu-qmp-proxy, where it is installed, does',
        );
      const { status, out, words } = await virsh(
        uri,
        ['qemu-monitor-command', domain.id, '--', text],
        stop.signal,
      );
      const reply = status === 0 ? parseJson(out.trim()) : undefined;
      if (isObject(reply)) return reply;
      throw NOT_PASSED_ON.test(words)
        ? refused(safe(words))
        : libvirtError(words, { uri, domain: domain.name });
    },
    close: () => {
      stop.abort();
      events.close();
    },
    hold: on => events.hold(on),
  };
}

function refused(why: string): QmpshError {
  return new QmpshError('refused', `libvirt did not pass it on: ${why}`);
}

const PROXY = 'virt-qemu-qmp-proxy';
/** Milliseconds between two looks for the proxy's socket. */
const LOOK = 10;

/** The proxy, where it is installed and starts; undefined where not. It tells nobody when the domain ends. */
export async function proxyWay(
  uri: string | undefined,
  domain: Running,
  listener: WayListener,
  signal: AbortSignal,
): Promise<Way | undefined> {
  const program = findProgram(PROXY);
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-virt-'));
  const path = join(folder, 's');
  const child = bound([program, ...(uri === undefined ? [] : ['-c', uri]), '--', domain.id, path]);
  try {
    const has = { ended: false };
    child.once('error', () => {
      has.ended = true;
    });
    child.once('close', () => {
      has.ended = true;
    });
    child.stdout?.resume();
    while (!existsSync(path)) {
      // (Its Python may lack libvirt's module, for instance.)
      if (has.ended || signal.aborted) return undefined;
      await new Promise(resolve => setTimeout(resolve, LOOK));
    }
    const socket = await dial(() => netConnect(path), PROXY, { signal });
    const way = new ProxyWay(new SocketTransport(socket), child, listener);
    await way.ready;
    return way;
  } catch {
    child.stdin?.end();
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class ProxyWay implements Way {
  readonly ready: Promise<void>;
  readonly #socket: Transport;
  readonly #child: ChildProcess;
  readonly #said: Tail;
  readonly #listener: WayListener;
  #answer:
    | { readonly resolve: (reply: JsonObject) => void; readonly reject: (error: unknown) => void }
    | undefined;
  #greeted: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  #closed = false;

  constructor(socket: Transport, child: ChildProcess, listener: WayListener) {
    this.#socket = socket;
    this.#child = child;
    this.#said = new Tail(child.stderr);
    this.#listener = listener;
    this.ready = new Promise((resolve, reject) => {
      this.#greeted = { resolve, reject };
    });
    const framer = new Framer(text => this.#take(text));
    socket.listen({
      data: chunk => {
        try {
          framer.push(chunk);
        } catch (error) {
          this.#end(error);
        }
      },
      end: error => this.#end(error),
    });
  }

  ask(request: JsonObject): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#gone());
      this.#answer = { resolve, reject };
      this.#socket.send(`${stringifyJson(request)}\n`);
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
    this.#child.stdin?.end();
  }

  hold(on: boolean): void {
    this.#socket.hold(on);
    holdChild(this.#child, on);
  }

  #take(text: string): void {
    const message = parseJson(text);
    if (!isObject(message)) return;
    if (member(message, 'QMP') !== undefined) this.#greeted?.resolve();
    else if (typeof message['event'] === 'string') this.#listener.event(stringifyJson(withData(message)));
    else {
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.resolve(message);
    }
  }

  #end(cause: unknown): void {
    const error = this.#gone(cause);
    this.#greeted?.reject(error);
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer) answer.reject(error);
    else if (!this.#closed) this.#listener.lost(error);
    this.close();
  }

  /** It says nothing of what libvirt told it. */
  #gone(cause?: unknown): QmpshError {
    const words = this.#said.text === '' ? '' : `: ${safe(this.#said.text)}`;
    return new QmpshError('connect', `${PROXY} has closed the connection${words}`, {
      code: 'libvirt',
      advice: WAY_LOST,
      cause,
    });
  }
}

/** The proxy gives an event's data as a text of JSON. */
function withData(event: JsonObject): JsonObject {
  const data = member(event, 'data');
  if (typeof data !== 'string') return event;
  const value = parseJson(data);
  return isObject(value) ? { ...event, data: value } : event;
}
