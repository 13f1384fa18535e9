import { bodyLimit } from 'hono/body-limit';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';

const mebibyte = 1_048_576;

/** Refuses bodies over 1 MiB with 413 without reading the rest. The connection is closed, because the rest stays unread. */
export const limitBody = bodyLimit({
  maxSize: mebibyte,
  onError: (c) => {
    c.header('Connection', 'close');
    return respondProblem(
      c,
      new ServiceError({ code: 'body_too_large', detail: 'The request body must not exceed 1 MiB (1,048,576 bytes).' }),
    );
  },
});
