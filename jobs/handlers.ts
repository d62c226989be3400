import type { Deps } from "#app/services/deps.server.ts";
import { endTrainingAttempt } from "#app/data/runs/runs.server.ts";
import { isInstalled } from "#app/data/shops/shops.server.ts";
import { env } from "#app/process/env.server.ts";
import type { JobName, JobPayload } from "#app/queue/catalog.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";

interface JobContext {
  /** Aborts when the worker shuts down or the merchant cancels. */
  readonly signal: AbortSignal;
}

export type Handler<N extends JobName> = (
  deps: Deps,
  payload: JobPayload<N>,
  context: JobContext,
) => Promise<void>;

/**
 * Shopify's Admin API for the shop. Loaded lazily, because a worker that only trains does not have the API keys. Every
 * call has a valid token, because a job can take longer than a token lives. A token that cannot be renewed fails the
 * call and not the job, so it is retried and reported like any failure of Shopify.
 */
async function openAdmin(shop: string): Promise<AdminGraphql> {
  const { unauthenticated, sessionStorage } = await import("#app/web/shopify.server.ts");
  return async (operation, options) => {
    const { admin, session } = await unauthenticated.admin(shop);
    return admin.graphql(operation, options).catch(async (error: { response?: { code?: number } }) => {
      // The library renews only a token that expires; the stored one can be newer by now.
      const stored = error.response?.code === 401 ? await sessionStorage.loadSession(session.id) : undefined;
      if (stored?.accessToken === session.accessToken) {
        await sessionStorage.storeSession(Object.assign(session, { expires: new Date() }));
      }
      throw error;
    });
  };
}

const now = () => new Date();

/**
 * The handler of each job: passes the payload to one service. The service is loaded with the first job of its kind, so
 * a worker that never trains does not load TensorFlow. After an uninstall, jobs that need Shopify end without an error,
 * because there is no token any more.
 */
export const handlers: { readonly [N in JobName]: Handler<N> } = {
  "collect.apply": async (deps, { shop }, { signal }) => {
    const { applyShopInbox } = await import("#app/services/collect/apply-shop-inbox.server.ts");
    const { applied, failed } = await applyShopInbox(deps, { shop, now, signal });
    deps.log.debug("collect.turn", { applied, failed });
  },
  "collect.backfill": async (deps, { shop }, context) => {
    if (!(await isInstalled(deps.db, shop))) return;
    const { backfillShop } = await import("#app/services/collect/backfill-shop.server.ts");
    await backfillShop(deps, { shop, graphql: await openAdmin(shop), now, ...context });
  },
  "collect.reconcile": async (deps, { shop, ordersSince }, { signal }) => {
    if (!(await isInstalled(deps.db, shop))) return;
    const { reconcileShop } = await import("#app/services/collect/reconcile-shop.server.ts");
    await reconcileShop(deps, {
      shop,
      graphql: await openAdmin(shop),
      now,
      signal,
      ordersSince: ordersSince === undefined ? undefined : new Date(ordersSince),
    });
  },
  "collect.import": async (deps, { shop, importId }, { signal }) => {
    const { runOrderImport } = await import("#app/services/collect/run-order-import.server.ts");
    // The job has its own process, so the CPU time is that of the file.
    const startedAt = process.cpuUsage();
    const usedMs = () => {
      const { user, system } = process.cpuUsage(startedAt);
      return (user + system) / 1_000;
    };
    await runOrderImport(deps, { shop, importId, signal, now, usedMs });
  },
  "collect.erase": async (deps, { shop }, { signal }) => {
    const { eraseHistory } = await import("#app/services/privacy/erase-history.server.ts");
    await eraseHistory(deps, { shop, now, signal });
  },
  "collect.retain": async (deps) => {
    const { enforceRetention } = await import("#app/services/privacy/enforce-retention.server.ts");
    const { keepFinishedPeriods } = await import("#app/services/evaluate/keep-finished-periods.server.ts");
    const { resealSecrets } = await import("#app/services/install/shop-secret.server.ts");
    const at = now();
    await keepFinishedPeriods(deps, { now: at });
    try {
      await enforceRetention(deps, { now: at });
    } finally {
      // Last, because a secret that cannot be decrypted must not block retention for all shops.
      await resealSecrets(deps);
    }
  },
  "prepare.start": async (deps, { shop }) => {
    const { startDueRun } = await import("#app/services/runs/start-run.server.ts");
    await startDueRun(deps, { shop, now: now() });
  },
  "prepare.baskets": async (deps, run, context) => {
    const { prepareRun } = await import("#app/services/prepare/prepare-run.server.ts");
    await prepareRun(deps, run, { ...context, now });
  },
  "behaviour.train": async (deps, run, context) => {
    const { admitTraining } = await import("#app/services/runs/start-run.server.ts");
    if (!(await admitTraining(deps, run))) return;
    const { trainBehaviourForRun } = await import("#app/services/behaviour/train-behaviour-run.server.ts");
    const { chooseBackend } = await import("./backend.ts");
    const { openWorkerThread } = await import("./open-worker-thread.ts");
    const backend = await chooseBackend();
    deps.log.info("behaviour.backend_chosen", { ...backend });
    await trainBehaviourForRun(deps, run, {
      ...context,
      backend,
      openWorkerThread: (lines) =>
        openWorkerThread(backend, lines, (reason) =>
          deps.log.warn("behaviour.worker_thread_failed", { reason }),
        ),
      now,
    }).finally(() => endTrainingAttempt(deps.db, run));
  },
  "trends.fit": async (deps, run, context) => {
    const { fitTrendsForRun } = await import("#app/services/trends/fit-trends-run.server.ts");
    const { chooseBackend } = await import("./backend.ts");
    await fitTrendsForRun(deps, run, { ...context, backend: await chooseBackend(), now });
  },
  "propose.bundles": async (deps, run, context) => {
    const { proposeForRun } = await import("#app/services/propose/propose-run.server.ts");
    await proposeForRun(deps, run, { ...context, now });
  },
  "validate.proposals": async (deps, run, context) => {
    const { validateForRun } = await import("#app/services/validate/validate-run.server.ts");
    await validateForRun(deps, run, { ...context, now });
  },
  "validate.drafts": async (deps, { shop }, { signal }) => {
    const { expectDrafts } = await import("#app/services/validate/edit-bundle.server.ts");
    await expectDrafts(deps, { shop, now: now(), signal });
  },
  "publish.reconcile": async (deps, { shop }, { signal }) => {
    if (!(await isInstalled(deps.db, shop))) return;
    const { publishShop } = await import("#app/services/publish/publish-shop.server.ts");
    const graphql = await openAdmin(shop);
    await publishShop(deps, { shop, graphql, appUrl: env().SHOPIFY_APP_URL, now: now(), signal });
  },
  "publish.flow": async (deps, { shop, ...event }, { signal }) => {
    if (!(await isInstalled(deps.db, shop))) return;
    const { startWorkflows } = await import("#app/services/publish/start-workflows.server.ts");
    const { SHOPIFY_API_KEY: apiKey } = env();
    await startWorkflows(deps, { shop, event, apiKey, graphql: await openAdmin(shop), signal });
  },
  "evaluate.steer": async (deps, { shop }) => {
    const { steerShop } = await import("#app/services/evaluate/steer-shop.server.ts");
    const { tellFirstResult } = await import("#app/services/evaluate/tell-result.server.ts");
    const at = now();
    await tellFirstResult(deps, { shop, now: at });
    await steerShop(deps, { shop, now: at });
  },
};
