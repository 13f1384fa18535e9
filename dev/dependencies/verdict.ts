import type { AuditOutcome } from './advisories.ts';

/** The output of the check and its result. A skipped check of vulnerabilities does not fail it; the last line says so. */
export function verdictOf(found: { packages: number; licences: readonly string[]; advisories: AuditOutcome }): {
  lines: string[];
  isGood: boolean;
} {
  const { packages, licences, advisories } = found;
  const ofLicences = licences.length === 0 ? [`licences: ${packages} packages, all on the list`] : licences;
  if (advisories.kind === 'skipped') {
    const skipped = `vulnerabilities: NOT CHECKED, because the registry gave no report (${advisories.reason})`;
    return { lines: [...ofLicences, skipped], isGood: licences.length === 0 };
  }
  const { faults, stale } = advisories;
  return {
    lines: [
      ...ofLicences,
      ...(faults.length === 0 ? ['vulnerabilities: none high or critical'] : faults),
      ...stale.map((id) => `${id} is accepted in .ci/accepted.json, but has no current advisory: remove the entry`),
    ],
    isGood: licences.length === 0 && faults.length === 0,
  };
}
