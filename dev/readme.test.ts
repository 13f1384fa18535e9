import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { statusCodes, warningCodes } from '../domain/clouds/check.ts';

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

/** The codes of the failures that a workflow ends with, as its source writes them. */
async function endingCodes(workflow: string): Promise<string[]> {
  const source = await read(`workflows/${workflow}/endings.ts`);
  return [...source.matchAll(/(?:\bcode: |\bcode \?\? |\bfailed\(\s*)'([a-z_]+)'/g)].map(([, code]) => code!);
}

/** The codes in the first columns of a text's tables. */
function explainedCodes(text: string): string[] {
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!));
}

it('S5: whoever meets a code finds in the README what it means and what to do', async () => {
  const [ofRequests, ofOrganizations] = (await read('README.md')).split('\n### Organizations\n').map(explainedCodes);
  const requests = await endingCodes('delegation-onboarding');
  const syncs = [...(await endingCodes('organization-sync')), ...(await endingCodes('organization-keeper'))];
  expect(ofRequests).toEqual(expect.arrayContaining(requests));
  expect(ofOrganizations).toEqual(expect.arrayContaining([...syncs, ...Object.values(statusCodes), ...Object.values(warningCodes)]));
  // The source is read as these tests expect it to be written.
  expect([requests, syncs]).toEqual([
    expect.arrayContaining(['account_exists', 'deployment_failed', 'cancelled']),
    expect.arrayContaining(['no_snapshot', 'interrupted', 'internal_error']),
  ]);
});
