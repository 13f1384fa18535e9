import { setImmediate as turn } from 'node:timers/promises';

/** Node's warnings of leaked listeners while `work` runs. */
export async function leakWarnings(work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const hear = ({ name, message }: Error): void => {
    if (name === 'MaxListenersExceededWarning') heard.push(message);
  };
  process.on('warning', hear);
  try {
    await work();
    await turn();
  } finally {
    process.off('warning', hear);
  }
  return heard;
}
