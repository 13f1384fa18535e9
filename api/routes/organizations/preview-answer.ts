import { answerWith, type Answer } from '../../idempotency/answer.ts';
import type { Preview } from '../../schemas/preview.ts';

/** 200 with a preview that is ready, or has failed; 202 with one that the caller asks for again. */
export function previewAnswer(preview: Preview): Answer {
  return answerWith(preview.state === 'running' ? 202 : 200, 'preview', preview);
}
