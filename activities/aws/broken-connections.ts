import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { STSClient } from '@aws-sdk/client-sts';

/** Requests whose connection broke. They are sent again over a connection of their own. */
const sentAgain = new WeakSet<object>();

/**
 * The connections of AWS clients. Calls share kept connections. A call whose kept connection broke goes over a new one, because
 * the server may have closed the other kept connections, too.
 */
export class Connections extends NodeHttpHandler {
  private readonly single: NodeHttpHandler;

  constructor(options: NodeHttpHandlerOptions) {
    super(options);
    const agent = { keepAlive: false };
    this.single = new NodeHttpHandler({ ...options, httpAgent: agent, httpsAgent: agent });
  }

  override async handle(...call: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    return await (sentAgain.has(call[0]) ? this.single.handle(...call) : super.handle(...call));
  }

  override destroy(): void {
    super.destroy();
    this.single.destroy();
  }
}

/**
 * Repeats a call once, at once, if its connection broke before the whole answer arrived. AWS closes idle connections, and a call
 * that leaves in that moment is lost. AWS may have received it, so only calls that may run twice are repeated. The client needs
 * `Connections` as its request handler.
 */
export function repeatBrokenCalls(client: Pick<STSClient, 'middlewareStack'>): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (call) => {
        try {
          return await next(call);
        } catch (error) {
          if (!isConnectionBroken(error) || !mayRunTwice(commandName, call.input)) throw error;
          sentAgain.add(call.request as object);
          return await next(call);
        }
      },
    // After the signature, which stays valid for 5 minutes, and around the reading of the answer.
    { step: 'finalizeRequest', priority: 'low', name: 'musterRepeatBrokenCalls' },
  );
}

/** Node reports a connection that the other side closed as ECONNRESET ("socket hang up", "aborted") or EPIPE. */
function isConnectionBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/**
 * Calls that only read, or only create a session. GetDelegatedAccessToken and ReceiveMessage are no reads: the first redeems a
 * token, the second hides messages.
 */
const harmless = /^(Describe\w+|List\w+|GetRole|GetResources|GetCallerIdentity|SimulatePrincipalPolicy|AssumeRole)Command$/;

/** AWS recognizes a repeated call by a token or an operation id of the caller. */
function mayRunTwice(commandName: string, input: object): boolean {
  if (harmless.test(commandName)) return true;
  const { ClientRequestToken, OperationId } = input as { ClientRequestToken?: string; OperationId?: string };
  return ClientRequestToken !== undefined || OperationId !== undefined;
}
