import { setMaxListeners } from 'node:events';
import { OpenAPIHono } from '@hono/zod-openapi';
import { except } from 'hono/combine';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { noteArrival } from './arrival.ts';
import type { ApiDependencies, ApiEnv } from './context.ts';
import { authenticate, authorize } from './middleware/authenticate.ts';
import { limitBody } from './middleware/body-limit.ts';
import { databaseBudget } from './middleware/database-budget.ts';
import { limitWebhook } from './middleware/limit-webhook.ts';
import { measure } from './middleware/measure.ts';
import { readableBody } from './middleware/readable-body.ts';
import { readableUrl } from './middleware/readable-url.ts';
import { requestLog } from './middleware/request-log.ts';
import { documentationPages } from './openapi/docs.ts';
import { openApiDocument } from './openapi/document.ts';
import { notFound } from './problems/errors.ts';
import { onError, respondProblem } from './problems/respond.ts';
import { ServiceError } from './problems/service-error.ts';
import { onInvalid } from './problems/validation.ts';
import { routes } from './routes/index.ts';
import { snsWebhookPath } from './routes/webhooks/sns.ts';

/** The HTTP API as one fetch handler. It keeps no state, so several API processes can serve one database (S7). */
export function createApp(deps: ApiDependencies): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onInvalid });
  // Every open event stream adds a listener, and the number of streams has no limit.
  setMaxListeners(0, deps.stopping);
  app.onError(onError);
  app.notFound((c) => respondProblem(c, notFound('There is no such path. /docs lists the paths of this API.')));
  app.use(requestId());
  app.use(noteArrival);
  app.use(requestLog(deps));
  app.use(measure(deps));
  app.use(databaseBudget(deps.intervals.databaseMs));
  app.use(secureHeaders());
  app.use(
    methodNotAllowed<ApiEnv>({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('Allow', methods.join(', '));
        return respondProblem(
          c,
          new ServiceError({ code: 'method_not_allowed', detail: `This path does not allow ${c.req.method}. Use ${methods.join(', ')}.` }),
        );
      },
    }),
  );
  app.use(snsWebhookPath, limitBody, limitWebhook);
  app.use('/v1/*', except(snsWebhookPath, authenticate(deps), authorize, readableUrl, limitBody, readableBody));
  for (const { route, handler } of routes) app.openapi(route, handler);

  const document = JSON.stringify(openApiDocument());
  app.get('/openapi.json', (c) => c.body(document, 200, { 'Content-Type': 'application/json' }));
  app.route('/docs', documentationPages());
  return app;
}
