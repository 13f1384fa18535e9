/** Numbers that look random and are the same for the same seed. */

export interface Random {
  /** From 0 up to, but not, `below`. */
  integer(below: number): number;
  /** Lower-case letters and digits. */
  text(length: number): string;
  /** `count` of the items, each at most once, in their order. */
  sample<T>(items: readonly T[], count: number): T[];
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Mulberry32: 32 bits of state, which is plenty for names and ids. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    integer,
    text: (length) => Array.from({ length }, () => alphabet[integer(alphabet.length)]).join(''),
    sample(items, count) {
      let wanted = Math.min(count, items.length);
      return items.filter((_, index) => {
        const isTaken = next() * (items.length - index) < wanted;
        if (isTaken) wanted -= 1;
        return isTaken;
      });
    },
  };
}
