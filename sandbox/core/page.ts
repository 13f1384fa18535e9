/** What a person sees who opens the sandbox's address in a browser. */
import type { HttpResponse } from './http.ts';
import { textResponse } from './http.ts';
import type { World } from './world.ts';

export function frontPage(world: World): HttpResponse {
  const { accountId, callerRoleArn, topicArn, queueUrl } = world.muster;
  return textResponse(
    200,
    [
      'An AWS for one machine: IAM with temporary delegation, STS, Organizations, CloudFormation, SNS, SQS, tagging and instance metadata.',
      '',
      `  export AWS_ENDPOINT_URL=${world.baseUrl}`,
      "  export AWS_ACCESS_KEY_ID=<12 digits: that account's administrator>  AWS_SECRET_ACCESS_KEY=anything",
      `  export AWS_EC2_METADATA_SERVICE_ENDPOINT=${world.baseUrl}   (Muster's caller role, without keys)`,
      '',
      `Muster's account: ${accountId}`,
      `  role   ${callerRoleArn}`,
      `  topic  ${topicArn}`,
      `  queue  ${queueUrl}`,
      '',
      'Console: /console   Control: /_sandbox/health, faults, limits, clock, notifications, organizations, calls, reset',
      '',
    ].join('\n'),
  );
}
