import { v7 } from 'uuid';

/** A new id: UUIDv7, so that ids sort by creation. */
export function newId(): string {
  return v7();
}

/** The smallest id that a row made at this time could have; finds the latest rows by their primary key. */
export function firstIdAt(milliseconds: number): string {
  return v7({ msecs: milliseconds, seq: 0, random: new Uint8Array(16) });
}
