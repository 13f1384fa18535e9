/** Names and tags that look like a company's. */
import type { Random } from './random.ts';

/** One for each letter, so that a filter by prefix finds some and leaves some. */
const projects =
  'atlas borealis cobalt delta ember falcon granite harbor indigo juniper kestrel lumen meridian nimbus orchid pulsar quartz raven saffron tundra umbra vertex willow xenon yarrow zephyr'.split(
    ' ',
  );
const purposes = ['prod', 'staging', 'dev', 'test', 'data', 'shared', 'edge', 'logs'];
const units = [
  'Workloads',
  'Production',
  'Staging',
  'Development',
  'Sandbox',
  'Security',
  'Infrastructure',
  'Data & Analytics',
  'R/D',
  'Suspended',
];
const tagValues: readonly (readonly [string, readonly string[]])[] = [
  ['environment', ['prod', 'staging', 'dev', 'test']],
  ['team', ['blue', 'green', 'platform', 'payments', 'search', 'mobile']],
  ['cost-center', ['1000', '1200', '2310', '4711', '9000']],
  ['owner', ['ada@example.com', 'grace@example.com', 'alan@example.com']],
  ['Data Class', ['public', 'internal', 'confidential']],
];

export function accountName(index: number, random: Random): string {
  return `${projects[index % projects.length]}-${purposes[random.integer(purposes.length)]}-${index}`;
}

/** The same name under different parents is common, and allowed; under one parent it is not. */
export function unitName(index: number, taken: (name: string) => boolean): string {
  const name = units[index % units.length]!;
  return taken(name) ? `${name} ${index}` : name;
}

export function makeTags(count: number, random: Random): Map<string, string> {
  const tags = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const [key, values] = tagValues[index] ?? [`tag-${String(index).padStart(2, '0')}`, tagValues[0]![1]];
    tags.set(key, values[random.integer(values.length)]!);
  }
  return tags;
}
