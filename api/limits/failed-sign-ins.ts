import type { Logger } from 'pino';
import { writeAudit } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { describeDatabaseError } from '../../db/errors.ts';

/** How often refused keys are written to the audit trail, one line per network. */
export const auditEveryMs = 60_000;
/** Maximum number of networks with a line of their own. All other networks share one line. */
const maxNetworks = 200;
const otherNetworks = 'other networks';

interface Failures {
  count: number;
  firstAt: string;
  lastAt: string;
}

/** Collects refused API keys and writes them to the audit trail, merged: a flood of wrong keys is one line a minute. */
export interface FailedSignIns {
  note(network: string): void;
  /** Writes all lines now. */
  flush(): Promise<void>;
  /** Writes the rest and ends. */
  close(): Promise<void>;
}

export function startFailedSignIns(db: Database, log: Logger): FailedSignIns {
  let failures = new Map<string, Failures>();
  const add = (network: string, count: number, firstAt: string, lastAt: string): void => {
    const key = failures.has(network) || failures.size < maxNetworks ? network : otherNetworks;
    const known = failures.get(key);
    failures.set(key, known ? { count: known.count + count, firstAt: known.firstAt, lastAt } : { count, firstAt, lastAt });
  };
  const flush = async (): Promise<void> => {
    const taken = failures;
    failures = new Map();
    for (const [network, { count, firstAt, lastAt }] of taken) {
      try {
        await writeAudit(db, {
          actor: { type: 'system', id: 'api', name: 'Muster' },
          action: 'sign_in.failed',
          target: { type: 'network', id: network },
          detail: { count, firstAt, lastAt },
        });
      } catch (error) {
        add(network, count, firstAt, lastAt);
        log.warn({ reason: describeDatabaseError(error) }, 'could not audit refused API keys yet; the API retries it');
      }
    }
  };
  const timer = setInterval(() => void flush(), auditEveryMs);
  timer.unref();
  return {
    note(network) {
      const now = new Date().toISOString();
      add(network, 1, now, now);
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
