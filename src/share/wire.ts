// What a client of a shared monitor looks like to the one who shares it; its socket is in io/.

export interface Wire {
  /** Sends whole messages; what the client does not read waits here. */
  send(text: string): void;
  /** How many bytes wait because the client does not read. */
  readonly unread: number;
  /** Whether bytes of the client's are read. */
  read(on: boolean): void;
  /** Ends the connection behind what is sent. */
  end(): void;
  /** Drops what waits, sends one last message, and ends the connection. */
  cut(last: string): void;
}

/** Who a client is, as far as the system tells. */
export interface Who {
  readonly uid?: number;
  readonly pid?: number;
  readonly program?: string;
}
