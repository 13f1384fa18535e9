/** Prints the texts that the partner sends to AWS for the registration. Run with `npm run -s registration`. */
import { registeredTexts } from './registered-texts.ts';

for (const { kind, arn, file, text, limit } of registeredTexts()) {
  console.log(`${kind} ${file}, ${arn}: ${text.length} of at most ${limit} characters\n${text}\n`);
  if (text.length > limit) process.exitCode = 1;
}
