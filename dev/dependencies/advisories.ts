import { z } from 'zod';

const advisory = z.object({ url: z.string(), title: z.string(), severity: z.string(), name: z.string(), range: z.string() });

/** Output of `npm audit --json` if the registry answered (auditReportVersion 2). */
const reportSchema = z.object({ vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), advisory])) })) });
/** Its output if the registry did not answer. */
const failureSchema = z.object({ message: z.string().optional(), error: z.object({ summary: z.string().optional() }).optional() });

export interface AcceptedAdvisory {
  /** The advisory's id, such as GHSA-xxxx-xxxx-xxxx. */
  id: string;
  /** The reason why it does not affect us. */
  reason: string;
  /** The day of the next review, such as 2027-01-31. */
  until: string;
}

export type AuditOutcome =
  | { kind: 'done'; faults: string[]; /** Entries without a current advisory. */ stale: string[] }
  /** The registry gave no report. */
  | { kind: 'skipped'; reason: string };

/** Reads npm's report. Returns a fault for each high or critical advisory that is not accepted, or no longer. */
export function readAudit(output: string, accepted: readonly AcceptedAdvisory[], today: string): AuditOutcome {
  const json = parse(output);
  const report = reportSchema.safeParse(json);
  if (!report.success) return { kind: 'skipped', reason: reasonOf(json) };
  const grave = new Map<string, z.infer<typeof advisory>>();
  for (const { via } of Object.values(report.data.vulnerabilities)) {
    for (const cause of via) {
      if (typeof cause !== 'string' && /^(high|critical)$/.test(cause.severity)) grave.set(cause.url.split('/').at(-1)!, cause);
    }
  }
  const faults = [...grave].flatMap(([id, { name, range, severity, title, url }]) => {
    const entry = accepted.find((candidate) => candidate.id === id);
    if (entry && entry.until >= today) return [];
    const lapsed = entry ? `; it was accepted until ${entry.until}` : '';
    return [`${name} ${range}: ${title} (${severity}, ${url})${lapsed}`];
  });
  return { kind: 'done', faults, stale: accepted.filter(({ id }) => !grave.has(id)).map(({ id }) => id) };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function reasonOf(json: unknown): string {
  const failure = failureSchema.safeParse(json);
  const words = failure.success ? failure.data.message || failure.data.error?.summary : undefined;
  // npm's message contains the address of the registry; only the reason matters.
  return words ? words.replaceAll(/\s*-?\s*(GET|POST)?\s*https?:\/\/\S+/g, '').trim() : 'npm gave no report';
}
