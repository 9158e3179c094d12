// The listeners of a session, called one after the other. An error in one disturbs neither the session nor the others.

export class Listeners<A extends readonly unknown[]> {
  readonly #all = new Set<(...told: A) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** Gives how to take it out again. */
  add(listener: (...told: A) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  clear(): void {
    this.#all.clear();
  }

  tell(...told: A): void {
    for (const listener of [...this.#all]) deliver(() => listener(...told));
  }
}

/** Calls. An error becomes an unhandled rejection: the program is told of it, and the caller goes on. */
export function deliver(call: () => void): void {
  try {
    call();
  } catch (error) {
    void Promise.reject(error);
  }
}
