/** Policy texts as parsed documents, parsed once: thousands of roles share a few texts. */
import type { PolicyDocument, PolicyStatement } from './document.ts';

const parsed = new Map<string, PolicyDocument>();
const maxKept = 5_000;

/** Throws SyntaxError for text that is no JSON; stored policies always parse. */
export function parsePolicy(text: string): PolicyDocument {
  const known = parsed.get(text);
  if (known) return known;
  const document = JSON.parse(text) as PolicyDocument;
  if (parsed.size >= maxKept) parsed.clear();
  parsed.set(text, document);
  return document;
}

export function statementsOf(document: PolicyDocument): PolicyStatement[] {
  return asList(document.Statement);
}

/** One value or a list, as a list. */
export function asList<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
