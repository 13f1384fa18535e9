import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Piece } from './piece.ts';

/** The headings and paragraphs of a Markdown text, tables included, without code blocks and link targets. */
export function readMarkdown(source: string): Piece[] {
  const pieces: Piece[] = [];
  walk(fromMarkdown(source), (node) => {
    if (node.type === 'paragraph' || node.type === 'heading') {
      pieces.push({ kind: 'paragraph', line: node.position!.start.line, text: textOf(source, node) });
    }
  });
  return pieces;
}

function walk(node: Nodes, visit: (node: Nodes) => void): void {
  visit(node);
  if ('children' in node) for (const child of node.children) walk(child, visit);
}

/** The source of a node without HTML and link targets. Its line breaks stay. */
function textOf(source: string, node: Nodes): string {
  const hidden: [start: number, end: number][] = [];
  walk(node, (each) => {
    const { start, end } = each.position!;
    if (each.type === 'html') hidden.push([start.offset!, end.offset!]);
    if (each.type === 'link' && each.children.length > 0) {
      hidden.push([start.offset!, each.children[0]!.position!.start.offset!]);
      hidden.push([each.children.at(-1)!.position!.end.offset!, end.offset!]);
    }
  });
  const { start, end } = node.position!;
  let text = '';
  let at = start.offset!;
  for (const [from, to] of hidden.toSorted(([a], [b]) => a - b)) {
    text += source.slice(at, from) + '\n'.repeat(source.slice(from, to).split('\n').length - 1);
    at = to;
  }
  return text + source.slice(at, end.offset);
}
