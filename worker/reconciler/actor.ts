import type { Actor } from '../../db/audit.ts';

/** The actor of the reconciler's repairs in the audit trail. */
export const reconcilerActor: Actor = { type: 'system', id: 'reconciler', name: 'Reconciler' };
