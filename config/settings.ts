import { z } from 'zod';
import { parseSealingKeys } from './sealing-keys.ts';

const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const url = (pattern: RegExp, noun: string) => z.string().regex(pattern, `must be ${noun}`).describe(`must be ${noun}`);

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535; 0 picks a free port')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number from 0 to 65535; 0 picks a free port');

/** All settings of all programs; each program picks its own. A missing variable is reported with its description. */
export const settings = {
  DATABASE_URL: url(/^postgres(ql)?:\/\/\S+$/, 'a Postgres URL, such as postgres://user:password@host:5432/muster'),
  /** The owner of the tables, for migrations only. Without it migrations use DATABASE_URL. */
  MIGRATE_DATABASE_URL: url(/^postgres(ql)?:\/\/\S+$/, 'the Postgres URL of the owner of the tables').optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/:]+:\d+$/, 'must be host:port')
    .describe('the Temporal frontend as host:port, such as localhost:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  MUSTER_SEALING_KEYS: z
    .string()
    .transform((text, context) => {
      try {
        return parseSealingKeys(text);
      } catch (error) {
        // The value is a secret, so the message names positions only.
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .describe('it must be keyid:base64 of 32 random bytes; add older keys after commas'),
  /** `decode` writes to Temporal in clear and reads both forms; `encrypt` writes encrypted payloads and failures. */
  MUSTER_PAYLOAD_CODEC: z.enum(['decode', 'encrypt'], 'must be decode or encrypt').default('decode'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region, such as us-east-1')
    .default('us-east-1'),
  MUSTER_CALLER_ROLE_ARN: url(
    /^arn:[\w-]+:iam::\d{12}:(role|user)\/\S+$/,
    'the ARN of the IAM role that Muster runs as (output CallerRoleArn of templates/muster-caller.yaml)',
  ),
  /** The one role of Muster's own account that the workers may assume. */
  MUSTER_OWN_ACCOUNT_ROLE: url(/^arn:[\w-]+:iam::\d{12}:role\/\S+$/, "the ARN of one IAM role in Muster's own account").optional(),
  MUSTER_NOTIFICATION_TOPIC_ARN: url(
    /^arn:[\w-]+:sns:[\w-]+:\d{12}:\S+$/,
    'an SNS topic ARN (output NotificationTopicArn of templates/muster-caller.yaml)',
  ),
  MUSTER_NOTIFICATION_QUEUE_URL: url(/^https?:\/\/\S+$/, 'an SQS queue URL (output NotificationQueueUrl of templates/muster-caller.yaml)'),
  /** The only origin besides AWS's hosts from which the webhook fetches certificates: the sandbox's. Never set it in production. */
  MUSTER_SNS_CERTIFICATE_ORIGIN: z
    .string()
    .refine(
      (text) => URL.canParse(text) && new URL(text).origin === text && text.startsWith('http'),
      'must be an origin, such as http://127.0.0.1:4566',
    )
    .optional(),
  /** Maximum of webhook calls per client in 10 s. SNS retries 20 s after a 429, three times, so a short burst loses no message. */
  MUSTER_WEBHOOK_CLIENT_LIMIT: count(1, 100_000).default(100),
  /** The same for all clients together. Each API process counts its own calls. */
  MUSTER_WEBHOOK_TOTAL_LIMIT: count(1, 100_000).default(500),
  /** Maximum in 10 s of posted messages that name our topic and are not genuine. Genuine messages do not count. */
  MUSTER_WEBHOOK_FORGED_LIMIT: count(1, 100_000).default(500),
  /** The SignatureVersion of the notification topic; muster-caller.yaml sets 2. `any` accepts both versions. */
  MUSTER_SNS_SIGNATURE_VERSION: z.enum(['1', '2', 'any']).default('2'),
  /** Maximum of calls per API key in 10 s. Each API process counts its own calls, here and below. */
  MUSTER_KEY_CALL_LIMIT: count(1, 900_000).default(1_000),
  /** Maximum of calls per API key in 10 s that change something. */
  MUSTER_KEY_WRITE_LIMIT: count(1, 900_000).default(300),
  /** Maximum of open event streams per API key. */
  MUSTER_KEY_STREAM_LIMIT: count(1, 100_000).default(100),
  /** Maximum of calls with a wrong API key per network in a minute. Valid keys from that network do not count. */
  MUSTER_FAILED_SIGN_IN_LIMIT: count(1, 100_000).default(30),
  /** Seconds for which an idle HTTP connection stays open: longer than in the load balancer before the API. */
  MUSTER_KEEP_ALIVE_SECONDS: count(1, 3_600).default(75),
  /** Milliseconds of database time that all statements of one API call have together. */
  MUSTER_API_DATABASE_TIMEOUT_MS: count(100, 60_000).default(8_000),
  /** Milliseconds after which Postgres cancels a statement of the API. */
  MUSTER_API_STATEMENT_TIMEOUT_MS: count(100, 60_000).default(6_000),
  /** Milliseconds after which Postgres cancels a statement of the API that waits for a lock. */
  MUSTER_API_LOCK_TIMEOUT_MS: count(100, 60_000).default(4_000),
  /** Milliseconds that an API call waits for a free database connection. */
  MUSTER_API_CONNECT_TIMEOUT_MS: count(100, 60_000).default(4_000),
  /** The same three for the worker, whose activities write thousands of rows at a time. */
  MUSTER_WORKER_STATEMENT_TIMEOUT_MS: count(1_000, 900_000).default(120_000),
  MUSTER_WORKER_LOCK_TIMEOUT_MS: count(1_000, 900_000).default(30_000),
  MUSTER_WORKER_CONNECT_TIMEOUT_MS: count(1_000, 900_000).default(30_000),
  /**
   * Number of proxies before the API. Each appends its caller's address to X-Forwarded-For, and the client is the address
   * that the outermost proxy appended. With 0 the API ignores the header, which any caller can forge, and the client is the
   * address of the connection. Behind a proxy that is the address of the proxy, for every client.
   */
  MUSTER_TRUSTED_PROXIES: count(0, 10).default(0),
  MUSTER_POLICY_TEMPLATE_ARN: url(/^arn:\S{16,2044}$/, 'the ARN of the policy template that AWS registered for you'),
  MUSTER_PERMISSIONS_BOUNDARY_ARN: url(/^arn:\S{16,2044}$/, 'the ARN of the permissions boundary that AWS registered for you'),
  MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: url(
    /^arn:\S{16,2044}$/,
    "the ARN of the policy template for an organization's management account that AWS registered for you",
  ),
  MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: url(
    /^arn:\S{16,2044}$/,
    "the ARN of the permissions boundary for an organization's roles that AWS registered for you",
  ),
  MUSTER_STACK_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region, such as us-east-1')
    .default('us-east-1'),
  /** Seconds between two rounds of a worker's reconciler, which repairs the state that dead processes left behind. */
  MUSTER_RECONCILE_SECONDS: count(1, 3_600).default(60),
  /** Minimum age in seconds of a row that the reconciler repairs: longer than the row's process may still work on it. */
  MUSTER_RECONCILE_GRACE_SECONDS: count(1, 3_600).default(15),
  /** Hours between two checks of a cloud that no organization manages. Syncs check the other clouds. */
  MUSTER_CLOUD_CHECK_HOURS: count(1, 168).default(12),
  /** Milliseconds between two polls of a stack or stack set in progress. */
  MUSTER_STACK_POLL_MS: count(10, 60_000).default(1_000),
  MUSTER_PUBLIC_URL: url(/^https?:\/\/\S+$/, "the API's address as people open it, such as https://muster.example").optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  /** Seconds for which a stopping API still serves requests but reports not ready, so that load balancers notice. */
  DRAIN_SECONDS: count(0, 999).default(0),
  /** Port of the worker's /health/live and /health/ready; off unless set. */
  WORKER_PORT: port.optional(),
  /** Port of the worker's /metrics; off unless set. */
  WORKER_METRICS_PORT: port.optional(),
  MUSTER_WORKFLOW_BUNDLE: z.string().optional(),
  MUSTER_BOOTSTRAP_ADMIN_KEY: z
    .string()
    .regex(/^muster_[\w-]{43}$/, 'must be muster_ followed by 32 random bytes in base64url')
    .optional(),
};
