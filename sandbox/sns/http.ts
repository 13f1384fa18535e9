/** The unsigned routes of SNS: its certificate, and the links in its messages. */
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { textResponse } from '../core/http.ts';
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { subscriptionNotFound } from './errors.ts';
import { certificatePath, signingIdentity } from './signature.ts';
import { snsState } from './state.ts';
import { confirmByToken, endSubscription } from './subscriptions.ts';

/** GET /sns/….pem, and GET ?Action=ConfirmSubscription or Unsubscribe without credentials. */
export async function handleSnsHttp(request: Pick<HttpRequest, 'method' | 'url'>, world: World): Promise<HttpResponse> {
  const { pathname, searchParams } = request.url;
  if (request.method !== 'GET') return textResponse(405, 'Method not allowed\n');
  if (pathname.startsWith('/sns/')) {
    const identity = await signingIdentity(world);
    if (pathname !== certificatePath(identity)) return textResponse(404, 'Not found\n');
    return textResponse(200, identity.certificatePem, 'application/x-x509-ca-cert');
  }
  try {
    return xml(200, answer(world, searchParams));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return xml(
      error.status,
      `<ErrorResponse xmlns="${namespace}"><Error><Type>${error.fault}</Type><Code>${error.code}</Code><Message>${error.message}</Message></Error></ErrorResponse>`,
    );
  }
}

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';

function answer(world: World, parameters: URLSearchParams): string {
  const action = parameters.get('Action');
  if (action === 'ConfirmSubscription') {
    const { arn } = confirmByToken(
      world,
      parameters.get('TopicArn') ?? '',
      parameters.get('Token') ?? '',
      parameters.get('AuthenticateOnUnsubscribe') === 'true',
    );
    return `<ConfirmSubscriptionResponse xmlns="${namespace}"><ConfirmSubscriptionResult><SubscriptionArn>${arn}</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>`;
  }
  if (action === 'Unsubscribe') {
    const { subscriptions } = snsState.of(world);
    const subscription = subscriptions.get(parameters.get('SubscriptionArn') ?? '');
    if (subscription === undefined) throw subscriptionNotFound();
    if (subscription.authenticateOnUnsubscribe)
      throw new AwsError('AuthorizationError', 'Unsubscribing from this topic needs credentials', 403);
    endSubscription(world, subscription);
    return `<UnsubscribeResponse xmlns="${namespace}"/>`;
  }
  throw new AwsError('InvalidAction', 'Could not find the operation for this service.');
}

function xml(status: number, body: string): HttpResponse {
  return textResponse(status, `${body}\n`, 'text/xml');
}
