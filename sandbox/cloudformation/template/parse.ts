import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ParsedNode, ScalarTag, Tags } from 'yaml';
import { validationError } from '../errors.ts';

const SHORT_FORMS = new Set([
  'And',
  'Base64',
  'Condition',
  'Equals',
  'FindInMap',
  'GetAtt',
  'If',
  'Join',
  'Not',
  'Or',
  'Ref',
  'Select',
  'Split',
  'Sub',
]);

/** Tags that CloudFormation's YAML does not know (User Guide, "Template format": YAML 1.1 with exceptions). */
const UNKNOWN_YAML_TAGS = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp', 'merge'].map((name) => `tag:yaml.org,2002:${name}`));

/**
 * Parses a template body, JSON or YAML, and writes YAML's short forms (`!Ref x`) as their long ones.
 * Throws ValidationError "Template format error: …" when it is not well-formed.
 */
export function parseTemplateBody(body: string): unknown {
  return body.trimStart().startsWith('{') ? parseJson(body) : parseYaml(body);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw validationError('Template format error: JSON not well-formed.');
  }
}

function parseYaml(body: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(body, {
    version: '1.1',
    lineCounter,
    logLevel: 'silent',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !UNKNOWN_YAML_TAGS.has(tag.tag)).map(withoutYAndN),
  });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw validationError(`Template format error: YAML not well-formed. (line ${line}, column ${col})`);
  }
  return toPlain(document.contents);
}

/** AWS's parser reads yes, no, on and off as booleans, but not y and n, as YAML 1.1's text would have it (SnakeYAML's resolver). */
function withoutYAndN(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:bool') return tag;
  const scalar = tag as ScalarTag;
  return { ...scalar, test: new RegExp(`(?!^[yYnN]$)${scalar.test!.source}`) };
}

function toPlain(node: ParsedNode | null): unknown {
  if (node === null) return null;
  if (isAlias(node)) throw validationError('Template format error: YAML aliases are not allowed in CloudFormation templates');
  const tag = node.tag?.startsWith('!') && !node.tag.startsWith('!!') ? node.tag.slice(1) : undefined;
  const plain = untagged(node);
  return tag === undefined ? plain : longForm(tag, plain);
}

function untagged(node: ParsedNode): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => toPlain(item));
  if (isMap(node)) {
    return Object.fromEntries(node.items.map((pair) => [String(toPlain(pair.key)), toPlain(pair.value)]));
  }
  throw validationError('Template format error: YAML not well-formed.');
}

function longForm(tag: string, value: unknown): unknown {
  if (!SHORT_FORMS.has(tag)) throw validationError(`Template format error: YAML tag !${tag} is not supported`);
  if (tag === 'Ref' || tag === 'Condition') return { [tag]: value };
  if (tag === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${tag}`]: value };
}
