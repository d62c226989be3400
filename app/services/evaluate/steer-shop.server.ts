import { toOfferTerms } from "#app/domain/offer/offer.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { SteerableRow } from "#app/data/bundles/steerable-bundles.server.ts";
import {
  AUTOPILOT,
  claimSteeringDay,
  findAutopilot,
  saveSteering,
  type AutopilotState,
  type VariantFacts,
} from "#app/data/bundles/autopilot.server.ts";
import { lockBundle } from "#app/data/bundles/bundles.server.ts";
import type { TrialDay } from "#app/data/bundles/offer-trials.server.ts";
import { findPublication } from "#app/data/bundles/publication.server.ts";
import { readSettings, findShop } from "#app/data/shops/shops.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { isLive, moveBundle } from "#app/domain/bundle-status.ts";
import { hashText } from "#app/domain/evaluate/proof/holdout.ts";
import {
  planSteering,
  type SteerableBundle,
  type SteeringAction,
} from "#app/domain/evaluate/autopilot/plan-steering.ts";
import type { CandidateTerms, PricedOffer } from "#app/domain/evaluate/autopilot/candidate-terms.ts";
import { provesBrokenDraw } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { toSteeredOffer } from "#app/domain/evaluate/autopilot/purchase.ts";
import { findScarcest, type OfferedComponent } from "#app/domain/evaluate/autopilot/stock-cover.ts";
import { steerOffers } from "#app/domain/evaluate/autopilot/steer-offers.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import { ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { LoggedAction } from "#app/domain/validate/decide.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { costBesidePrice, withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";
import { toZonedDay, usableTimeZone } from "#app/domain/time.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { readElasticity } from "#app/services/trends/read-elasticity.server.ts";
import { readTrials } from "./read-offer-outcomes.server.ts";
import { readDraw } from "./read-measuring-period.server.ts";
import { keepExpected } from "./read-offer-evidence.server.ts";
import { readSteerableBundles, type SteerableBundles } from "./read-steerable-bundles.server.ts";

/** Prior return rate before the first order: five in a hundred. */
const RETURNS_BEFORE = { back: 5, sold: 100 } as const;

interface SteeringOutcome {
  /** Why nothing was done; null when the day was steered. */
  readonly skipped: "off" | "publishing_off" | "not_installed" | "done_today" | "draw_broken" | null;
  readonly actions: readonly SteeringAction[];
}

/**
 * Step 8, evaluate: the autopilot's daily pass over one shop. Changes prices, pauses and resumes offers, and approves
 * variations of winners, each as a decision with a reason that the merchant can undo. Runs at most once per calendar
 * day of the shop, so no price changes twice in a day; a repeat on the same day draws the same random numbers. Does
 * nothing unless the merchant switched it on, while publishing is off, or when the draw is broken.
 */
