import { isPair, isScalar, LineCounter, parseAllDocuments, Parser, visit } from 'yaml';
import type { Piece } from './piece.ts';

/** Keys of OpenAPI documents and CloudFormation templates whose values are text for people. */
const textKeys = new Set(['summary', 'description', 'title', 'Description', 'ConstraintDescription']);

/** Those texts of a JSON or YAML file, and a YAML file's comments. */
export function readDocument(source: string): Piece[] {
  return [...readTexts(source), ...readComments(source)].toSorted((a, b) => a.line - b.line);
}

function readTexts(source: string): Piece[] {
  const pieces: Piece[] = [];
  const lineCounter = new LineCounter();
  for (const document of parseAllDocuments(source, { lineCounter, logLevel: 'error' })) {
    visit(document, {
      Pair(_key, { key, value }, path) {
        const isText = isScalar(key) && textKeys.has(String(key.value)) && isScalar(value) && typeof value.value === 'string';
        const isInExample = path.some((node) => isPair(node) && isScalar(node.key) && /^examples?$/.test(String(node.key.value)));
        if (!isText || isInExample) return;
        pieces.push({ kind: 'description', line: lineCounter.linePos(value.range![0]).line, text: value.value as string });
      },
    });
  }
  return pieces;
}

/** Adjacent comment lines are one comment, because a sentence may run over them. */
function readComments(source: string): Piece[] {
  const lines = source.split('\n');
  const lineCounter = new LineCounter();
  const pieces: Piece[] = [];
  let lastLine = -1;
  const collect = (token: unknown): void => {
    if (typeof token !== 'object' || token === null) return;
    const { type, offset, source: text } = token as { type?: string; offset?: number; source?: string };
    if (type === 'comment') {
      const { line } = lineCounter.linePos(offset!);
      const isAlone = lines[line - 1]!.trimStart().startsWith('#');
      const body = text!.replace(/^#+/, ' ');
      if (isAlone && line === lastLine + 1) pieces.at(-1)!.text += `\n${body}`;
      else pieces.push({ kind: 'comment', line, text: body });
      lastLine = isAlone ? line : -1;
    }
    for (const child of Object.values(token)) {
      if (Array.isArray(child)) for (const each of child) collect(each);
      else collect(child);
    }
  };
  for (const token of new Parser(lineCounter.addNewLine).parse(source)) collect(token);
  return pieces;
}
