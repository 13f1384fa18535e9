import { condition, patched, sleep } from '@temporalio/workflow';
import { isAnswered, isSettled } from '../../domain/delegation/progress.ts';
import type { AccountConflict, DelegationOpened } from '../contracts/delegation-onboarding.ts';
import { failureTypes } from '../contracts/failures.ts';
import { once, registry } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { Patience } from '../lib/patience.ts';
import * as endings from './endings.ts';
import type { RequestEnded } from './endings.ts';
import type { Mailbox } from './mailbox.ts';
import type { Onboarding } from './onboarding.ts';

/** The longest pause between two attempts, in milliseconds. */
const maxPauseMs = 16_000;

/** The answer for a request that was approved although AWS's answer to its creation was lost. Its link is no longer needed. */
const unheard: DelegationOpened = { awsRequestId: null, consoleUrl: null };

/**
 * Creates the request at AWS, unless its account or organization is registered already (D13). AWS refuses a
 * RequestorWorkflowId that it has seen, and the answer to a create call cannot be read later, so each attempt uses an id
 * of its own.
 */
export async function openRequest(onboarding: Onboarding): Promise<DelegationOpened> {
  const { run, request, timings, journal, mailbox, status } = onboarding;
  status.show('Creating the delegation request at AWS');
  const conflict = await registry.findAccountConflict(run);
  if (conflict) throw alreadyThere(request.accountId, conflict);
  const before = await continueOpening(onboarding);
  if (before) return before;
  const giveUpAt = Date.now() + timings.create;
  const patience = new Patience(timings.create);
  for (let attempt = (request.lastAttempt ?? 0) + 1, pause = 1_000; ; attempt += 1, pause = Math.min(2 * pause, maxPauseMs)) {
    mailbox.beginAttempt(attempt);
    try {
      const created = await once.createDelegationRequest({ ...run, attempt });
      mailbox.attemptCreated(attempt, created.awsRequestId);
      journal.note(
        {
          key: `created/${attempt}`,
          type: 'created',
          message: 'AWS created the request. Open its link to answer it in the AWS console.',
          detail: { awsRequestId: created.awsRequestId, attempt },
        },
        { ...created, ...mailbox.stateAtAws() },
      );
      await journal.written();
      return created;
    } catch (error) {
      const problem = readActivityProblem(error);
      if (!isRepeatable(problem.type) && !isAnsweredUnheard(mailbox)) throw endings.refusedByAws(problem);
      journal.note({
        key: `create-failed/${attempt}`,
        type: 'create_failed',
        message: `Attempt ${attempt} to create the request at AWS got no usable answer: ${problem.message}`,
        detail: { attempt },
      });
      if (isSettled(mailbox.progress) || isAnsweredUnheard(mailbox)) return unheard;
      // Runs from before this patch gave up by the clock, which also counts outages of Muster.
      const givesUp = patched('counts-aws-answers') ? !patience.allows(pause, problem) : Date.now() + pause >= giveUpAt;
      if (givesUp) throw endings.awsUnavailable(timings.create, problem);
      await sleep(pause);
      if (isAnsweredUnheard(mailbox)) return unheard;
    }
  }
}

/** The request that an earlier run created, or that people have answered; null if this run must create one. */
async function continueOpening({ run, request, timings, mailbox }: Onboarding): Promise<DelegationOpened | null> {
  const { created, lastAttempt } = request;
  if (created) {
    mailbox.resume(created);
    return { awsRequestId: created.awsRequestId, consoleUrl: created.consoleUrl };
  }
  if (!lastAttempt) return null;
  // AWS's answer to that attempt may be lost. A message about it is on its way from the inbox to this run.
  mailbox.beginAttempt(lastAttempt);
  if (await registry.hasUndeliveredMessages(run)) await condition(() => isAnswered(mailbox.progress), timings.delivery);
  return isAnswered(mailbox.progress) ? unheard : null;
}

function alreadyThere(accountId: string, conflict: AccountConflict): RequestEnded {
  return conflict.code === 'account_exists' ? endings.accountListed(accountId, conflict.cloudId) : endings.organizationRegistered(conflict);
}

/** True if people have answered a request although AWS's answer to its creation was lost. */
function isAnsweredUnheard({ progress }: Mailbox): boolean {
  // Runs from before this patch tried again, unless the request was settled when an attempt failed.
  return isAnswered(progress) && patched('answered-before-created');
}

/** True if another attempt may follow a failed create call: AWS decided nothing, or its answer is unknown. */
function isRepeatable(type: string | null): boolean {
  return (
    type === null ||
    type === failureTypes.throttled ||
    type === failureTypes.transient ||
    type === failureTypes.conflict ||
    type === failureTypes.outcomeUnknown
  );
}
