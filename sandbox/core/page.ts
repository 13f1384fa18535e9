/** The page at the sandbox's address, for a person with a browser. */
import { cloudFormationState } from '../cloudformation/state.ts';
import { partnerRole } from '../partner/role.ts';
import type { HttpResponse } from './http.ts';
import { textResponse } from './http.ts';
import type { World } from './world.ts';

export function frontPage(world: World): HttpResponse {
  return textResponse(
    200,
    [
      'An AWS for one machine: IAM with temporary delegation, STS, Organizations, CloudFormation, SNS, SQS, tagging and instance metadata.',
      '',
      `  export AWS_ENDPOINT_URL=${world.baseUrl}`,
      "  export AWS_ACCESS_KEY_ID=<12 digits: that account's administrator>  AWS_SECRET_ACCESS_KEY=anything",
      ...partnerLines(world),
      '',
      'Console: /console   Control: /_sandbox/health, faults, limits, clock, notifications, organizations, calls, reset',
      '',
    ].join('\n'),
  );
}

function partnerLines(world: World): string[] {
  const { partner, baseUrl } = world;
  if (!partner) return [];
  const role = partnerRole(world)?.role;
  const stack = [...cloudFormationState.of(world).stacks.values()].find(
    ({ accountId, name }) => accountId === partner.accountId && name === partner.stack?.name,
  );
  return [
    ...(role ? [`  export AWS_EC2_METADATA_SERVICE_ENDPOINT=${baseUrl}   (the role ${role.name} of the partner, without keys)`] : []),
    '',
    `The partner's account: ${partner.accountId}`,
    ...(stack?.outputs ?? []).map(({ key, value }) => `  ${key}: ${value}`),
  ];
}
