import { SQSClient } from '@aws-sdk/client-sqs';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createAwsClients } from '../activities/aws/clients.ts';
import { createLogger } from '../config/logger.ts';
import { runProgram } from '../config/run.ts';
import { openDatabase } from '../db/client.ts';
import { createSealer } from '../db/sealing/sealer.ts';
import { createOnboardingSignals } from '../notifications/signals.ts';
import { createMusterWorker } from './create-worker.ts';
import { runIntake } from './intake.ts';
import { runReconciler } from './reconciler.ts';
import { readWorkerSettings } from './settings.ts';

await runProgram(async () => {
  const settings = readWorkerSettings();
  const logger = createLogger('worker', settings.LOG_LEVEL);
  Runtime.install({
    // Shutting down is this program's own affair: intake and reconciler end with the worker.
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const say = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
      logger[say[level]]({ ...meta, source: 'temporal' }, message);
    }),
  });

  const temporal = { address: settings.TEMPORAL_ADDRESS };
  const connection = await NativeConnection.connect(temporal);
  const clientConnection = await Connection.connect(temporal);
  const client = new Client({ connection: clientConnection, namespace: settings.TEMPORAL_NAMESPACE });
  const database = openDatabase({ url: settings.DATABASE_URL, applicationName: 'muster-worker', poolSize: 20 });
  const sealer = createSealer(settings.MUSTER_SEALING_KEYS);
  const aws = createAwsClients({ region: settings.AWS_REGION, stackRegion: settings.MUSTER_STACK_REGION });
  const sqs = new SQSClient({ region: settings.AWS_REGION });

  const worker = await createMusterWorker({
    connection,
    namespace: settings.TEMPORAL_NAMESPACE,
    logger,
    dependencies: {
      db: database.db,
      sealer,
      aws,
      delegation: {
        policyTemplateArn: settings.MUSTER_POLICY_TEMPLATE_ARN,
        permissionsBoundaryArn: settings.MUSTER_PERMISSIONS_BOUNDARY_ARN,
        notificationTopicArn: settings.MUSTER_NOTIFICATION_TOPIC_ARN,
        callerRoleArn: settings.MUSTER_CALLER_ROLE_ARN,
        stackRegion: settings.MUSTER_STACK_REGION,
        publicUrl: settings.MUSTER_PUBLIC_URL ?? null,
        stackPollMs: 1_000,
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
    runReconciler({ client, dependencies: notifications, logger, signal: stopping.signal }),
  ]);
  const stop = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    worker.shutdown();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const running = worker.run();
  logger.info('worker ready');
  process.send?.({ type: 'ready' });
  try {
    await running;
  } finally {
    stopping.abort();
    await background;
    aws.close();
    sqs.destroy();
    await database.close();
    await clientConnection.close();
    await connection.close();
    if (process.connected) process.disconnect();
  }
  logger.info('worker stopped');
});
