/** A word or phrase that Muster's texts avoid. */
export interface AvoidedWord {
  /** Matched within one sentence. */
  pattern: RegExp;
  /** The replacement. */
  instead: string;
  /** A sentence that contains the word. The test proves that the pattern finds it. */
  example: string;
}

const subjectFirst = 'put the subject first and name the actor (the worker, the API, AWS, the caller, the operator)';
const nameTheActor = 'name the actor (the operator, the caller, another worker) or the thing';
const nameTheNoun = 'repeat the noun: "an account that ..."';

/** CONTRIBUTING.md, "Prose", explains the rules behind this list. */
export const avoidedWords: readonly AvoidedWord[] = [
  { pattern: /^What\b/, instead: subjectFirst, example: 'What fails is logged.' },
  { pattern: /^(Who|Whose)\b/, instead: subjectFirst, example: 'Who asked is in the audit trail.' },
  { pattern: /^One that\b/, instead: nameTheNoun, example: 'One that is gone is skipped.' },
  { pattern: /^Of\b/, instead: subjectFirst, example: 'Of two callers, one gets a conflict.' },
  {
    pattern: /^So (often|long|many|soon)\b/,
    instead: 'state the limit: "at most 5", "every 2 s", "after 10 s"',
    example: 'So often a listing restarts.',
  },
  { pattern: /\b(somebody|nobody)\b/i, instead: nameTheActor, example: 'The answer is no if nobody confirms.' },
  { pattern: /\b(whoever|whomever|whom)\b/i, instead: nameTheActor, example: 'The row names whom it concerns.' },
  { pattern: /\bwhatever\b/i, instead: 'name the things, or "any"', example: 'It removes whatever is left.' },
  { pattern: /(?!^One)\b(ones?|those) that\b/i, instead: nameTheNoun, example: 'It skips those that are suspended.' },
  { pattern: /\ball that\b/i, instead: '"everything that", or name the things', example: 'It lists all that failed.' },
  { pattern: /\bshall\b/i, instead: 'must, may, will', example: 'The worker shall retry.' },
  { pattern: /\banew\b/i, instead: 'again', example: 'The account is listed anew.' },
  { pattern: /\bmeanwhile\b/i, instead: '"while ..."', example: 'The run ended meanwhile.' },
  { pattern: /\bthereby\b/i, instead: 'a sentence of its own', example: 'It ends and thereby frees the name.' },
  { pattern: /\bby (itself|themselves)\b/i, instead: 'automatically, on its own', example: 'The stream ends by itself.' },
  {
    pattern: /\b(come|comes|came|coming) to nothing\b/i,
    instead: 'has no effect, fails',
    example: 'A late answer comes to nothing.',
  },
  { pattern: /\b(go|goes|went|going) by\b/i, instead: 'use, follow', example: 'The plan goes by the newest listing.' },
  { pattern: /\b(is|are|was|were|be|been|being) let\b/i, instead: 'may, is allowed to', example: 'The caller is let in.' },
  { pattern: /\b(is|are|was|were) to be\b/i, instead: 'must be, will be', example: 'The stack is to be removed.' },
  {
    pattern: /\b(tell|tells|told|telling)\b/i,
    instead: 'report, return, show, explain, notify',
    example: 'The message tells the reason.',
  },
  { pattern: /\b(ask|asks|asked|asking) again\b/i, instead: 'retry', example: 'AWS is asked again.' },
  { pattern: /\bpatience\b/i, instead: 'timeout', example: 'Its patience is 10 s.' },
  { pattern: /\b(begin|begins|began|begun|beginning) again\b/i, instead: 'restart', example: 'The listing begins again.' },
  { pattern: /\b(take|takes|took|taken|taking) up again\b/i, instead: 'resume', example: 'The run is taken up again.' },
  {
    pattern: /\b(hold|holds|held|holding) back\b/i,
    instead: 'hold, defer',
    example: 'The sync holds back the removals.',
  },
];
