import { readPartner, startSandbox, type Sandbox, type SandboxOptions } from '@muster/aws-sandbox';
import { PARTNER_FILE } from './muster.ts';

/** Starts a sandbox in this process, with Muster as its partner. */
export async function startMusterSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return await startSandbox({ partner: await readPartner(PARTNER_FILE), ...options });
}
