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

/** Tries at one call, faults that pass included; after the last, the activity fails and is tried again as a whole. */
const triesPerCall = 8;
/** A wait heartbeats so often, in milliseconds. */
const waitPiece = 5_000;

/** `GetResources` is the tagging API's; its rate is not published, so nothing but back-off holds it. */
export type InventoryOperation = OrganizationsOperation | 'GetResources';

/** Makes the calls of one attempt: in their turn, and repeated while a fault can pass. */
export class OrganizationCaller implements ListingCaller<InventoryOperation> {
  /** AWS may refuse a token that is older (aws-facts.md §3.1). */
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

  /** Throws a failure that says what was tried; CancelledFailure when the activity was cancelled. */
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
        if ((!isThrottled && type !== failureTypes.transient) || tries === triesPerCall) throw awsFailure(error, attempted);
        if (isThrottled && operation !== 'GetResources') this.budget.empty(operation);
        const ceiling = Math.min(this.backOff.maxMs, this.backOff.firstMs * 2 ** (tries - 1));
        await this.pause(ceiling * (0.5 + Math.random() / 2));
      }
    }
  }

  tokensRefusedFailure(attempted: string): Error {
    return failure(failureTypes.transient, `${attempted}: AWS keeps refusing its own pagination tokens`, { code: 'aws_unavailable' });
  }

  private async pause(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= waitPiece) {
      heartbeat();
      await this.stop.unlessStopped(sleep(Math.min(left, waitPiece), undefined, { signal: this.stop.signal }));
    }
  }
}
