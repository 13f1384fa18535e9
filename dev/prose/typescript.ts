import jsTokens, { type Token } from 'js-tokens';
import { mark, type Piece } from './piece.ts';

type Placed = Token & { line: number };

const blanks = new Set<Token['type']>(['WhiteSpace', 'LineTerminatorSequence']);
const comments = new Set<Token['type']>(['SingleLineComment', 'MultiLineComment']);

/** The comments of a script, its test titles and, from `minMessageWords` words on, its string and template literals. */
export function readScript(source: string, minMessageWords = Infinity): Piece[] {
  const tokens = place(source);
  const titles = readTitles(tokens);
  return [
    ...readComments(tokens),
    ...titles,
    ...readLiterals(tokens).filter(({ text, line }) => words(text) >= minMessageWords && !titles.some((title) => title.line === line)),
  ].toSorted((a, b) => a.line - b.line);
}

function place(source: string): Placed[] {
  let line = 1;
  return [...jsTokens(withoutNonNull(source))].map((token) => {
    const isBroken = token.type === 'Invalid' || ('closed' in token && !token.closed);
    if (isBroken) throw new Error(`line ${line} cannot be read: ${token.value}`);
    const placed = { ...token, line };
    line += token.value.split('\n').length - 1;
    return placed;
  });
}

/** The tokenizer knows JavaScript: behind TypeScript's `!` it takes a division for a regular expression. */
function withoutNonNull(source: string): string {
  return source.replaceAll(/(?<=[\w)\]])!(?=\s*\/[^/*])/g, ' ');
}

function words(text: string): number {
  return text.match(/\p{L}{2,}/gu)?.length ?? 0;
}

/** Adjacent `//` lines are one comment, because a sentence may run over them. */
function readComments(tokens: Placed[]): Piece[] {
  const pieces: Piece[] = [];
  let lastLine = -1;
  let codeLine = -1;
  for (const { type, value, line } of tokens) {
    if (type === 'SingleLineComment') {
      const text = value.replace(/^\/\/+/, '  ');
      if (line === lastLine + 1 && codeLine !== line) pieces.at(-1)!.text += `\n${text}`;
      else pieces.push({ kind: 'comment', line, text });
      lastLine = codeLine === line ? -1 : line;
    } else if (type === 'MultiLineComment') {
      const text = value.replace(/^\/\*+/, ' ').replace(/\*+\/$/, '');
      pieces.push({ kind: 'comment', line, text: text.replaceAll(/^[ \t]*\*+/gm, ' ') });
    } else if (!blanks.has(type)) {
      codeLine = line + value.split('\n').length - 1;
    }
  }
  return pieces;
}

/** String literals and whole templates, with a mark for each value that a template takes in. */
function readLiterals(tokens: Placed[]): Piece[] {
  const pieces: Piece[] = [];
  const open: Piece[] = [];
  let before: Placed | undefined;
  for (const token of tokens) {
    const { type, value, line } = token;
    const isTagged = before?.type === 'IdentifierName' && before.value === 'sql';
    const start = (text: string): Piece => ({ kind: isTagged ? 'comment' : 'message', line, text });
    if (type === 'StringLiteral' || type === 'NoSubstitutionTemplate') pieces.push(start(unescape(value.slice(1, -1))));
    if (type === 'TemplateHead') open.push(start(unescape(value.slice(1, -2))));
    if (type === 'TemplateMiddle') open.at(-1)!.text += mark + unescape(value.slice(1, -2));
    if (type === 'TemplateTail') pieces.push({ ...open.at(-1)!, text: open.pop()!.text + mark + unescape(value.slice(1, -1)) });
    if (!blanks.has(type)) before = token;
  }
  return pieces.filter(({ kind }) => kind === 'message');
}

function unescape(text: string): string {
  return text.replaceAll(/\\(['"`$\\])/g, '$1').replaceAll(/\\n/g, ' ');
}

const testFunctions = new Set(['describe', 'it', 'test']);

/** First arguments of `describe`, `it` and `test`, also behind `.skip`, `.each(…)` and the like. */
function readTitles(all: Placed[]): Piece[] {
  const tokens = all.filter(({ type }) => !blanks.has(type) && !comments.has(type));
  return tokens.flatMap((token, at) => {
    const isCall = token.type === 'IdentifierName' && testFunctions.has(token.value) && tokens[at - 1]?.value !== '.';
    if (!isCall) return [];
    let next = at + 1;
    while (tokens[next]?.value === '.') next += 2;
    if (tokens[next]?.value === '(' && !isText(tokens[next + 1])) next = afterParentheses(tokens, next);
    const first = tokens[next + 1];
    if (tokens[next]?.value !== '(' || !isText(first)) return [];
    const literal = readLiterals(tokens.slice(next + 1, templateEnd(tokens, next + 1))).at(-1);
    return literal ? [{ ...literal, kind: 'test title' as const }] : [];
  });
}

function isText(token: Token | undefined): token is Placed {
  return token !== undefined && ['StringLiteral', 'NoSubstitutionTemplate', 'TemplateHead'].includes(token.type);
}

function templateEnd(tokens: Placed[], start: number): number {
  if (tokens[start]!.type !== 'TemplateHead') return start + 1;
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    if (tokens[at]!.type === 'TemplateHead') depth += 1;
    if (tokens[at]!.type === 'TemplateTail') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

function afterParentheses(tokens: Placed[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    if (tokens[at]!.value === '(') depth += 1;
    if (tokens[at]!.value === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}
