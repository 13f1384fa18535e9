/**
 * The sandbox's memory: plain data that `v8.serialize` can write (Maps, arrays, dates as epoch milliseconds, no functions).
 * Each service declares one slice of it beside the slice's type. The world holds the slices by name and knows none of them.
 */

/** All slices by name. */
export type WorldState = Record<string, object>;

/** A world, or another holder of its state. */
export interface HasState {
  readonly state: WorldState;
}

export interface StateSlice<T extends object = object> {
  /** Its name in the data file; it must not change, because data files outlive a release. */
  readonly name: string;
  /**
   * Whether the slice is written only after a change that names it (World.touch). For a slice that is too large to be
   * serialized with every change of another.
   */
  readonly isLarge: boolean;
  /** The slice with nothing in it. */
  empty(): T;
  /** The slice of a world. */
  of(world: HasState): T;
}

export function defineState<T extends object>(name: string, empty: () => T, { isLarge = false } = {}): StateSlice<T> {
  return { name, isLarge, empty, of: ({ state }) => state[name] as T };
}

/** Every slice as `loaded` has it; a slice or field that the data file's release did not know is empty. */
export function fillState(slices: readonly StateSlice[], loaded: WorldState = {}): WorldState {
  return Object.fromEntries(slices.map((slice) => [slice.name, { ...slice.empty(), ...loaded[slice.name] }]));
}
