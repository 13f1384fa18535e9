import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from './documents.ts';
import { readMarkdown } from './markdown.ts';
import type { Piece } from './piece.ts';
import { readScript } from './typescript.ts';

/** Folders whose string literals reach people: timelines, failures, problems, logs, what commands print. */
const speaking = /^(workflows|activities|domain|api|notifications|temporal|worker|config|db|dev\/(?!prose\/))/;
const problemTitles = 'api/problems/codes.ts';
const scripts = /\.[cm]?[jt]sx?$/;
/** Shorter literals are names and codes. */
const minMessageWords = 4;

/** The texts for people in a file, by its kind; none in kinds that hold no such text. */
export function piecesOf(file: string, source: string): Piece[] {
  if (scripts.test(file)) {
    const isTest = /\.test\.[jt]s$/.test(file);
    if (file === problemTitles) return readScript(source, 1);
    return readScript(source, speaking.test(file) && !isTest ? minMessageWords : Infinity);
  }
  if (file.endsWith('.md')) return readMarkdown(source);
  if (/\.ya?ml$/.test(file) || file === 'openapi.json') return readDocument(source);
  return [];
}

/** Git's files below a folder of the project: tracked, or new and not ignored. Paths are relative to the project. */
export function listFiles(root: string, below: readonly string[] = []): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...below], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1_048_576,
  });
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file)));
}

/** The texts of one file. Fails with the file's name if the tokenizer cannot cope with it. */
export function readPieces(root: string, file: string): Piece[] {
  try {
    return piecesOf(file, readFileSync(join(root, file), 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
}
