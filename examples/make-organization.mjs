import { stackInfo } from './muster.mjs';

/** Makes an organization in the sandbox and prints the body that adds it: node examples/make-organization.mjs > organization.json */
const response = await fetch(new URL('/_sandbox/organizations', stackInfo().awsEndpointUrl), {
  method: 'POST',
  body: JSON.stringify({ accounts: 12, ous: 3, brokenMemberRoles: 1 }),
});
const { organizationId, organizationRole, memberRole } = await response.json();
const session = { sessionName: 'muster', durationSeconds: 3600 };
const body = {
  nickname: `Example ${organizationId}`,
  organizationRole: { ...organizationRole, ...session },
  memberRole: { ...memberRole, ...session },
  scope: { excludeNamePrefixes: ['sandbox-'], includeOuIds: [], autoRemoveSuspended: false },
};
console.log(JSON.stringify(body, undefined, 2));
