import { describe, expect, it } from 'vitest';
import type { PolicyParameter } from './state.ts';
import { renderTemplate } from './template.ts';

const text = (name: string, value: string): PolicyParameter => ({ Name: name, Values: [value], Type: 'string' });
const list = (name: string, ...values: string[]): PolicyParameter => ({ Name: name, Values: values, Type: 'stringList' });
const template = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const read = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::@{Buckets}/@{Prefixes}' };

describe('rendering a policy template', () => {
  it('fills in values and expands lists as a cross product, so that the partner gets exactly what was shown', () => {
    const { document } = renderTemplate(template(read), [list('Buckets', 'a', 'b'), list('Prefixes', 'x', 'y')]);
    expect(document.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::a/x', 'arn:aws:s3:::a/y', 'arn:aws:s3:::b/x', 'arn:aws:s3:::b/y'],
      },
    ]);
  });

  it.each([
    ['WantsIt', 'True', 1],
    ['WantsIt', 'true', 0],
    ['!WantsIt', 'True', 0],
    ['!WantsIt', 'False', 1],
  ])('@Enabled %s with the value %s keeps %i switched statements', (enabled, value, kept) => {
    const always = { Effect: 'Allow', Action: ['s3:ListAllMyBuckets'], Resource: '*' };
    const { document } = renderTemplate(template({ ...always, Action: ['s3:GetObject'], '@Enabled': enabled }, always), [
      text('WantsIt', value),
    ]);
    expect(document.Statement).toHaveLength(kept + 1);
    expect(JSON.stringify(document)).not.toContain('@Enabled');
  });

  it.each([
    ['missing', [list('Buckets', 'a')]],
    ['surplus', [list('Buckets', 'a'), list('Prefixes', 'x'), text('Another', 'z')]],
    ['repeated', [list('Buckets', 'a'), list('Prefixes', 'x'), list('Prefixes', 'y')]],
    ['a string with two values', [{ ...list('Buckets', 'a', 'b'), Type: 'string' as const }, list('Prefixes', 'x')]],
    ['empty', [list('Buckets'), list('Prefixes', 'x')]],
  ])('refuses parameters that are %s', (_name, parameters) => {
    expect(() => renderTemplate(template(read), parameters)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  });

  it('refuses more than 2,048 rendered characters, the tightest limit of an onboarding', () => {
    const length = renderTemplate(template(read), [text('Buckets', 'a'), text('Prefixes', 'x')]).text.length;
    const fits = [text('Buckets', 'a'.repeat(1 + 2048 - length)), text('Prefixes', 'x')];
    expect(renderTemplate(template(read), fits).text).toHaveLength(2048);
    expect(() => renderTemplate(template(read), [text('Buckets', 'a'.repeat(2 + 2048 - length)), text('Prefixes', 'x')])).toThrow(/2048/);
  });
});
