import type { Deps } from "#app/services/deps.server.ts";
import { groupBy } from "#app/domain/group-by.ts";
import { AppError } from "#app/process/errors.ts";
import { readProductViews } from "#app/data/visits/browse-events.server.ts";
import {
  listForecasts,
  type VariantForecast,
  findArtefactInUse,
  saveModels,
} from "#app/data/runs/models.server.ts";
import { listRejectedKeys } from "#app/data/bundles/proposals.server.ts";
import { mergeRunReport, type RunKey } from "#app/data/runs/runs.server.ts";
import { listOthersAnswers, saveSharedAnswer } from "#app/data/shops/shared-answers.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { countCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import { decodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { toDraft } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { type ItemForecast, sumForecasts } from "#app/domain/trends/item-forecast.ts";
import type { ForeseenProblem } from "#app/domain/run-status.ts";
import { DAY_MS, openZonedClock, usableTimeZone } from "#app/domain/time.ts";
import { encodeDrafts, nameRefusals } from "./run-drafts.server.ts";
import { readOfferOutcomes } from "#app/services/evaluate/read-offer-outcomes.server.ts";
import { readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { advanceRun, runStep, type StepContext } from "#app/services/runs/run-step.server.ts";

/** Step 5, propose: turns counts, behaviour and forecasts into proposals for the replay. */
export async function proposeForRun(deps: Deps, key: RunKey, context: StepContext): Promise<void> {
  const isDone = await runStep(deps, key, "propose", context, async ({ run, onProgress }) => {
    const { baskets, split, settings, indexOf } = await readRunBaskets(deps, run);
    const artefact = await findArtefactInUse(deps.db, key);
    if (!artefact) throw new AppError("model_missing", "run.noModel" satisfies ForeseenProblem, false);
    const cutoffMs = run.cutoffAt.getTime();
    const numbering = { indexOf, items: baskets.items.length };
    const neighbours = decodeNeighbours(artefact, numbering);
    const forecasts = toItemForecasts(await listForecasts(deps.pool, key), indexOf);
    const shop = await findShop(deps.db, run.shop);
    const views = await readProductViews(
      deps.pool,
      {
        shop: run.shop,
        from: new Date(cutoffMs - settings.windowDays * DAY_MS),
        to: run.cutoffAt,
      },
      indexOf,
    );
    const outcomes = await readOfferOutcomes(deps, { shop: run.shop, now: run.cutoffAt, settings, indexOf });
    const others = settings.learnsWithOthers ? await listOthersAnswers(deps.db, run.shop) : [];
    const rejected = await listRejectedKeys(deps.db, run.shop);
    onProgress(0.1, { code: "run.looking", values: {} });
    const toClockMs = openZonedClock(usableTimeZone(shop?.timeZone ?? "UTC"));
    const { proposals, refused, mix, answer } = proposeBundles({
      baskets,
      neighbours,
      forecasts,
      settings,
      cutoffMs,
      replayFromMs: split.replayFromMs,
      toClockMs,
      outcomes,
      others,
      rejected,
      coViews: views.item.length > 0 ? countCoViews(views, baskets.items.length) : undefined,
    });
    const inQuantity = proposeQuantityOffers({
      baskets: split.earlier,
      settings,
      forecasts,
      cutoffMs: split.replayFromMs,
      toClockMs,
      mix,
      rejected,
    });
    const drafts = [...inQuantity, ...proposals].map((proposal) => toDraft(proposal, baskets.items));
    await saveModels(deps.db, key, "drafts", [
      {
        name: "proposals",
        isChosen: true,
        metrics: {},
        artefact: encodeDrafts({ drafts, refused: nameRefusals(refused, baskets.items) }),
      },
    ]);
    await saveSharedAnswer(deps.db, { shop: run.shop, answer, learnedAt: run.cutoffAt });
    await mergeRunReport(deps.db, key, { drafted: drafts.length });
    onProgress(1, { code: "run.toCheck", values: { bundles: drafts.length } });
    return true;
  });
  if (isDone) await advanceRun(deps, key, "validate", context.now());
}

/** One forecast per item, for all its variants; none for variants that are no longer an item. */
function toItemForecasts(
  forecasts: readonly VariantForecast[],
  indexOf: ReadonlyMap<string, number>,
): ItemForecast[] {
  const known = forecasts.flatMap(({ variantGid, ...forecast }) => {
    const item = indexOf.get(variantGid);
    return item === undefined ? [] : [{ ...forecast, item }];
  });
  return [...groupBy(known, ({ item }) => item).values()].flatMap((parts) => sumForecasts(parts) ?? []);
}
