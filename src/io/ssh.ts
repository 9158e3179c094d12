// A monitor's socket on another host, reached through ssh: a forwarded socket in a private folder, which is gone
// again as soon as we are connected. ssh ends by itself when we do: its remote `cat` reads from us.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import type { Address } from './address.ts';
import { type ConnectOptions, dial } from './dial.ts';
import { SocketTransport } from './socket.ts';
import { Tail, WAY_LOST } from './tail.ts';

const ADVICE = 'Is the path of the socket on the other host right, and may you open it there?';
const READY = 'qmpsh-ready';
/** Milliseconds in which ssh says why the far end did not take the connection. */
const WORDS_COME = 500;

/**
 * Connects to a unix socket on another host. ssh asks on the terminal for what it needs, so there is no time limit
 * but the one given. Rejects with a QmpshError `connect`, holding ssh's own words, or `interrupted`.
 */
export async function connectSsh(to: Address & { kind: 'ssh' }, options: ConnectOptions): Promise<Transport> {
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-ssh-'));
  try {
    const socket = join(folder, 's');
    const settings = ['ControlPath=none', 'ExitOnForwardFailure=yes', 'StreamLocalBindMask=0177'];
    if (options.unattended) settings.push('BatchMode=yes');
    const child = spawn(
      'ssh',
      [
        ...['-T', '-a', '-x', ...settings.flatMap(setting => ['-o', setting])],
        ...(to.port === undefined ? [] : ['-p', String(to.port)]),
        ...['-L', `${socket}:${to.path}`, '--', to.host, `echo ${READY}; exec cat`],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const said = new Tail(child.stderr);
    try {
      await ready(child, said, to, options);
      const connected = await dial(() => netConnect(socket), `ssh:${to.host}:${to.path}`, options);
      return new SshTransport(new SocketTransport(connected), child, said);
    } catch (error) {
      child.kill();
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ready(
  child: ChildProcess,
  said: Tail,
  to: Address & { kind: 'ssh' },
  options: ConnectOptions,
): Promise<void> {
  const { timeout, signal } = options;
  return new Promise<void>((resolve, reject) => {
    const host = safe(to.host);
    let output = '';
    const settle = (run: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      run();
    };
    const fail = (code: string, message: string, advice: string) =>
      settle(() => reject(new QmpshError('connect', message, { code, advice })));
    const abort = () => settle(() => reject(new QmpshError('interrupted', 'stopped connecting')));
    const late = () => fail('ETIMEDOUT', `ssh to ${host} took more than ${timeout} ms`, 'Try ssh by itself.');
    const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    child.stdin?.on('error', () => {}); // it has ended; `close` says so
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes(READY)) settle(resolve);
    });
    child.once('error', () =>
      fail('no-ssh', 'the program ssh is not installed', 'Install an OpenSSH client.'),
    );
    child.once('close', code => {
      const words = said.text === '' ? `it ended with status ${code}` : safe(said.text);
      fail('ssh', `ssh could not reach ${host}: ${words}`, `Does "ssh ${host}" by itself work?`);
    });
  });
}

class SshTransport implements Transport {
  readonly #inner: SocketTransport;
  readonly #child: ChildProcess;
  readonly #said: Tail;
  #hasCome = false;

  constructor(inner: SocketTransport, child: ChildProcess, said: Tail) {
    this.#inner = inner;
    this.#child = child;
    this.#said = said;
  }

  listen(listener: TransportListener): void {
    this.#inner.listen({
      data: chunk => {
        this.#hasCome = true;
        listener.data(chunk);
      },
      end: error => {
        if (this.#hasCome) {
          // When ssh itself ends, its socket does a moment before.
          const told = setTimeout(() => this.#end(listener, error), 200);
          const over = () => {
            clearTimeout(told);
            this.#end(listener, error);
          };
          if (this.#isGone) over();
          else this.#child.once('exit', over);
          return;
        }
        // Only ssh knows why the far end did not take the connection; its words come a little later.
        const told = setTimeout(() => this.#end(listener, error), WORDS_COME);
        this.#said.onText(words => {
          if (!words.includes('open failed')) return; // a warning, say
          clearTimeout(told);
          this.#end(listener, error);
        });
      },
    });
  }

  send(bytes: string | Uint8Array): void {
    this.#inner.send(bytes);
  }

  close(): void {
    this.#inner.close();
    this.#child.kill();
  }

  hold(on: boolean): void {
    this.#inner.hold(on);
    if (on) this.#child.ref();
    else this.#child.unref();
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Nothing is known of the VM then. */
  #wayLost(words: string, cause: Error | undefined): QmpshError {
    const { signalCode, exitCode } = this.#child;
    const how = signalCode === null ? `ended with status ${exitCode}` : `was ended by ${signalCode}`;
    return new QmpshError('connect', `ssh ${how}${words === '' ? '' : `: ${safe(words)}`}`, {
      code: 'ssh',
      advice: WAY_LOST,
      cause,
    });
  }

  #ended = false;
  #end(listener: TransportListener, error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const isGone = this.#isGone;
    this.#child.kill();
    const words = this.#said.text;
    if (this.#hasCome) listener.end(isGone ? this.#wayLost(words, error) : error);
    else if (words === '') listener.end(error);
    else
      listener.end(
        new QmpshError('connect', `ssh ended the connection: ${safe(words)}`, {
          advice: ADVICE,
          cause: error,
        }),
      );
  }
}
