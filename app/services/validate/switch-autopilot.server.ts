import type { Deps } from "#app/services/deps.server.ts";
import { STEERABLE_STATUSES } from "#app/domain/evaluate/autopilot/plan-steering.ts";
import { listSteerable } from "#app/data/bundles/steerable-bundles.server.ts";
import { AUTOPILOT, findAutopilot, saveAutopilot } from "#app/data/bundles/autopilot.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { withOthersChoices } from "#app/domain/shop-settings.ts";
import type { BundleRequest, DecideResult, SeenAs } from "./decide-bundle.server.ts";
import { editBundle } from "./edit-bundle.server.ts";

/**
 * Switches the autopilot on, for the products of some collections or for all. Prices set by people stay theirs, including
 * earlier ones. If it is already on, only changes the collections, unless it starts over. Concurrent calls run one after
 * another, so each keeps the changes of the other.
 *
 * @param collectionGids empty for all products
 * @param seenGids the collections that the person saw; without them, the given ones replace the stored ones
 * @param isAnew whether the autopilot may change prices that people set until now
 * @param wasOn whether the person saw it as on
 * @returns false, with nothing changed, when somebody switched it off after that
 */
export async function switchAutopilotOn(
  { db, log }: Deps,
  {
    shop,
    now,
    collectionGids,
    seenGids,
    isAnew = false,
    wasOn = false,
  }: {
    shop: string;
    now: Date;
    collectionGids: readonly string[];
    seenGids?: readonly string[];
    isAnew?: boolean;
    wasOn?: boolean;
  },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    await holdShopRow(tx, shop);
    const { onSince, collectionGids: held } = await findAutopilot(tx, shop);
    if (wasOn && onSince === null) return false;
    const merged = withOthersChoices(collectionGids, { seen: seenGids ?? held, held });
    await saveAutopilot(tx, shop, {
      ...(onSince === null || isAnew ? { onSince: now } : {}),
      ...(isAnew ? { anewSince: now } : {}),
      // Two people who each leave one collection would leave none together, which means all.
      collectionGids: merged.length > 0 ? merged : [...collectionGids],
    });
    log.info("evaluate.autopilot_on", { shop, collections: merged.length, isAnew });
    return true;
  });
}

/** Switches the autopilot off; prices and states stay as they are. */
export async function switchAutopilotOff({ db, log }: Deps, { shop }: { shop: string }): Promise<void> {
  await saveAutopilot(db, shop, { onSince: null });
  log.info("evaluate.autopilot_off", { shop });
}

/**
 * Undoes the autopilot's last change of a bundle's price; its other decisions are undone like a person's. The bundle
 * then keeps the price until the autopilot starts again.
 *
 * @returns ok false if the last decision was not a price of the autopilot, or the earlier price is no longer valid
 */
export async function undoSteeredPrice(
  deps: Deps,
  { shop, bundleId, decidedBy, now, seenNewest }: BundleRequest & SeenAs,
): Promise<DecideResult<null>> {
  const row = (await listSteerable(deps.db, shop, STEERABLE_STATUSES)).find(({ id }) => id === bundleId);
  const last = row?.log.at(-1);
  if (!last?.discountRatio || last.decidedBy !== AUTOPILOT) return { ok: false, reason: "nothing_to_undo" };
  const discountRatio = last.discountRatio.before;
  const changes = last.termsBefore ? { terms: last.termsBefore } : { discountRatio };
  const back = { changes, isReturn: true };
  const edited = await editBundle(deps, { shop, bundleId, ...back, decidedBy, now, seenNewest });
  if (edited.ok) return { ok: true, value: null };
  const { conflict } = edited;
  if (!conflict) return { ok: false, reason: "not_possible" };
  return { ok: false, reason: "decision_conflict", conflict: { ...conflict, isStillPossible: false } };
}