export async function steerShop(
  deps: Deps,
  { shop, now }: { shop: string; now: Date },
): Promise<SteeringOutcome> {
  const [autopilot, publication, row] = await Promise.all([
    findAutopilot(deps.db, shop),
    findPublication(deps.db, shop),
    findShop(deps.db, shop),
  ]);
  if (!row || row.uninstalledAt !== null) return { skipped: "not_installed", actions: [] };
  if (!autopilot.onSince) return { skipped: "off", actions: [] };
  if (publication.offSince) return { skipped: "publishing_off", actions: [] };
  const day = toZonedDay(now.getTime(), usableTimeZone(row.timeZone));
  if (autopilot.steeredOn !== null && autopilot.steeredOn >= day)
    return { skipped: "done_today", actions: [] };

  const sampleRatioPValue = await readDraw(deps, { shop, nowMs: now.getTime() });
  if (provesBrokenDraw(sampleRatioPValue)) {
    deps.log.warn("evaluate.not_steered", { shop, sampleRatioPValue });
    return { skipped: "draw_broken", actions: [] };
  }
  const settings = await readSettings(deps.db, shop);
  const { collectionGids } = autopilot;
  const { allowsStandIns } = publication;
  const asked = { shop, now, currency: row.currency, settings, collectionGids, allowsStandIns };
  const read = await readSteerableBundles(deps, asked);
  const decided = read.rows.filter(({ status }) => status !== "proposed");
  const trials = await readTrials(deps, {
    shop,
    now,
    offers: decided.map((row) => ({ key: row.id, row })),
    settings,
  });
  const elasticity = await readElasticity(deps, { shop, now });
  const offers = read.rows.map((row) => {
    const days = trials.filter(({ key }) => key === row.id);
    return toSteeredOffer(row.id, toPricedOffer(row, read.facts, settings), days, {
      ...settings,
      currency: row.currency,
    });
  });
  const bundles = read.rows.map((row, index) => ({
    ...toSteerable(row, { ...read, autopilot, now }),
    isWithinLimits: offers[index]?.bundle.candidates.includes(row.discountRatio) ?? false,
  }));
  const steered = offers.flatMap((offer, index) =>
    offer === null || bundles[index]!.status === "proposed" || bundles[index]!.isFrozen ? [] : [offer.bundle],
  );
  const steps = steerOffers(
    steered,
    { elasticity: elasticity.value, returnRatio: returnRatioOf(trials) },
    seededRandom(hashText(`${shop} ${day}`)),
  );
  // Weighted trials are not the number of visitors that a merchant knows.
  const stated = steps.map((step) => ({
    ...step,
    visitors: countOffered(trials, step.id),
    gainPerThousandMinor: withoutTax(step.gainPerThousandMinor, settings),
  }));
  const actions = planSteering(bundles, stated);

  // Claimed only now, so that a pass that fails while reading is tried again. The rest is one transaction.
  const rowOf = new Map(
    read.rows.map((row, index) => [row.id, { row, candidates: offers[index]?.candidates }]),
  );
  const done = await deps.db.$transaction(async (tx) => {
    if (!(await claimSteeringDay(tx, shop, day))) return null;
    await holdShopRow(tx, shop);
    const carriedOut: SteeringAction[] = [];
    for (const action of actions) {
      const { row: before, candidates } = rowOf.get(action.bundleId)!;
      const next = candidates?.find(({ discountRatio }) => discountRatio === action.discountRatio);
      if (await carryOut(tx, { shop, now, action, before, next })) carriedOut.push(action);
    }
    return carriedOut;
  });
  if (done === null) return { skipped: "done_today", actions: [] };
  deps.log.info("evaluate.steered", { shop, day, actions: done.length, elasticity: elasticity.value });
  for (const { bundleId, action } of done)
    if (action === "price") await keepExpected(deps, { shop, bundleId, now });
  if (done.length > 0) await askToPublish(deps, { shop, lane: "live" });
  return { skipped: null, actions: done };
}

/** Changes nothing and returns false when the merchant changed the bundle after it was read, or the plan is full. */
async function carryOut(
  tx: Parameters<typeof saveSteering>[0],
  {
    shop,
    now,
    action,
    before,
    next,
  }: {
    shop: string;
    now: Date;
    action: SteeringAction;
    before: SteerableRow;
    /** The terms that a price implies. */
    next: CandidateTerms | undefined;
  },
): Promise<boolean> {
  const row = await lockBundle(tx, { shop, bundleId: action.bundleId });
  // The publisher moves bundles between these two by itself.
  const isSame = row && (row.status === before.status || (isLive(row.status) && isLive(before.status)));
  if (!isSame || row.discountRatio !== before.discountRatio) return false;
  if (JSON.stringify(row.terms) !== JSON.stringify(before.terms)) return false;
  const { reason, evidence, heldFor } = action;
  const why = { reason: { ...reason, values: { ...reason.values } }, evidence: { ...evidence } };
  const save = (
    name: LoggedAction,
    data: Parameters<typeof saveSteering>[1]["data"],
    detail: Parameters<typeof saveSteering>[1]["detail"],
  ) => saveSteering(tx, { shop, bundleId: row.id, action: name, data, detail, decidedAt: now });
  if (action.action === "price") {
    if (!next) return false;
    // A set's discount is logged on its own; other terms contain it.
    const toDetail = ({ discountRatio, terms }: CandidateTerms) =>
      row.terms === null ? { discountRatio } : { discountRatio, terms };
    const old = toDetail({ discountRatio: row.discountRatio, terms: toOfferTerms(row) });
    await save("edit", toDetail(next), { before: old, changes: toDetail(next), ...why });
    return true;
  }
  const moved = moveBundle(row.status, action.action);
  if (!moved.ok) return false;
  const [from, to] = [row.status, moved.value];
  if (action.action === "pause") {
    await save("pause", { status: to, pausedReason: reason }, { from, to, heldFor: heldFor!, ...why });
    return true;
  }
  const isReturn = action.action === "resume";
  if ((await countLiveBundlesLeft(tx, { shop, now, isReturn })) === 0) return false;
  const detail = { from, to, discountRatio: row.discountRatio, ...why };
  await save(action.action, { status: to, pausedReason: null }, detail);
  return true;
}

