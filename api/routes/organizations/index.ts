import { changeRoute } from './change.ts';
import { createRoute } from './create.ts';
import { getRoute } from './get.ts';
import { listSyncsRoute } from './list-syncs.ts';
import { listRoute } from './list.ts';
import { pauseAutoBadgingRoute } from './pause-auto-badging.ts';
import { policiesRoute } from './policies.ts';
import { recheckRoute } from './recheck.ts';
import { previewNewRoute } from './preview-new.ts';
import { previewRoute } from './preview.ts';
import { removeRoute } from './remove.ts';
import { resumeAutoBadgingRoute } from './resume-auto-badging.ts';
import { runAutoBadgingRoute } from './run-auto-badging.ts';
import { startSyncRoute } from './start-sync.ts';
import { treeRoute } from './tree.ts';

export const organizationRoutes = [
  createRoute,
  listRoute,
  getRoute,
  changeRoute,
  removeRoute,
  previewNewRoute,
  previewRoute,
  recheckRoute,
  startSyncRoute,
  listSyncsRoute,
  runAutoBadgingRoute,
  pauseAutoBadgingRoute,
  resumeAutoBadgingRoute,
  treeRoute,
  policiesRoute,
];
