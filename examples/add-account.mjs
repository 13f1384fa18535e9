import { call } from './muster.mjs';

/** Requests access to one account: node examples/add-account.mjs NICKNAME ACCOUNT_ID */
const [nickname, accountId] = process.argv.slice(2);
const request = await call('POST', '/v1/delegation-requests', {
  nickname,
  scope: 'account',
  accountId,
  roleName: 'MusterHarvesting',
  // Confirms that Muster will assume a temporary role in the account.
  acknowledged: true,
});
console.log(`Request ${request.id} is ${request.phase}.`);
const link = request.consoleUrl ?? '(AWS has not answered yet; the link is in GET /v1/delegation-requests/{id} soon)';
console.log(`A person with access to account ${accountId} approves it here: ${link}`);
