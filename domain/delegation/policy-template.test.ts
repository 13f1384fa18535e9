import { expect, it } from 'vitest';
import { renderPolicyTemplate } from './policy-template.ts';

it('D2: the policy that people review has the parameters in place, in values and not in keys', () => {
  const template = { '@{A}': ['arn:@{A}:@{B}', '@{A}'], number: 1, nested: { value: 'x@{B}' } };
  expect(renderPolicyTemplate(template, { A: 'a', B: 'b' })).toEqual({ '@{A}': ['arn:a:b', 'a'], number: 1, nested: { value: 'xb' } });
});

it('a parameter value is not read as a template again', () => {
  expect(renderPolicyTemplate('@{A}', { A: '@{B}' })).toBe('@{B}');
});

it('a parameter that is not given is a fault of ours, found before AWS finds it', () => {
  expect(() => renderPolicyTemplate('@{Missing}', {})).toThrow('Missing');
});
