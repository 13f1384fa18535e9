import { describe, expect, it } from 'vitest';
import { parseQueryInput, queryResult } from './query.ts';

describe('the query protocol: a call means to the sandbox what the SDK wrote', () => {
  it('nests lists, structures and maps', () => {
    const form = new URLSearchParams([
      ['Action', 'X'],
      ['Version', '1'],
      ['Tags.member.2.Key', 'b'],
      ['Tags.member.1.Key', 'a'],
      ['Tags.member.10.Key', 'c'],
      ['Attributes.entry.1.key', 'Policy'],
      ['Attributes.entry.1.value', '{}'],
      ['Permissions.PolicyTemplateArn', 'arn'],
      ['Empty', ''],
      ['__proto__.polluted', 'yes'],
    ]);
    const input = parseQueryInput(form);
    expect(input).toMatchObject({
      Tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }],
      Attributes: { Policy: '{}' },
      Permissions: { PolicyTemplateArn: 'arn' },
      Empty: '',
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('writes lists, maps, dates and awkward text as SDKs read them', () => {
    const result = { List: ['<a>', 'b&c'], Map: new Map([['k', 'v']]), At: new Date(0), None: undefined, Flag: false };
    const { body } = queryResult('X', 'urn:x', true, result, 'id');
    expect(body).toContain('<List><member>&lt;a&gt;</member><member>b&amp;c</member></List>');
    expect(body).toContain('<Map><entry><key>k</key><value>v</value></entry></Map>');
    expect(body).toContain('<At>1970-01-01T00:00:00.000Z</At><Flag>false</Flag></XResult>');
    expect(body).toContain('<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>');
  });
});
