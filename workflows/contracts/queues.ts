/** The task queue of all Muster workflows and activities. */
export const taskQueue = 'muster';
