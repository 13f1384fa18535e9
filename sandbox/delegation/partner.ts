import type { PolicyDocument } from '../policy/document.ts';
import type { World } from '../core/world.ts';
import type { PartnerRegistration } from './registration.ts';
import { reviewBoundary, reviewTemplate } from './review.ts';
import { delegationState } from './state.ts';

/**
 * Reviews a partner's registration as AWS would and, without objections, enables the API for its accounts.
 * Registering the same partner again replaces its templates; boundaries are immutable (temporary-delegation-policy-evaluation-guidelines.html).
 * @throws Error naming every objection.
 */
export function registerPartner(world: World, registration: PartnerRegistration): void {
  const { boundaries, partners } = delegationState.of(world);
  const objections: string[] = [];
  if (registration.partnerName.length < 1 || registration.partnerName.length > 30) {
    objections.push('partnerName: 1 to 30 characters');
  }
  for (const id of registration.accountIds) if (!/^\d{12}$/.test(id)) objections.push(`accountIds: ${id} is not an account id`);
  if (registration.policyTemplates.length === 0) objections.push('policyTemplates: at least one is required');
  for (const { arn, document } of registration.permissionsBoundaries) {
    const text = asText(document);
    objections.push(...reviewBoundary(arn, text).map((objection) => `${arn}: ${objection}`));
    const known = boundaries.get(arn);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(parseOrNull(text))) {
      objections.push(`${arn}: a registered boundary is immutable; register a new one under a new date`);
    }
  }
  const boundaryArns = [...boundaries.keys(), ...registration.permissionsBoundaries.map(({ arn }) => arn)];
  for (const { arn, document } of registration.policyTemplates) {
    if (arn.length < 20 || arn.length > 2048) objections.push(`${arn}: a template's ARN has 20 to 2,048 characters`);
    objections.push(
      ...reviewTemplate(asText(document), registration.partnerDomain, boundaryArns).map((objection) => `${arn}: ${objection}`),
    );
  }
  if (objections.length > 0) throw new Error(`The partner registration is refused:\n- ${objections.join('\n- ')}`);

  for (const { arn, document } of registration.permissionsBoundaries) {
    boundaries.set(arn, JSON.parse(asText(document)) as PolicyDocument);
  }
  partners.set(registration.partnerDomain, {
    name: registration.partnerName,
    domain: registration.partnerDomain,
    accountIds: [...registration.accountIds],
    policyTemplates: new Map(registration.policyTemplates.map(({ arn, document }) => [arn, asText(document)])),
  });
  world.touch();
}

/** A document may arrive parsed or as text. */
function asText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
