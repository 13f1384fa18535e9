import { describe, expect, it } from 'vitest';
import { usableBucket, type OrganizationsOperation } from '../../../domain/organizations/rates.ts';
import { minTimeMs } from '../../../domain/organizations/token-bucket.ts';
import { organizationsBuckets } from './aws/pace.ts';
import { RateBudget, shareOf } from './rate-budget.ts';

/** Takes this many calls at once; returns when the last may be made, in milliseconds from now. */
function lastOf(budget: RateBudget<OrganizationsOperation>, calls: number, operation: OrganizationsOperation = 'ListAccounts'): number {
  return Math.max(...Array.from({ length: calls }, () => budget.take(operation)));
}

describe('O9: the rate budget', () => {
  it('uses AWS’s published rate, and loses at most one call of it', () => {
    const last = lastOf(new RateBudget(organizationsBuckets(1), { now: () => 0 }), 50);
    const floor = minTimeMs(usableBucket('ListAccounts'), 50);
    expect(last).toBeGreaterThanOrEqual(floor);
    expect(last).toBeLessThanOrEqual(floor + 1_000 / usableBucket('ListAccounts').rate);
  });

  it('uses half of it on schedule, and all of it while an operator waits', () => {
    expect([shareOf('schedule'), shareOf('requested'), shareOf('added')]).toEqual([0.5, 1, 1]);
    const [half, whole] = [0.5, 1].map((share) => lastOf(new RateBudget(organizationsBuckets(share), { now: () => 0 }), 500));
    expect(half! / whole!).toBeGreaterThan(1.95);
  });

  it('shares a bucket between operations that AWS counts together, and no others', () => {
    const budget = new RateBudget(organizationsBuckets(1), { now: () => 0 });
    lastOf(budget, 20, 'ListOrganizationalUnitsForParent');
    expect(budget.take('ListAccountsForParent')).toBeGreaterThan(2_000);
    expect(budget.take('ListAccounts')).toBe(0);
  });

  it('starts empty after a crash, and again when AWS throttles', () => {
    expect(new RateBudget(organizationsBuckets(1), { startsEmpty: true, now: () => 0 }).take('ListAccounts')).toBeCloseTo(125);
    const budget = new RateBudget(organizationsBuckets(1), { now: () => 0 });
    expect(budget.take('ListAccounts')).toBe(0);
    budget.empty('ListAccounts');
    expect(budget.take('ListAccounts')).toBeCloseTo(125);
  });

  it('keeps calls that were taken ahead when AWS throttles', () => {
    const budget = new RateBudget(organizationsBuckets(1), { now: () => 0 });
    const ahead = lastOf(budget, 40);
    budget.empty('ListAccounts');
    expect(budget.take('ListAccounts')).toBeGreaterThan(ahead);
  });
});
