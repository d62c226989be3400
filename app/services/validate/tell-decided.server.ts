import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import type { Message } from "#app/domain/message.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { planShopOffers } from "#app/services/publish/read-approved-bundles.server.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";

interface Decided {
  readonly shop: string;
  readonly bundleId: string;
  readonly decision: BundleDecision;
  readonly now: Date;
  readonly words: Words;
}

/** What was done to an offer, in a sentence; of one that has to wait for its place on the storefront also for what. */
export async function tellDecided(deps: Deps, decided: Decided): Promise<string> {
  const { shop, decision, words } = decided;
  if (decision === "approve" || decision === "resume") {
    const row = await readKeptShop(deps.db, shop);
    const hold = await findHold(deps, { ...decided, row });
    const format = createShopFormat(row, words.locale);
    const done = words.t(`server:action.${decision}`);
    if (hold) return words.t("server:doneOne.waits", { done, reason: writeMessage(hold, { format, words }) });
  }
  return words.t(`server:doneOne.${decision}`);
}

/** What keeps an approved offer from the storefront, as far as the shop's data and the last publishing pass tell. */
async function findHold(
  deps: Deps,
  { shop, bundleId, now, row }: Decided & { readonly row: Awaited<ReturnType<typeof readKeptShop>> },
): Promise<Message | null> {
  const publication = await readPublication(deps, { shop, now });
  const { isOn, isDiscountOff, withheldBy, problem, allowsStandIns } = publication;
  if (!isOn) return { code: "paused.off", values: {} };
  const settings = toSettings(shop, row.settings);
  const { plan } = await planShopOffers(deps, { shop, row, settings, allowsStandIns, now });
  const held = plan.held.find((one) => one.bundleId === bundleId);
  if (held) return held.reason;
  if (isDiscountOff) return { code: "paused.discountOff", values: {} };
  if (withheldBy !== null) return { code: "paused.withheldByRollout", values: { rollout: withheldBy } };
  return StoredProblem.safeParse(problem?.[0]).data ?? null;
}
