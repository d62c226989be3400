import type { Deps } from "#app/services/deps.server.ts";
import { replaceForecasts, saveModels } from "#app/data/runs/models.server.ts";
import { mergeRunReport, type RunKey } from "#app/data/runs/runs.server.ts";
import { listVariants } from "#app/domain/prepare/join-choices.ts";
import { toDailyForecast, shareDays, shareForecast } from "#app/domain/trends/item-forecast.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { forgetRunBaskets, readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { advanceRun, runStep } from "#app/services/runs/run-step.server.ts";
import type { TrainingContext } from "#app/services/behaviour/train-behaviour-run.server.ts";

/** The expected effect of a bundle covers four weeks. */
const HORIZON_DAYS = 28;

/** Step 4, trends: forecasts how many orders will contain each product in the next four weeks. */
export async function fitTrendsForRun(deps: Deps, key: RunKey, context: TrainingContext): Promise<void> {
  const isDone = await runStep(deps, key, "trends", context, async ({ run, signal, onProgress }) => {
    const { baskets, choices } = await readRunBaskets(deps, run);
    onProgress(0.1, { code: "run.forecasting", values: {} });
    const { forecasts, candidates, daily } = await forecastDemand(baskets, {
      horizonDays: HORIZON_DAYS,
      signal,
      cutoffMs: run.cutoffAt.getTime(),
      isDaily: true,
    });
    const variantsOf = listVariants(choices);
    await replaceForecasts(
      deps.pool,
      key,
      forecasts.flatMap(({ item, ...forecast }, place) => {
        const { key: itemKey } = baskets.items[item]!;
        const days = toDailyForecast(daily!, place);
        return (variantsOf.get(itemKey) ?? [itemKey]).map((variantGid) => {
          const share = choices.get(variantGid)?.share ?? 1;
          return { ...shareForecast(forecast, share), variantGid, daily: shareDays(days, share) };
        });
      }),
    );
    await saveModels(
      deps.db,
      key,
      "trends",
      candidates.map(({ name, isChosen, wape }) => ({ name, isChosen, metrics: { wape } })),
      {
        dataFrom: new Date(baskets.placedAtMs[0] ?? run.cutoffAt.getTime()),
        dataTo: run.cutoffAt,
        backend: context.backend.name,
      },
    );
    await mergeRunReport(deps.db, key, { forecasts: forecasts.length });
    onProgress(1, { code: "run.forecast", values: { products: forecasts.length } });
    return true;
  });
  forgetRunBaskets();
  if (isDone) await advanceRun(deps, key, "propose", context.now());
}
