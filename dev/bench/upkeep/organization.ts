import type { Account } from '@aws-sdk/client-organizations';
import { createAdministrator, type Administrator } from '../../demo/administrator.ts';
import { connectApi, type Api } from '../../demo/api.ts';
import type { StackInfo } from '../../stack/stack.ts';
import { importOrganization } from '../import.ts';
import type { Case } from '../options.ts';
import { prepareSandbox, setRates } from '../sandbox.ts';

/** An imported organization. */
export interface KeptOrganization {
  /** Muster's id. */
  id: string;
  /** The way to read it from now on. */
  case: Case;
  api: Api;
  /** The accounts that AWS lists. */
  accounts: Account[];
  administrator: Administrator;
}

/** Imports an organization without rates, then applies AWS's rates. */
export async function importForUpkeep(stack: StackInfo, size: Pick<Case, 'accounts' | 'organizationalUnits'>): Promise<KeptOrganization> {
  const made = await prepareSandbox(stack.awsEndpointUrl, { ...size, way: 'unlimited' });
  const api = connectApi(stack.apiUrl, stack.adminApiKey);
  const { id } = await importOrganization(api, made, size.accounts);
  const administrator = createAdministrator(stack.awsEndpointUrl, made);
  const accounts = await administrator.accounts();
  await setRates(stack.awsEndpointUrl, 'aws');
  return { id, case: { ...size, way: 'tagging' }, api, accounts, administrator };
}
