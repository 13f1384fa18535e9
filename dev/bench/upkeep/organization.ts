import type { Account } from '@aws-sdk/client-organizations';
import { createAdministrator, type Administrator } from '../../demo/administrator.ts';
import { connectApi, type Api } from '../../demo/api.ts';
import type { StackInfo } from '../../stack/stack.ts';
import { importOrganization } from '../import.ts';
import type { Case } from '../options.ts';
import { prepareSandbox, setRates } from '../sandbox.ts';

/** An organization that is in already, and that is now kept up. */
export interface KeptOrganization {
  /** Muster's id. */
  id: string;
  /** How it is read from now on. */
  case: Case;
  api: Api;
  /** The accounts as AWS lists them. */
  accounts: Account[];
  administrator: Administrator;
}

/** Imports an organization without any rates, then puts AWS's into force. */
export async function importForUpkeep(stack: StackInfo, size: Pick<Case, 'accounts' | 'organizationalUnits'>): Promise<KeptOrganization> {
  const made = await prepareSandbox(stack.awsEndpointUrl, { ...size, way: 'unlimited' });
  const api = connectApi(stack.apiUrl, stack.adminApiKey);
  const { id } = await importOrganization(api, made, size.accounts);
  const administrator = createAdministrator(stack.awsEndpointUrl, made);
  const accounts = await administrator.accounts();
  await setRates(stack.awsEndpointUrl, 'aws');
  return { id, case: { ...size, way: 'tagging' }, api, accounts, administrator };
}
