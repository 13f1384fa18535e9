/** boto3 as a client of the sandbox: another SDK, with AWS's own API models, whose judgement is not ours (bridge.py). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../core/service-name.ts';
import { pythonProgram } from './python.ts';

/** An account's administrator by its 12 digits, or issued keys. */
export type BotoCaller = string | { id: string; secret: string; token?: string };

export interface BotoError {
  code: string;
  message: string;
  /** HTTP status; 0 when boto3 could not read the answer, or refused the input itself. */
  status: number;
  /** The HTTP status of the error in AWS's model, where it names one. */
  modeledStatus?: number | null;
  /** Whether the operation's model lists the error. */
  isModeled?: boolean;
}

export interface Boto {
  /** Calls an operation. Throws for an error, and for an answer that AWS's model does not describe. */
  // oxlint-disable-next-line typescript/no-explicit-any -- boto3 answers with plain dictionaries
  call<T = Record<string, any>>(caller: BotoCaller, service: ServiceName, operation: string, input?: object): Promise<T>;
  /** Calls an operation that must be refused, and answers the error as boto3 has read it. */
  refusal(caller: BotoCaller, service: ServiceName, operation: string, input?: object): Promise<BotoError>;
  /** `service.Operation` of each operation that was answered without an error. */
  answered: ReadonlySet<string>;
  close(): Promise<void>;
}

type Answer = { output: object; objections: string[] } | { error: BotoError };

/** AWS's own answers differ from its model here. */
const documented = [
  // "can only have a value of Policy" (IAM API reference, AttachedPermissionsBoundary), as in AWS's examples.
  /PermissionsBoundary\.PermissionsBoundaryType is 'Policy'/,
  // An event of the stack itself has a status of stacks (CloudFormation User Guide, "Stack status codes").
  /Events\[\]\.ResourceStatus is 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'/,
];

const clientNames: Partial<Record<ServiceName, string>> = { tagging: 'resourcegroupstaggingapi' };

export function startBoto(baseUrl: string): Boto {
  const bridge = spawn(pythonProgram('python'), [fileURLToPath(new URL('bridge.py', import.meta.url)), baseUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Settings of the machine, such as a proxy or a profile, must not reach the calls.
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  const lines = createInterface({ input: bridge.stdout });
  const ended = once(bridge, 'exit');
  const waiting: ((answer: Answer) => void)[] = [];
  lines.on('line', (line) => waiting.shift()!(JSON.parse(line) as Answer));
  const answered = new Set<string>();

  const send = async (caller: BotoCaller, service: ServiceName, operation: string, input: object): Promise<Answer> => {
    const credentials = typeof caller === 'string' ? { id: caller, secret: 'any' } : caller;
    const answer = new Promise<Answer>((resolve) => waiting.push(resolve));
    bridge.stdin.write(`${JSON.stringify({ service: clientNames[service] ?? service, operation, input, credentials })}\n`);
    return Promise.race([answer, ended.then(() => Promise.reject(new Error('bridge.py ended; its message is above.')))]);
  };

  return {
    answered,
    async call<T>(caller: BotoCaller, service: ServiceName, operation: string, input: object = {}) {
      const answer = await send(caller, service, operation, input);
      if ('error' in answer)
        throw new Error(`${service} ${operation}: ${answer.error.status} ${answer.error.code}: ${answer.error.message}`);
      const objections = answer.objections.filter((objection) => !documented.some((known) => known.test(objection)));
      if (objections.length > 0) throw new Error(`${service} ${operation}: ${objections.join('; ')}`);
      answered.add(`${service}.${operation}`);
      return answer.output as T;
    },
    async refusal(caller, service, operation, input = {}) {
      const answer = await send(caller, service, operation, input);
      if (!('error' in answer)) throw new Error(`${service} ${operation} was not refused.`);
      return answer.error;
    },
    async close() {
      bridge.stdin.end();
      await ended;
    },
  };
}
