/** GetResources' filters, with what the API model refuses about them. */
import { AwsError } from '../core/aws-error.ts';

export interface Filters {
  /** e.g. organizations:account; an empty list in the input asks for every type. */
  types: string[];
  tags: { key: string; values: string[] }[];
}

/** Throws InvalidParameterException. */
export function readFilters(input: Record<string, unknown>): Filters {
  if (input.ResourceARNList !== undefined) throw invalid('The sandbox does not know ResourceARNList.');
  const types = (input.ResourceTypeFilters ?? []) as string[];
  const tags = (input.TagFilters ?? []) as { Key?: string; Values?: string[] }[];
  if (!Array.isArray(types) || types.length > 100) throw invalid('ResourceTypeFilters can include up to 100 items.');
  if (!Array.isArray(tags) || tags.length > 50) throw invalid('TagFilters can include up to 50 keys.');
  return {
    types: types.length === 0 ? ['organizations'] : types,
    tags: tags.map(({ Key, Values = [] }) => {
      if (typeof Key !== 'string' || Key === '' || Values.length > 20) throw invalid('Each tag filter has a key and up to 20 values.');
      return { key: Key, values: Values };
    }),
  };
}

/** Every filter must hold; one with values holds for any of them. */
export function matchesFilters(tags: ReadonlyMap<string, string>, filters: Filters): boolean {
  return filters.tags.every(({ key, values }) => {
    const value = tags.get(key);
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
