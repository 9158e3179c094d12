// A step that a page's header says is not to be played, or a fault that is known; with its reason.

export interface Exemption {
  readonly kind: 'skip' | 'fault';
  /** The section or the command it holds for; both: the command in that section. */
  readonly section?: string;
  readonly command?: string;
  /** For a fault: words of its message. */
  readonly says?: string;
  readonly why: string;
  readonly row: number;
}
