import { and, eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../db/client.ts';
import { nicknames } from '../../db/schema/index.ts';
import { normalizeNickname } from '../../domain/nicknames/normalize.ts';
import { conflict } from '../problems/errors.ts';
import type { ServiceError } from '../problems/service-error.ts';

/** The constraint that a taken nickname violates. */
export const nicknameConstraint = 'nicknames_pkey';

export interface NicknameOwner {
  type: 'request' | 'cloud' | 'organization';
  id: string;
}

export function nicknameTaken(nickname: string): ServiceError {
  return conflict('nickname_taken', `The nickname "${nickname}" is in use. Choose another one.`);
}

/** Throws nickname_taken early, before expensive work. Only claimNickname decides. */
export async function refuseTakenNickname(db: Queryable, nickname: string, ownId?: string): Promise<void> {
  const [owner] = await db
    .select({ id: nicknames.ownerId })
    .from(nicknames)
    .where(eq(nicknames.normalized, normalizeNickname(nickname)));
  if (owner && owner.id !== ownId) throw nicknameTaken(nickname);
}

/** Claims a nickname. Violates `nicknameConstraint` if it is taken (D1). */
export async function claimNickname(tx: Transaction, nickname: string, owner: NicknameOwner): Promise<void> {
  await tx.insert(nicknames).values({ normalized: normalizeNickname(nickname), nickname, ownerType: owner.type, ownerId: owner.id });
}

/** Frees an owner's nickname. */
export async function freeNickname(tx: Transaction, ownerType: NicknameOwner['type'], ownerId: string): Promise<void> {
  await tx.delete(nicknames).where(and(eq(nicknames.ownerType, ownerType), eq(nicknames.ownerId, ownerId)));
}
