import type { Deps } from "#app/deps.server.ts";
import type { Message } from "#app/domain/message.ts";
import type { JobName, JobPayload } from "../catalog.ts";

/** What the worker tells a handler besides the payload. */
export interface JobContext {
  /** Ends the work early when the worker shuts down or the merchant cancels. */
  readonly signal: AbortSignal;
  /** 0 to 1 of this job. */
  reportProgress(ratio: number, message: Message): Promise<void>;
}

export type Handler<N extends JobName> = (
  deps: Deps,
  payload: JobPayload<N>,
  context: JobContext,
) => Promise<void>;

/**
 * Every job's handler, loaded when the first job of its kind comes: a worker that only trains needs no Shopify
 * key, and one that never trains loads no tensors.
 */
export const handlers: { readonly [N in JobName]: () => Promise<Handler<N>> } = {
  "collect.apply": async () => (await import("./collect-apply.ts")).collectApply,
  "collect.backfill": async () => (await import("./collect-backfill.ts")).collectBackfill,
  "collect.reconcile": async () => (await import("./collect-reconcile.ts")).collectReconcile,
  "collect.erase": async () => (await import("./collect-erase.ts")).collectErase,
  "collect.sweep": async () => (await import("./collect-sweep.ts")).collectSweep,
  "collect.retain": async () => (await import("./collect-retain.ts")).collectRetain,
  "prepare.start": async () => (await import("./prepare-start.ts")).prepareStart,
  "prepare.baskets": async () => (await import("./prepare-baskets.ts")).prepareBaskets,
  "behaviour.train": async () => (await import("./behaviour-train.ts")).behaviourTrain,
  "trends.fit": async () => (await import("./trends-fit.ts")).trendsFit,
  "propose.bundles": async () => (await import("./propose-bundles.ts")).proposeBundles,
  "validate.proposals": async () => (await import("./validate-proposals.ts")).validateProposals,
  "publish.reconcile": async () => (await import("./publish-reconcile.ts")).publishReconcile,
  "evaluate.steer": async () => (await import("./evaluate-steer.ts")).evaluateSteer,
};
