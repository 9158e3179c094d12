// What a connection looks like to everything that is not io/: four methods, so that a fake is a page long.

export interface TransportListener {
  data(chunk: Uint8Array): void;
  /** The connection is gone. `error` when it did not end by an orderly end-of-file. Called once. */
  end(error?: Error): void;
}

export interface Transport {
  /** Sets the one listener. Data that came earlier is delivered then. */
  listen(listener: TransportListener): void;
  send(bytes: string | Uint8Array): void;
  /** Ends our side; `end` is still called. */
  close(): void;
  /** Whether an idle connection keeps the process alive. */
  hold(on: boolean): void;
}

/** The clock, given to what must not read it: milliseconds since 1970, and timers that can be taken back. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}
