import { answerWith, type Answer } from '../../idempotency/answer.ts';
import type { Preview } from '../../schemas/preview.ts';

/** 200 for a preview that is ready or has failed; 202 for a preview that still runs. */
export function previewAnswer(preview: Preview): Answer {
  return answerWith(preview.state === 'running' ? 202 : 200, 'preview', preview);
}
