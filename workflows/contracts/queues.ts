/** The task queue of every Muster workflow and activity. */
export const taskQueue = 'muster';
