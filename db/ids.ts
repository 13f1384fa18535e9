import { v7 } from 'uuid';

/** Creates an id. Ids are UUIDv7, so they sort by creation. */
export function newId(): string {
  return v7();
}

/** The smallest id of a row created at this time, in milliseconds since 1970; finds the latest rows by primary key. */
export function firstIdAt(milliseconds: number): string {
  return v7({ msecs: milliseconds, seq: 0, random: new Uint8Array(16) });
}
