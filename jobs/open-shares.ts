import { DelayedError, type Job } from "bullmq";

/** What a shop has too much of waits so long, while others have their turn. */
const WAIT_MS = 1_000;

/**
 * Keeps the slots of a worker from being one shop's: what is more than its share is put back for a moment. Jobs of no
 * shop are never too many.
 *
 * @param most jobs of one shop at once
 */
export function openShares(most: number) {
  const atWork = new Map<string, number>();
  return async (job: Job, token: string | undefined, work: () => Promise<void>): Promise<void> => {
    const { shop } = job.data as { shop?: string };
    if (shop === undefined) return work();
    const before = atWork.get(shop) ?? 0;
    if (before >= most) {
      await job.moveToDelayed(Date.now() + WAIT_MS, token);
      throw new DelayedError();
    }
    atWork.set(shop, before + 1);
    try {
      await work();
    } finally {
      const left = atWork.get(shop)! - 1;
      if (left > 0) atWork.set(shop, left);
      else atWork.delete(shop);
    }
  };
}
