/** A partner's registration at AWS for temporary delegation (access_policies-temporary-delegation-partner-guide.html), with the contents of its files. */
export interface PartnerRegistration {
  /** At most 30 characters, shown to the customer. */
  partnerName: string;
  partnerDomain: string;
  /** The accounts that may create delegation requests. */
  accountIds: string[];
  /** Policies with `@{…}` placeholders, as parsed JSON or text. */
  policyTemplates: { arn: string; document: unknown }[];
  /** Policies, as parsed JSON or text. */
  permissionsBoundaries: { arn: string; document: unknown }[];
}
