import type { AuditOutcome } from './advisories.ts';

/** What the check prints, and whether the change may pass: vulnerabilities of which nothing is known do not stop it. */
export function verdictOf(found: { packages: number; licences: readonly string[]; advisories: AuditOutcome }): {
  lines: string[];
  isGood: boolean;
} {
  const { packages, licences, advisories } = found;
  const ofLicences = licences.length === 0 ? [`licences: ${packages} packages, all on the list`] : licences;
  if (advisories.kind === 'skipped') {
    const skipped = `vulnerabilities: skipped, the registry gave no report (${advisories.reason})`;
    return { lines: [...ofLicences, skipped], isGood: licences.length === 0 };
  }
  const { faults, stale } = advisories;
  return {
    lines: [
      ...ofLicences,
      ...(faults.length === 0 ? ['vulnerabilities: none that is high or critical'] : faults),
      ...stale.map((id) => `${id} is accepted in .ci/accepted.json, and no advisory needs that any more: take it out`),
    ],
    isGood: licences.length === 0 && faults.length === 0,
  };
}