function toSteerable(
  { log, ...bundle }: SteerableRow,
  {
    facts,
    openVariants,
    standIns,
    autopilot: { onSince, anewSince },
    now,
  }: Omit<SteerableBundles, "rows"> & { readonly autopilot: AutopilotState; readonly now: Date },
): Omit<SteerableBundle, "isWithinLimits"> {
  const isPersons = ({ decidedBy }: { decidedBy: string }) =>
    decidedBy !== AUTOPILOT && decidedBy !== "system";
  const terms = toOfferTerms(bundle);
  // Creating an offer by hand sets its price; a gift has no price.
  const isPrice = ({ action, discountRatio, termsBefore }: SteerableRow["log"][number]) =>
    (action === "create" && terms.kind !== "gift") || (discountRatio ?? termsBefore) !== null;
  const own = bundle.components.map(({ variantGid }) => facts.get(variantGid)!);
  const standIn = standIns.get(bundle.id);
  const offered = bundle.components.map(({ quantity, variantGid, isGift, position }, at) => {
    // The hold is for what would be sold: if the merchant allows stand-ins, the offer goes on with them.
    if (standIn?.position === position) {
      return { isGift, title: standIn.title, quantity, variants: [facts.get(standIn.variantGid)!] };
    }
    const open = openVariants.get(bundle.id)?.[position] ?? [variantGid];
    return { isGift, title: own[at]!.title, quantity, variants: open.map((gid) => facts.get(gid)!) };
  });
  const scarcest = findScarcest(isPool(terms) ? joinPool(bundle.title, offered) : offered);
  const seasons = own.flatMap(({ seasonIndex }) => seasonIndex ?? []);
  const replay = ReplayResult.safeParse(bundle.validation);
  return {
    id: bundle.id,
    title: bundle.title,
    status: bundle.status,
    kind: bundle.kind,
    discountRatio: bundle.discountRatio,
    variantGids: bundle.components.map(({ variantGid }) => variantGid),
    isFrozen: log.some(
      (entry) =>
        isPersons(entry) &&
        ((isPrice(entry) && entry.atMs >= (anewSince?.getTime() ?? 0)) ||
          (["undo", "resume"].includes(entry.action) && entry.atMs >= onSince!.getTime())),
    ),
    isOver: bundle.endsAt !== null && bundle.endsAt <= now,
    // A new title or price of a paused bundle does not change who paused it.
    heldFor:
      bundle.status === "paused" ? (log.findLast(({ action }) => action !== "edit")?.heldFor ?? null) : null,
    coverDays: scarcest?.days ?? null,
    scarcest: scarcest?.title ?? own[0]!.title,
    // Before its first day, an offer has no news about its season.
    seasonIndex:
      seasons.length > 0 && !(bundle.startsAt && bundle.startsAt > now)
        ? seasons.reduce((sum, each) => sum + each, 0) / seasons.length
        : null,
    isSupported: replay.success && replay.data.isSupported && bundle.expectedExtraMarginMinor > 0,
  };
}

/** A pool goes on while any of its products is available; a gift must be available. */
function joinPool(
  title: string,
  offered: readonly (OfferedComponent & { readonly isGift: boolean })[],
): OfferedComponent[] {
  const pool = offered.filter(({ isGift }) => !isGift).flatMap(({ variants }) => variants);
  return [{ title, quantity: 1, variants: pool }, ...offered.filter(({ isGift }) => isGift)];
}

/** The offer with its products at today's prices, and their costs if the merchant uses costs for margins. */
function toPricedOffer(
  row: SteerableRow,
  facts: ReadonlyMap<string, VariantFacts>,
  settings: ShopSettings,
): PricedOffer {
  const components = row.components.map((component) => {
    const { priceMinor, costMinor } = facts.get(component.variantGid)!;
    return { ...component, priceMinor, costMinor: costBesidePrice(settings, costMinor) };
  });
  return { terms: toOfferTerms(row), discountRatio: row.discountRatio, components };
}

/** Visitors who were exposed to an offer of the bundle. */
function countOffered(trials: readonly TrialDay[], bundleId: string): number {
  return trials
    .filter((trial) => trial.key === bundleId && trial.discountRatio !== null)
    .reduce((sum, { visitors }) => sum + visitors, 0);
}

function returnRatioOf(trials: readonly TrialDay[]): number {
  const back = trials.reduce((sum, trial) => sum + trial.unitsReturned, 0);
  const sold = trials.reduce((sum, trial) => sum + trial.unitsSold, 0);
  return (back + RETURNS_BEFORE.back) / (sold + RETURNS_BEFORE.sold);
}
