import { PROJECT_ROOT } from '../stack/home.ts';
import { drawSample } from './draw.ts';
import { listFiles, readPieces } from './files.ts';
import { sentencesOf } from './sentences.ts';

/**
 * `npm run prose:sample -- [count] [seed]`: sentences at random from texts that users read (README, docs/, openapi.json,
 * problem titles, messages), for a reader who marks where they stumble. The same seed draws the same sentences.
 */
const [count = '100', seed = String(Date.now() % 100_000)] = process.argv.slice(2);
const sources = ['README.md', 'docs', 'openapi.json', 'api', 'workflows', 'activities', 'domain', 'notifications', 'temporal', 'worker'];
const minWords = 4;

const places = new Map<string, string>();
for (const file of listFiles(PROJECT_ROOT, sources)) {
  const pieces = readPieces(PROJECT_ROOT, file).filter(({ kind }) => kind !== 'comment' && kind !== 'test title');
  for (const { text, line } of pieces.flatMap(sentencesOf)) {
    if (text.split(' ').length >= minWords && !places.has(text)) places.set(text, `${file}:${line}`);
  }
}
const drawn = drawSample([...places], Number(count), Number(seed));
console.log(drawn.map(([text, place], index) => `${index + 1}. ${text}  (${place})`).join('\n'));
console.log(`Seed ${seed}, drawn from ${places.size} sentences.`);
