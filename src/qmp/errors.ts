// The one error a user meets. Few kinds; each says what happened, and often what to do next.

export type ErrorKind =
  | 'usage' // what was asked for makes no sense; nothing was sent
  | 'refused' // QEMU refused, a job failed, or this host refused (a full disk)
  | 'connect' // no connection, or none any more; nothing was sent
  | 'protocol' // the other side does not speak QMP
  | 'lost' // sent, and the connection ended before a reply: it may have happened
  | 'timeout'
  | 'interrupted';

const EXIT = {
  usage: 2,
  refused: 1,
  connect: 3,
  protocol: 3,
  lost: 3,
  timeout: 4,
  interrupted: 130,
} as const satisfies Record<ErrorKind, number>;

export interface ErrorDetails {
  /** What to do next, as whole sentences. */
  readonly advice?: string;
  /** For programs: `busy`, `no-socket`, `ECONNREFUSED`, ... */
  readonly code?: string;
  readonly cause?: unknown;
}

/** `message` is one sentence without a full stop at its end, safe to print. */
export class QmpshError extends Error {
  readonly kind: ErrorKind;
  /** The exit status of a process that ends because of this error. */
  readonly exit: 1 | 2 | 3 | 4 | 130;
  readonly code?: string;
  readonly advice?: string;

  /** The library and the command's code, which plays pages for it, have a class each: their errors are the same. */
  static override [Symbol.hasInstance](value: unknown): value is QmpshError {
    return value instanceof Error && value.name === 'QmpshError';
  }

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'QmpshError';
    this.kind = kind;
    this.exit = EXIT[kind];
    if (details.code !== undefined) this.code = details.code;
    if (details.advice !== undefined) this.advice = details.advice;
  }
}
