import type { StackInfo } from '../stack/stack.ts';
import { connectApi, type Api } from './api.ts';
import { controlSandbox, type SandboxControl } from './sandbox.ts';

/** What every step of the demo plays on. */
export interface Stage {
  stack: StackInfo;
  api: Api;
  sandbox: SandboxControl;
  /** Prints one line. */
  tell(line: string): void;
}

export function openStage(stack: StackInfo, tell: Stage['tell']): Stage {
  return { stack, api: connectApi(stack.apiUrl, stack.adminApiKey), sandbox: controlSandbox(stack.awsEndpointUrl), tell };
}
