/** SNS's message signatures (SNS Developer Guide, "Verifying the signatures of Amazon SNS messages"). */
import { createSign, randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';
import type { World } from '../core/world.ts';
import { snsState } from './state.ts';
import type { Envelope, SigningIdentity } from './state.ts';

/** Signed in this order, each as name, line feed, value, line feed; absent ones are left out. */
const notificationKeys = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const confirmationKeys = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;

export function stringToSign(envelope: Envelope): string {
  const keys = envelope.Type === 'Notification' ? notificationKeys : confirmationKeys;
  const values = envelope as unknown as Record<string, string | undefined>;
  return keys.flatMap((key) => (values[key] === undefined ? [] : [`${key}\n${values[key]}\n`])).join('');
}

/** The envelope as it goes over the wire, signed with SHA1 (version 1) or SHA256 (version 2). */
export function signedBody(envelope: Envelope, identity: SigningIdentity, baseUrl: string): string {
  const algorithm = envelope.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  const { UnsubscribeURL, MessageAttributes, ...head } = envelope;
  return JSON.stringify(
    {
      ...head,
      Signature: createSign(algorithm).update(stringToSign(envelope), 'utf8').sign(identity.privateKeyPem, 'base64'),
      SigningCertURL: `${baseUrl}${certificatePath(identity)}`,
      UnsubscribeURL,
      MessageAttributes,
    },
    undefined,
    2,
  );
}

export function certificatePath(identity: SigningIdentity): string {
  return `/sns/SimpleNotificationService-${identity.id}.pem`;
}

const making = new WeakMap<World, Promise<SigningIdentity>>();

/** This sandbox's key and certificate, made once and kept with its data. */
export async function signingIdentity(world: World): Promise<SigningIdentity> {
  const known = snsState.of(world).signing;
  if (known !== undefined) return known;
  let pending = making.get(world);
  if (pending === undefined) {
    pending = makeIdentity();
    making.set(world, pending);
  }
  const identity = await pending;
  making.delete(world);
  const sns = snsState.of(world);
  if (sns.signing === undefined) {
    sns.signing = identity;
    world.touch();
  }
  return sns.signing;
}

async function makeIdentity(): Promise<SigningIdentity> {
  const validity = 10 * 365 * 24 * 3600 * 1000;
  const { private: privateKeyPem, cert: certificatePem } = await generate([{ name: 'commonName', value: 'sns.sandbox.invalid' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + validity),
  });
  return { id: randomBytes(16).toString('hex'), privateKeyPem, certificatePem };
}
