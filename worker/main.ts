import { SQSClient } from '@aws-sdk/client-sqs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createAwsClients } from '../activities/aws/clients.ts';
import { createOwnIdentity } from '../activities/aws/own-identity.ts';
import { reportErrors } from '../activities/aws/report-errors.ts';
import { createLogger } from '../config/logger.ts';
import { runProgram } from '../config/run.ts';
import { describeTemporal } from '../config/temporal.ts';
import { openDatabase } from '../db/client.ts';
import { createSealer } from '../db/sealing/sealer.ts';
import { accountOfArn } from '../domain/aws/own-account.ts';
import { createOnboardingSignals } from '../notifications/signals.ts';
import { connectOrExplain } from '../temporal/connect.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { createMusterWorker } from './create-worker.ts';
import { startHealthServer } from './health-server.ts';
import { runIntake } from './intake.ts';
import { createAwsErrorCounter, createReconcilerFailureCounter, prometheusAt } from './metrics.ts';
import { runReconciler } from './reconciler/reconciler.ts';
import { databaseLimitsOf, readWorkerSettings } from './settings.ts';
import { createTemporalLogger } from './temporal-log.ts';
import { builtBundle, findWorkflowBundle } from './workflow-bundle.ts';

await runProgram(async () => {
  const settings = readWorkerSettings();
  const logger = createLogger('worker', settings.LOG_LEVEL);
  const { temporal, MUSTER_PAYLOAD_CODEC: payloadCodec } = settings;
  logger.info({ temporal: describeTemporal(temporal), payloadCodec }, 'connection to Temporal');
  const workflowBundle = findWorkflowBundle(
    settings.MUSTER_WORKFLOW_BUNDLE,
    process.env['NODE_ENV'] === 'production',
    builtBundle,
    payloadCodec,
  );
  Runtime.install({
    // This program handles the signals itself, because intake and reconciler must end with the worker.
    shutdownSignals: [],
    logger: createTemporalLogger(logger),
    ...(settings.WORKER_METRICS_PORT === undefined
      ? {}
      : { telemetryOptions: { metrics: prometheusAt(settings.HOST, settings.WORKER_METRICS_PORT) } }),
  });

  const connection = await connectOrExplain('muster worker', temporal, (options) => NativeConnection.connect(options));
  const clientConnection = await connectOrExplain('muster worker', temporal, (options) => Connection.connect(options));
  const dataConverter = createDataConverter(settings.MUSTER_SEALING_KEYS, payloadCodec);
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace, dataConverter });
  const database = openDatabase({
    url: settings.DATABASE_URL,
    applicationName: 'muster-worker',
    poolSize: 20,
    limits: databaseLimitsOf(settings),
  });
  const sealer = createSealer(settings.MUSTER_SEALING_KEYS);
  const onError = createAwsErrorCounter(Runtime.instance().metricMeter);
  const aws = createAwsClients({
    region: settings.AWS_REGION,
    stackRegion: settings.MUSTER_STACK_REGION,
    ownAccount: {
      accountId: accountOfArn(settings.MUSTER_CALLER_ROLE_ARN),
      allowedRoleArn: settings.MUSTER_OWN_ACCOUNT_ROLE ?? null,
    },
    onError,
  });
  const sqs = new SQSClient({ region: settings.AWS_REGION, credentials: createOwnIdentity() });
  reportErrors(sqs, onError);

  const worker = await createMusterWorker({
    connection,
    namespace: temporal.namespace,
    dataConverter,
    logger,
    ...(workflowBundle ? { workflowBundle } : {}),
    dependencies: {
      db: database.db,
      sealer,
      aws,
      delegation: {
        policyTemplateArn: settings.MUSTER_POLICY_TEMPLATE_ARN,
        permissionsBoundaryArn: settings.MUSTER_PERMISSIONS_BOUNDARY_ARN,
        organization: {
          policyTemplateArn: settings.MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN,
          permissionsBoundaryArn: settings.MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN,
        },
        notificationTopicArn: settings.MUSTER_NOTIFICATION_TOPIC_ARN,
        callerRoleArn: settings.MUSTER_CALLER_ROLE_ARN,
        stackRegion: settings.MUSTER_STACK_REGION,
        publicUrl: settings.MUSTER_PUBLIC_URL ?? null,
        stackPollMs: settings.MUSTER_STACK_POLL_MS,
      },
    },
  });

  const stopping = new AbortController();
  const notifications = {
    db: database.db,
    sealer,
    signals: createOnboardingSignals(client),
    topicArn: settings.MUSTER_NOTIFICATION_TOPIC_ARN,
    logger,
  };
  const background = Promise.all([
    runIntake({ sqs, queueUrl: settings.MUSTER_NOTIFICATION_QUEUE_URL, dependencies: notifications, logger, signal: stopping.signal }),
    runReconciler({
      client,
      db: database.db,
      signals: notifications.signals,
      logger,
      countFailure: createReconcilerFailureCounter(Runtime.instance().metricMeter),
      signal: stopping.signal,
      intervalMs: settings.MUSTER_RECONCILE_SECONDS * 1_000,
      cloudCheckMs: settings.MUSTER_CLOUD_CHECK_HOURS * 3_600_000,
      graceMs: settings.MUSTER_RECONCILE_GRACE_SECONDS * 1_000,
    }),
  ]);
  const stop = () => {
    if (stopping.signal.aborted) return;
    logger.info('stopping: the worker takes no new tasks and waits for running activities');
    stopping.abort();
    worker.shutdown();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const health =
    settings.WORKER_PORT === undefined
      ? null
      : await startHealthServer({
          host: settings.HOST,
          port: settings.WORKER_PORT,
          isWorking: () => worker.getState() === 'RUNNING' && !stopping.signal.aborted,
          checks: {
            postgres: () => database.ping(),
            temporal: () => clientConnection.workflowService.describeNamespace({ namespace: temporal.namespace }),
          },
        });
  const running = worker.run();
  logger.info('worker ready');
  process.send?.({ type: 'ready' });
  try {
    await running;
  } finally {
    stopping.abort();
    await background;
    await health?.close();
    aws.close();
    sqs.destroy();
    await database.close();
    await clientConnection.close();
    await connection.close();
    if (process.connected) process.disconnect();
  }
  logger.info('worker stopped');
});
