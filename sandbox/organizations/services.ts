/** Trusted access and delegated administrators (API reference: EnableAWSServiceAccess, RegisterDelegatedAdministrator and their like). */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { constraint, notFound } from './errors.ts';
import { optionalText, patterns, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { takePage } from './pages.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';
import { isClosedAccount } from './tree.ts';
import { accountStub } from './views.ts';

const readService = (input: Input): string => requiredText(input, 'ServicePrincipal', patterns.servicePrincipal);
const forService = (service: string): Record<string, string> => ({ 'organizations:ServicePrincipal': service });

const enable: Operation = (input, call) => {
  const service = readService(input);
  const { trustedServices } = enter(call, 'management', [], forService(service));
  if (!trustedServices.has(service)) trustedServices.set(service, Date.now());
  call.world.touch(organizationsState);
};

const disable: Operation = (input, call) => {
  const service = readService(input);
  enter(call, 'management', [], forService(service)).trustedServices.delete(service);
  call.world.touch(organizationsState);
};

const listServices: Operation = (input, call) => {
  const organization = enter(call, 'administrators');
  const { keys, rest } = takePage(call, organization, input, [...organization.trustedServices.keys()].sort());
  const view = (name: string): object => ({ ServicePrincipal: name, DateEnabled: new Date(organization.trustedServices.get(name)!) });
  return { EnabledServicePrincipals: keys.map(view), ...rest };
};

const register: Operation = (input, call) => {
  const service = readService(input);
  const { organization, accountId } = readMember(input, call, service);
  if (accountId === organization.managementAccountId) {
    throw constraint(
      'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
      'You cannot register the management account of the organization as a delegated administrator.',
    );
  }
  if (isClosedAccount(call.world, accountId)) {
    throw constraint(
      'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
      'You cannot register a suspended account as a delegated administrator.',
    );
  }
  const services = organization.delegatedAdministrators.get(accountId) ?? new Map<string, number>();
  if (services.has(service)) {
    throw new AwsError(
      'AccountAlreadyRegisteredException',
      'The specified account is already a delegated administrator for this AWS service.',
    );
  }
  organization.delegatedAdministrators.set(accountId, services.set(service, Date.now()));
  call.world.touch(organizationsState);
};

const deregister: Operation = (input, call) => {
  const service = readService(input);
  const { organization, accountId } = readMember(input, call, service);
  const services = organization.delegatedAdministrators.get(accountId);
  if (!services?.delete(service)) {
    throw new AwsError('AccountNotRegisteredException', 'The specified account is not a delegated administrator for this AWS service.');
  }
  if (services.size === 0) organization.delegatedAdministrators.delete(accountId);
  call.world.touch(organizationsState);
};

const listAdministrators: Operation = (input, call) => {
  const service = optionalText(input, 'ServicePrincipal', patterns.servicePrincipal);
  const organization = enter(call, 'administrators', [], service === undefined ? {} : forService(service));
  const ids = [...organization.delegatedAdministrators]
    .filter(([, services]) => service === undefined || services.has(service))
    .map(([id]) => id)
    .sort();
  const { keys, rest } = takePage(call, organization, input, ids);
  const view = (id: string): object => ({
    ...accountStub(call.world, organization, organization.accounts.get(id)!),
    DelegationEnabledDate: new Date(Math.min(...organization.delegatedAdministrators.get(id)!.values())),
  });
  return { DelegatedAdministrators: keys.map(view), ...rest };
};

function readMember(input: Input, call: Call, service: string): { organization: Organization; accountId: string } {
  const accountId = requiredText(input, 'AccountId', patterns.account);
  const organization = enter(call, 'management', [accountId], forService(service));
  if (!organization.accounts.has(accountId)) throw notFound('Account');
  return { organization, accountId };
}

export const serviceOperations: Record<string, Operation> = {
  EnableAWSServiceAccess: enable,
  DisableAWSServiceAccess: disable,
  ListAWSServiceAccessForOrganization: listServices,
  RegisterDelegatedAdministrator: register,
  DeregisterDelegatedAdministrator: deregister,
  ListDelegatedAdministrators: listAdministrators,
};
