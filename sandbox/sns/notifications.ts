/** From one published message to its deliveries, treated as PUT /_sandbox/notifications says. */
import { controlState } from '../control/state.ts';
import type { World } from '../core/world.ts';
import { enqueue, schedule } from './pump.ts';
import { snsState } from './state.ts';
import type { Delivery, Envelope, StoredSubscription } from './state.ts';

/** Reordered messages gather for this long and all leave within half a second after it, so within 2 s. */
const gatherMs = 1000;
const spreadMs = 500;

/** Puts a message on its way to every confirmed subscriber of its topic. */
export function sendNotifications(world: World, envelope: Envelope): void {
  const { notifications } = controlState.of(world);
  if (dropsNext(world)) return;
  const copies = 1 + (notifications.duplicate ?? 0);
  const deliveries = [...snsState.of(world).subscriptions.values()]
    .filter((subscription) => subscription.topicArn === envelope.TopicArn && subscription.confirmed)
    .flatMap((subscription) => Array.from({ length: copies }, () => deliveryTo(world, subscription, envelope)));
  for (const delivery of deliveries) delivery.held = notifications.hold === true;
  enqueue(world, deliveries);
  if (notifications.reorder === true)
    shuffle(
      world,
      deliveries.filter((delivery) => !delivery.held),
    );
}

/** Sends held messages, reordered if the settings say so: all, or only messages that contain a text. */
export function releaseNotifications(world: World, containing = ''): void {
  const held = snsState.of(world).deliveries.filter(({ held, envelope }) => held && envelope.Message.includes(containing));
  for (const delivery of held) delivery.held = false;
  if (controlState.of(world).notifications.reorder === true) shuffle(world, held);
  world.touch();
  schedule(world);
}

/** Sends SNS's own message that a subscription needs confirmation or has ended; never held, dropped or reordered. */
export function sendConfirmation(world: World, subscription: StoredSubscription, envelope: Envelope): void {
  enqueue(world, [{ ...deliveryTo(world, subscription, envelope), raw: false }]);
}

function deliveryTo(world: World, subscription: StoredSubscription, envelope: Envelope): Delivery {
  const unsubscribe = `${world.baseUrl}/?Action=Unsubscribe&SubscriptionArn=${encodeURIComponent(subscription.arn)}`;
  const redrive = subscription.attributes['RedrivePolicy'];
  return {
    subscriptionArn: subscription.arn,
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    envelope: envelope.Type === 'Notification' ? { ...envelope, UnsubscribeURL: unsubscribe } : envelope,
    raw: subscription.attributes['RawMessageDelivery'] === 'true',
    ...(redrive ? { deadLetterArn: (JSON.parse(redrive) as { deadLetterTargetArn: string }).deadLetterTargetArn } : {}),
    attempts: 0,
    dueAt: Date.now(),
    shuffled: false,
    held: false,
  };
}

function dropsNext(world: World): boolean {
  const { notifications } = controlState.of(world);
  if (typeof notifications.drop !== 'number') return notifications.drop === true;
  if (notifications.drop < 1) return false;
  notifications.drop -= 1;
  world.touch();
  return true;
}

/** Shuffles new deliveries together with gathering deliveries, and never leaves all of them in order. */
function shuffle(world: World, fresh: Delivery[]): void {
  const gathering = snsState.of(world).deliveries.filter((delivery) => delivery.shuffled && !fresh.includes(delivery));
  const start = Math.min(Date.now() + gatherMs, ...gathering.map((delivery) => delivery.dueAt));
  const inOrder = [...gathering, ...fresh].sort((a, b) => a.envelope.Timestamp.localeCompare(b.envelope.Timestamp));
  const mixed = shuffled(inOrder);
  if (mixed.every((delivery, index) => delivery === inOrder[index])) mixed.reverse();
  for (const [index, delivery] of mixed.entries()) {
    delivery.shuffled = true;
    delivery.dueAt = start + (index * spreadMs) / mixed.length;
  }
  schedule(world);
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}
