import { PROJECT_ROOT } from '../stack/home.ts';
import { listFiles, readPieces } from './files.ts';
import { findingsIn } from './findings.ts';

/** `npm run prose:check -- [path ...]`: reports the avoided words in texts for people. Exits with 1 if there is one. */
const files = listFiles(PROJECT_ROOT, process.argv.slice(2));
const lines = files.flatMap((file) =>
  readPieces(PROJECT_ROOT, file)
    .flatMap(findingsIn)
    .map(({ line, word, instead, sentence }) => `${file}:${line}: "${word}" -> ${instead}\n    ${sentence}`),
);
if (lines.length > 0) {
  console.log(lines.join('\n'));
  process.exitCode = 1;
}
console.log(`${lines.length} ${lines.length === 1 ? 'word' : 'words'} to replace in ${files.length} files`);
