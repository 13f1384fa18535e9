import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReservedBadgeKey, parseBadgeFilter } from './badge.ts';

describe('B1: the filter badge=key:value', () => {
  it.each([
    ['team:blue', { key: 'team', value: 'blue' }],
    ['team:', { key: 'team', value: '' }],
    ['aws\\:cloudformation\\:stack:x:y', { key: 'aws:cloudformation:stack', value: 'x:y' }],
    ['path\\\\:v', { key: 'path\\', value: 'v' }],
    ['a/b:c', { key: 'a/b', value: 'c' }],
    ['team', null],
    [':blue', null],
    ['team\\:blue', null],
  ])('%s', (text, expected) => expect(parseBadgeFilter(text)).toEqual(expected));

  it('every key and value has a filter', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (key, value) => {
        const escaped = key.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
        expect(parseBadgeFilter(`${escaped}:${value}`)).toEqual({ key, value });
      }),
    );
  });
});

it.each([
  ['system.cloud_organization', true],
  ['cloud_org_path', true],
  // B8: a person takes these for the system's.
  ['System.x', true],
  ['SYSTEM.cloud_organization', true],
  ['Cloud_Org_Path', true],
  ['cloud_org_path2', false],
  ['systematic', false],
])('B3: %s reserved: %s', (key, reserved) => expect(isReservedBadgeKey(key)).toBe(reserved));
