/** Exit statuses, as the command line documents them. */
export type Exit = 0 | 1 | 2 | 3 | 4 | 130;
