// JSON as QMP needs it: integers of any size stay exact. A whole number that a double cannot hold is a bigint.

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
