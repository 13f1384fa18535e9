import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Bytes that only db/sealing can read back. */
export const sealedBytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

/** A point in time, UTC. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** A primary key made by the application (UUIDv7), so that ids sort by creation. */
export const id = () => uuid('id').primaryKey();

export const timestamps = {
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
};
