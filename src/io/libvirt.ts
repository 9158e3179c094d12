// The monitor of a domain that libvirt runs. libvirt holds it, and passes requests on, one at a time; here they become a
// connection to a monitor like any other.
import { QmpshError } from '../qmp/errors.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { isObject, type JsonObject, member, parseJson, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { LibvirtAddress } from './address.ts';
import { type ConnectOptions, interrupted } from './dial.ts';
import { findDomain, type Running } from './domain.ts';
import { type Watch, watchEnd } from './domainwatch.ts';
import { placeName } from './virsh.ts';
import { proxyWay, virshWay, type Way } from './virtway.ts';

/** Milliseconds for half a dozen runs of virsh, each with a connection of its own. */
const PATIENCE = 30_000;
/** Milliseconds for which events may come that QEMU sent before a reply: they come by another way. */
const SETTLE = 5;
/** Milliseconds for what its QEMU said before the domain ended. */
const LAST_WORDS = 500;
/** Milliseconds in which libvirt says that the domain has ended, once a request was not answered for that. */
const WORDS_COME = 1000;

/**
 * Connects to the domain's QEMU: through virt-qemu-qmp-proxy where that is installed, else through virsh. Rejects with a QmpshError:
 * `usage` for what is no URI, `connect` where there is no such domain, it does not run, or libvirt is not reached, `interrupted`.
 */
export async function connectLibvirt(to: LibvirtAddress, options: ConnectOptions): Promise<Transport> {
  const { timeout = PATIENCE, signal } = options;
  const stop = new AbortController();
  const abort = () => stop.abort();
  const late = { is: false };
  const timer = setTimeout(() => {
    late.is = true;
    abort();
  }, timeout);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await reach(to, options, stop.signal);
  } catch (error) {
    if (!late.is) throw error;
    const message = `${placeName(to.uri)} did not answer within ${duration(timeout / 1000)}`;
    const advice = 'Is the host up, and does virsh list by itself answer?';
    throw new QmpshError('connect', message, { code: 'ETIMEDOUT', advice, cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function reach(to: LibvirtAddress, options: ConnectOptions, signal: AbortSignal): Promise<Transport> {
  const domain = await findDomain(to, signal);
  const link = new LibvirtTransport();
  const end = watchEnd(
    to.uri,
    domain,
    error => link.stopped(error),
    error => link.end(error),
  );
  link.watch(end);
  const abort = () => link.end(interrupted());
  signal.addEventListener('abort', abort, { once: true });
  try {
    const way = (await proxyWay(to.uri, domain, link, signal)) ?? virshWay(to.uri, domain, link);
    link.go(way);
    const asked = Promise.all([way.ask({ execute: 'query-version' }), end.watching, way.ready]);
    const [reply] = await Promise.race([asked, link.over]);
    const version = member(reply, 'return');
    // Only its own capabilities are on: libvirt lets nothing be queued, whatever its proxy says.
    if (isObject(version)) link.greet({ QMP: { version, capabilities: [] } });
    else throw new QmpshError('protocol', `${safe(domain.name)} does not tell its version`);
  } catch (error) {
    link.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  if (!options.unattended) for (const row of taint(domain)) options.tell?.(row);
  return link;
}

/** What it means that libvirt passes requests on, in rows. */
function taint({ name, tainted }: Running): readonly string[] {
  return [
    `libvirt ${tainted ? 'has marked' : 'marks'} ${safe(name)} as tainted: it does not learn of what is changed here`,
    'The mark stays until the domain ends; support may want a fault shown without it',
  ];
}

class LibvirtTransport implements Transport {
  #way: Way | undefined;
  #watch: Watch | undefined;
  #listener: TransportListener | undefined;
  /** What came before somebody listened. */
  readonly #early: string[] = [];
  readonly #waiting: JsonObject[] = [];
  #asking = false;
  #negotiated = false;
  #ended: { readonly error?: Error } | undefined;
  #fail: (error: unknown) => void = () => {};
  /** Rejects when it ends. */
  readonly over = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor() {
    this.over.catch(() => {});
  }

  watch(watch: Watch): void {
    this.#watch = watch;
  }

  go(way: Way): void {
    this.#way = way;
    if (this.#ended) way.close();
  }

  greet(greeting: JsonObject): void {
    this.#early.unshift(stringifyJson(greeting));
  }

  event(text: string): void {
    this.#deliver(text);
  }

  lost(error: QmpshError): void {
    this.end(error);
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    for (const text of this.#early.splice(0)) this.#deliver(text);
    if (this.#ended) queueMicrotask(() => listener.end(this.#ended?.error));
  }

  /** A text is one message. Bytes are what a guest agent is greeted with, which this is not. */
  send(bytes: string | Uint8Array): void {
    if (typeof bytes !== 'string') return;
    const message = parseJson(bytes);
    if (isObject(message)) this.#waiting.push(message);
    else this.#refuse('libvirt passes objects of JSON on, and nothing else', undefined);
    void this.#next();
  }

  close(): void {
    this.end();
  }

  hold(on: boolean): void {
    this.#way?.hold(on);
    this.#watch?.hold(on);
  }

  /** The domain has ended; what its QEMU said last may still be on its way. */
  stopped(error: QmpshError): void {
    setTimeout(() => this.end(error), LAST_WORDS);
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = error ? { error } : {};
    this.#fail(error);
    this.#way?.close();
    this.#watch?.close();
    const listener = this.#listener;
    if (listener) queueMicrotask(() => listener.end(error));
  }

  async #next(): Promise<void> {
    const way = this.#way;
    if (this.#asking || !way) return;
    const message = this.#waiting.shift();
    if (!message) return;
    this.#asking = true;
    const { id, ...request } = message;
    try {
      const { id: _, ...reply } = await this.#ask(way, request);
      await new Promise(resolve => setTimeout(resolve, SETTLE));
      this.#deliver(stringifyJson(id === undefined ? reply : { ...reply, id }));
    } catch (error) {
      if (error instanceof QmpshError && error.kind === 'refused') this.#refuse(error.message, id);
      else {
        // libvirt says itself what has become of the domain, a little later.
        if (!this.#ended) setTimeout(() => this.end(error instanceof Error ? error : undefined), WORDS_COME);
        return;
      }
    }
    this.#asking = false;
    void this.#next();
  }

  /** libvirt has negotiated long ago. */
  async #ask(way: Way, request: JsonObject): Promise<JsonObject> {
    const first = !this.#negotiated && request['execute'] === 'qmp_capabilities';
    this.#negotiated = true;
    return first ? { return: {} } : way.ask(request);
  }

  #refuse(desc: string, id: JsonObject[string] | undefined): void {
    this.#deliver(
      stringifyJson({ error: { class: 'GenericError', desc }, ...(id === undefined ? {} : { id }) }),
    );
  }

  #deliver(text: string): void {
    if (this.#ended) return;
    if (this.#listener) this.#listener.data(new TextEncoder().encode(`${text}\r\n`));
    else this.#early.push(text);
  }
}
