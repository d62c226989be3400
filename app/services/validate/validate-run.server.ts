import { z } from "zod";
import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { listLiveBundles, readSaleables } from "#app/data/bundles/bundles.server.ts";
import { deleteModels, findArtefact } from "#app/data/runs/models.server.ts";
import {
  saveProposals,
  type ProposalTally,
  type SupportedProposal,
} from "#app/data/bundles/proposals.server.ts";
import { endRun, holdActiveRun, mergeRunReport, type RunKey } from "#app/data/runs/runs.server.ts";
import { findMerchantLocale, findShop, readKeptShop } from "#app/data/shops/shops.server.ts";
import { LEAST_DESIGNS } from "#app/domain/propose/quantity/find-pools.ts";
import {
  fromDraft,
  type BundleProposal,
  toOfferInstants,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { ForeseenProblem, RunMessage } from "#app/domain/run-status.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { keepMostValuable, replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { openZonedClock, usableTimeZone } from "#app/domain/time.ts";
import { decodeDrafts, nameRefusals, type NamedRefusal } from "#app/services/propose/run-drafts.server.ts";
import { forgetRunBaskets, readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { runStep, type StepContext } from "#app/services/runs/run-step.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { pickLocale } from "#app/locales/translate.ts";
import { titleProposal } from "./title-offer.server.ts";

const SEED = 1;

/**
 * Step 6, validate: replays the proposals on orders that they have not seen, saves the supported ones as open
 * suggestions and ends the run, in one transaction. The merchant sees nothing of the run before, and nothing changes if
 * it was cancelled.
 */
export async function validateForRun(deps: Deps, key: RunKey, context: StepContext): Promise<void> {
  await runStep(deps, key, "validate", context, async ({ run, signal, onProgress }) => {
    const { baskets, split, settings, indexOf, choices } = await readRunBaskets(deps, run);
    const artefact = await findArtefact(deps.db, key, "drafts");
    if (!artefact) throw new AppError("model_missing", "run.noProposals" satisfies ForeseenProblem, false);
    const { drafts, refused: refusedBefore } = decodeDrafts(artefact);
    const proposals = drafts.flatMap((draft) => fromDraft(draft, indexOf) ?? []);
    const shop = await findShop(deps.db, run.shop);
    const timeZone = usableTimeZone(shop?.timeZone ?? "UTC");
    onProgress(0.1, { code: "run.replaying", values: { bundles: proposals.length } });
    const most = settings.maxProposals;
    const replay = (of: readonly BundleProposal[]) =>
      replayProposals({
        proposals: of,
        laterBaskets: split.later,
        most,
        toClockMs: openZonedClock(timeZone),
        random: seededRandom(SEED),
      });
    const sets = replay(proposals.filter(({ terms }) => !terms));
    const inQuantity = replay(proposals.filter(({ terms }) => terms));
    const accepted = keepMostValuable([...sets.accepted, ...inQuantity.accepted], most);
    const refused = [...sets.refused, ...inQuantity.refused];
    signal.throwIfAborted();

    const saleables = await readSaleables(
      deps.db,
      key.shop,
      accepted.flatMap(({ proposal }) =>
        proposal.components.map(({ item }) => ({ variantGid: baskets.items[item]!.key })),
      ),
    );
    const locale = pickLocale(await findMerchantLocale(deps.db, key.shop));
    const taken = new Set((await listLiveBundles(deps.db, key.shop)).map(({ title }) => title));
    const supported: SupportedProposal[] = [];
    const unsaleable: NamedRefusal[] = [];
    for (const { proposal, replay } of accepted) {
      const known = proposal.components.flatMap(({ item, quantity }) => {
        const { key: itemKey, title: ofAll, isActive, category } = baskets.items[item]!;
        const saleable = saleables.get(itemKey);
        // The merchant may have excluded it since it was proposed.
        if (!saleable || !isActive) return [];
        const title = choices.has(itemKey) ? ofAll : saleable.title;
        return [{ component: { ...saleable, title, quantity }, category }];
      });
      if (known.length < leastKnown(proposal)) {
        const items = proposal.components.map(({ item }) => baskets.items[item]!);
        const isListed = items.every(({ key: itemKey }) => saleables.has(itemKey));
        unsaleable.push({
          components: items.map(({ title }) => title),
          reason: { code: isListed ? "refused.notSellable" : "refused.notInCatalogue", values: {} },
        });
        continue;
      }
      const { componentKey, kind, terms, discountRatio, expected, evidence, days } = proposal;
      const currency = baskets.currency;
      const parts = known.map(({ component, category }) => ({ title: component.title, category }));
      const title = titleProposal(proposal, parts, locale, taken);
      supported.push({
        componentKey,
        kind,
        title,
        terms: terms ?? null,
        discountRatio,
        currency,
        expected,
        evidence,
        validation: replay,
        components: known.map(({ component }) => component),
        ...toOfferInstants(days, { fromMs: run.cutoffAt.getTime(), timeZone }),
      });
    }
    const refusals = [...refusedBefore, ...nameRefusals(refused, baskets.items), ...unsaleable];
    const { currency } = Prepared.catch({ currency: baskets.currency }).parse(run.report);
    const conclusion = { supported, refused: refusals, currency, now: context.now() };
    const concluded = await concludeRun(deps, key, conclusion);
    forgetRunBaskets();
    if (concluded === CURRENCY_CHANGED) {
      deps.log.warn("validate.currency_changed", { runId: key.runId, currency });
      await startRun(deps, { shop: key.shop, now: context.now() });
    } else if (concluded) deps.log.info("validate.finished", { runId: key.runId, ...concluded });
  });
}

/** A pool is still a choice without some products; a set needs every part. */
function leastKnown({ terms, components }: Pick<BundleProposal, "terms" | "components">): number {
  if (!terms) return components.length;
  return terms.kind === "range" ? LEAST_DESIGNS : 1;
}

/** The note of the prepare step in the run's report. */
const Prepared = z.object({ currency: z.string() });
const CURRENCY_CHANGED = "run.currencyChanged" satisfies ForeseenProblem;

/**
 * Saves the result of a run and ends it, in one transaction; null if it has ended already. If the shop's currency has
 * changed since the run was prepared, the run fails and saves nothing.
 */
async function concludeRun(
  deps: Deps,
  key: RunKey,
  conclusion: {
    readonly supported: readonly SupportedProposal[];
    readonly refused: readonly NamedRefusal[];
    /** Currency in which the run was prepared. */
    readonly currency: string;
    readonly now: Date;
  },
): Promise<ProposalTally | typeof CURRENCY_CHANGED | null> {
  const { supported, refused, currency, now } = conclusion;
  return deps.db.$transaction(async (tx) => {
    if (!(await holdActiveRun(tx, key))) return null;
    await holdShopRow(tx, key.shop);
    if ((await readKeptShop(tx, key.shop)).currency !== currency) {
      await deleteModels(tx, key, "drafts");
      const problem = { code: CURRENCY_CHANGED, values: {} } as const;
      await endRun(tx, key, { status: "failed", message: { code: "run.failed", values: {} }, problem }, now);
      return CURRENCY_CHANGED;
    }
    const tally = await saveProposals(tx, key, supported, now);
    await mergeRunReport(tx, key, { proposed: supported.length, refused });
    await deleteModels(tx, key, "drafts");
    const message: RunMessage =
      supported.length === 0
        ? { code: "run.none", values: {} }
        : { code: "run.done", values: { added: tally.added } };
    await endRun(tx, key, { status: "succeeded", message }, now);
    return tally;
  });
}
