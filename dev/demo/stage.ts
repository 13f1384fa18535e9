import type { StackInfo } from '../stack/stack.ts';
import { connectApi, type Api } from './api.ts';
import { controlSandbox, type SandboxControl } from './sandbox.ts';

/** The dependencies of every step of the demo. */
export interface Stage {
  stack: StackInfo;
  api: Api;
  sandbox: SandboxControl;
  /** Prints one line. */
  print(line: string): void;
}

export function openStage(stack: StackInfo, print: Stage['print']): Stage {
  return { stack, api: connectApi(stack.apiUrl, stack.adminApiKey), sandbox: controlSandbox(stack.awsEndpointUrl), print };
}
