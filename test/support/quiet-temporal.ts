import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Lets Temporal's runtime, of which a process has one, log errors only. Test files share processes: a second call does nothing. */
export function quietTemporal(): void {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
}
