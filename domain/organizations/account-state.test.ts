import { describe, expect, it } from 'vitest';
import { readAccountState } from './account-state.ts';

describe('C2: the meaning of AWS’s account states', () => {
  it.each([
    [{ state: 'ACTIVE' }, 'active'],
    [{ state: 'SUSPENDED' }, 'suspended'],
    [{ state: 'PENDING_CLOSURE' }, 'suspended'],
    [{ state: 'CLOSED' }, 'suspended'],
    [{ state: 'PENDING_ACTIVATION' }, 'pending_activation'],
    [{ status: 'ACTIVE' }, 'active'],
    [{ status: 'SUSPENDED' }, 'suspended'],
    [{ status: 'PENDING_CLOSURE' }, 'suspended'],
    // Where both are there, Status lags: it has no word for CLOSED.
    [{ state: 'CLOSED', status: 'ACTIVE' }, 'suspended'],
    [{ state: 'ACTIVE', status: 'SUSPENDED' }, 'active'],
    [{ state: 'SOMETHING_NEW', status: 'SUSPENDED' }, 'active'],
    [{}, 'active'],
  ] as const)('%j', (account, expected) => expect(readAccountState(account)).toBe(expected));
});
