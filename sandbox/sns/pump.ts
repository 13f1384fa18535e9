/** Moves deliveries from the world's state to their endpoints, one pump per world. */
import type { World } from '../core/world.ts';
import { deliver, giveUp } from './deliver.ts';
import { snsState } from './state.ts';
import type { Delivery } from './state.ts';

/** HTTP endpoints: the first attempt and 3 retries, then the message is lost (SNS Developer Guide, "Message delivery retries"). */
const maxAttempts = 4;

interface Pump {
  timer?: NodeJS.Timeout;
  busy: Set<Delivery>;
  running: boolean;
}

const pumps = new WeakMap<World, Pump>();

/** Starts delivering what the state holds, also what was left from before a restart; returns a stop function. */
export function startPump(world: World): () => void {
  const pump: Pump = { busy: new Set(), running: true };
  pumps.set(world, pump);
  schedule(world);
  return () => {
    pump.running = false;
    clearTimeout(pump.timer);
    pumps.delete(world);
  };
}

/** Puts deliveries on their way. */
export function enqueue(world: World, deliveries: Delivery[]): void {
  snsState.of(world).deliveries.push(...deliveries);
  world.touch();
  schedule(world);
}

/** Looks again when the next delivery is due; call it whenever deliveries have changed. */
export function schedule(world: World): void {
  const pump = pumps.get(world);
  if (pump === undefined || !pump.running) return;
  clearTimeout(pump.timer);
  const waiting = snsState.of(world).deliveries.filter((delivery) => !delivery.held && !pump.busy.has(delivery));
  if (waiting.length === 0) return;
  const next = Math.min(...waiting.map((delivery) => delivery.dueAt));
  pump.timer = setTimeout(() => run(world, pump), Math.max(0, next - Date.now()));
}

function run(world: World, pump: Pump): void {
  const now = Date.now();
  const due = snsState.of(world).deliveries.filter((delivery) => !delivery.held && delivery.dueAt <= now && !pump.busy.has(delivery));
  for (const delivery of due) {
    pump.busy.add(delivery);
    void attempt(world, pump, delivery);
  }
  schedule(world);
}

async function attempt(world: World, pump: Pump, delivery: Delivery): Promise<void> {
  const outcome = await deliver(world, delivery);
  pump.busy.delete(delivery);
  // A stopped pump leaves the delivery in the state; the next one tries it again.
  if (!pump.running) return;
  delivery.attempts += 1;
  delivery.shuffled = false;
  if (outcome === 'retry' && delivery.attempts < maxAttempts) {
    delivery.dueAt = Date.now() + snsState.of(world).retryIntervalMs;
  } else {
    if (outcome !== 'done') await giveUp(world, delivery);
    snsState.of(world).deliveries = snsState.of(world).deliveries.filter((other) => other !== delivery);
  }
  world.touch();
  schedule(world);
}
