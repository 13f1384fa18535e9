import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Encrypted bytes; only db/sealing decrypts them. */
export const sealedBytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

/** A point in time, UTC. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** A primary key. The application generates it as UUIDv7, so ids sort by creation. */
export const id = () => uuid('id').primaryKey();

export const timestamps = {
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
};
