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

/** The clock, given to what must not read it. */
export interface Clock {
  /** Milliseconds that only grow, whoever sets the machine's time: for how long something takes. */
  now(): number;
  /** Milliseconds since 1970, to be shown. */
  time(): number;
  /** A timer; gives how to take it back. */
  after(ms: number, run: () => void): () => void;
}
