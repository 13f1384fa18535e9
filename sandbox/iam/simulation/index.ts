/** The policy simulator (API_SimulatePrincipalPolicy.html, API_SimulateCustomPolicy.html). */
import { readFields } from '../../core/fields.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Operation } from '../../core/service.ts';
import { arnRule } from '../rules.ts';
import { readExclusions, withoutExcluded } from './exclusions.ts';
import { readSimulation } from './input.ts';
import { findSource, policiesOfSource } from './policies.ts';
import { resultsOf } from './results.ts';

/** Decides actions by a principal's policies, its boundary and its organization's SCPs, without running them. */
const simulatePrincipalPolicy: Operation = (input, call) => {
  const fields = readFields(input);
  const sourceArn = fields.text('PolicySourceArn', arnRule);
  const callerArn = fields.text('CallerArn', { min: 1, max: 2048 });
  const exclusions = readExclusions(fields);
  const simulation = readSimulation(fields);
  call.authorize('iam:SimulatePrincipalPolicy', sourceArn);
  // "You cannot specify the ARN of an assumed role, federated user, or a service principal." It matters to resource policies only.
  if (callerArn !== undefined && !/^arn:[\w-]+:iam::\d{12}:(user|role|group)\/.+$/.test(callerArn)) {
    throw new AwsError('InvalidInput', `Invalid Entity Arn: ${callerArn} does not clearly define entity type and name.`);
  }
  const source = findSource(call.world, call.caller.accountId, sourceArn);
  const policies = withoutExcluded(policiesOfSource(call.world, source), exclusions, source);
  return resultsOf(
    {
      ...policies,
      identity: [...policies.identity, ...simulation.given],
      // "the new permissions boundary policy is used for the simulation"
      ...(simulation.boundary === undefined ? {} : { boundary: simulation.boundary }),
    },
    simulation,
  );
};

/** As above, with the policies given and nothing else. */
const simulateCustomPolicy: Operation = (input, call) => {
  const fields = readFields(input);
  const { given, boundary, ...simulation } = readSimulation(fields);
  call.authorize('iam:SimulateCustomPolicy', '*');
  if (given.length === 0) throw new AwsError('InvalidInput', 'PolicyInputList must have at least one policy.');
  return resultsOf({ identity: given, ...(boundary === undefined ? {} : { boundary }) }, { ...simulation, given });
};

export const simulationOperations: Record<string, Operation> = {
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  SimulateCustomPolicy: simulateCustomPolicy,
};
