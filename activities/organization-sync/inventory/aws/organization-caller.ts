import { setTimeout as sleep } from 'node:timers/promises';
import { heartbeat } from '@temporalio/activity';
import type { OrganizationsOperation } from '../../../../domain/organizations/rates.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { awsFailure, meaningOf } from '../../../aws/errors.ts';
import { failure } from '../../../failures.ts';
import type { Stop } from '../../../side-by-side.ts';
import type { RateBudget } from '../rate-budget.ts';
import type { ListingCaller, ProviderCall } from '../run-listing.ts';
import { publishedPace, type Pace } from './pace.ts';
import { isGone, isTokenRefused } from './refusals.ts';

/** Maximum attempts of one call. After the last, the activity fails and Temporal retries it as a whole. */
const maxTriesPerCall = 8;
/** Maximum milliseconds between heartbeats while a call waits. */
const maxHeartbeatGapMs = 5_000;

/** `GetResources` belongs to the tagging API. AWS publishes no rate for it, so only back-off limits it. */
export type InventoryOperation = OrganizationsOperation | 'GetResources';

/** Makes the calls of one attempt: each waits for its turn, and is retried after a fault that can pass. */
export class OrganizationCaller implements ListingCaller<InventoryOperation> {
  /** AWS may refuse older tokens and documents no age. A restart costs less than a refused token late in a listing. */
  readonly tokenLifeMs = 10 * 60_000;
  readonly isTokenRefused = isTokenRefused;
  readonly isGone = isGone;
  private readonly budget: RateBudget<OrganizationsOperation>;
  private readonly stop: Stop;
  private readonly backOff: Pace['backOff'];

  constructor(budget: RateBudget<OrganizationsOperation>, stop: Stop, { backOff }: Pick<Pace, 'backOff'> = publishedPace) {
    this.budget = budget;
    this.stop = stop;
    this.backOff = backOff;
  }

  /** Throws a failure that says what was attempted, or CancelledFailure if the activity was cancelled. */
  async call<Answer>({ operation, attempted, send, answerOf }: ProviderCall<InventoryOperation, Answer>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      if (operation !== 'GetResources') await this.pause(this.budget.take(operation));
      heartbeat();
      try {
        return await send(this.stop.signal);
      } catch (error) {
        await this.stop.throwIfStopped();
        const answer = answerOf?.(error);
        if (answer !== undefined) return answer;
        const type = meaningOf(error);
        const isThrottled = type === failureTypes.throttled;
        if ((!isThrottled && type !== failureTypes.transient) || tries === maxTriesPerCall) throw awsFailure(error, attempted);
        if (isThrottled && operation !== 'GetResources') this.budget.empty(operation);
        const ceiling = Math.min(this.backOff.maxMs, this.backOff.firstMs * 2 ** (tries - 1));
        await this.pause(ceiling * (0.5 + Math.random() / 2));
      }
    }
  }

  tokensRefusedFailure(attempted: string): Error {
    return failure(failureTypes.transient, `${attempted}: AWS repeatedly refused its own pagination tokens`, { code: 'aws_unavailable' });
  }

  private async pause(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= maxHeartbeatGapMs) {
      heartbeat();
      await this.stop.unlessStopped(sleep(Math.min(left, maxHeartbeatGapMs), undefined, { signal: this.stop.signal }));
    }
  }
}
