import type { Deps } from "#app/services/deps.server.ts";
import { countBaskets } from "#app/domain/prepare/baskets.ts";
import { endRun, mergeRunReport, type RunKey } from "#app/data/runs/runs.server.ts";
import { forgetRunBaskets, readRunBaskets } from "./read-run-baskets.server.ts";
import { advanceRun, runStep, type StepContext } from "#app/services/runs/run-step.server.ts";

/** Step 2, prepare: counts what may be learned from, and ends the run where that is not enough for one bundle. */
export async function prepareRun(deps: Deps, key: RunKey, context: StepContext): Promise<void> {
  const counts = await runStep(deps, key, "prepare", context, async ({ run, onProgress }) => {
    onProgress(0, { code: "run.readingOrders", values: {} });
    const { baskets, dropped, settings } = await readRunBaskets(deps, run);
    const orders = countBaskets(baskets);
    await mergeRunReport(deps.db, key, {
      orders,
      lines: baskets.item.length,
      items: baskets.items.length,
      customers: baskets.customerKeys.length,
      dropped,
    });
    onProgress(1, { code: "run.orders", values: { orders, products: baskets.items.length } });
    return { orders, missing: settings.minSupportOrders - orders };
  });
  if (!counts) return;
  if (counts.missing > 0) {
    forgetRunBaskets();
    const message = { code: "run.needsOrders", values: { count: counts.missing } } as const;
    await endRun(deps.db, key, { status: "succeeded", message }, context.now());
    deps.log.info("prepare.thin", { runId: key.runId, orders: counts.orders });
    return;
  }
  await advanceRun(deps, key, "behaviour", context.now());
}
