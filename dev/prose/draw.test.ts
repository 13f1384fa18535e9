import { expect, it } from 'vitest';
import { drawSample } from './draw.ts';

const items = Array.from({ length: 50 }, (_, index) => index);

it('draws different items, the same ones for the same seed', () => {
  const drawn = drawSample(items, 20, 7);
  expect(new Set(drawn).size).toBe(20);
  expect(drawSample(items, 20, 7)).toEqual(drawn);
  expect(drawSample(items, 20, 8)).not.toEqual(drawn);
});

it('draws everything if there is less than was asked for', () => {
  expect(drawSample(items, 100, 1).toSorted((a, b) => a - b)).toEqual(items);
});
