import { findLastEventAt, hasCountedElsewhere } from "#app/data/visits/browse-events.server.ts";
import { countAmong, type StatusCounts } from "#app/data/bundles/bundles.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { ACCEPTED_STATUSES } from "#app/domain/bundle-status.ts";
import type { ShopStage } from "#app/domain/shop-stage.ts";

interface KnownOfSetup {
  readonly stage: Pick<ShopStage, "hasVisits">;
  readonly isHistoryRead: boolean;
  readonly hasPlan: boolean;
  readonly bundles: StatusCounts;
}

/** What the storefront has told so far. */
type SetupSigns = Awaited<ReturnType<typeof readSetupSigns>>;

/** Reads what the storefront has told of the steps that are done in the theme editor. */
export async function readSetupSigns({ db, pool }: Pick<Deps, "db" | "pool">, { shop }: { shop: string }) {
  const [firstImpressionAt, visitedAt, isEmbedOn] = await Promise.all([
    findLastEventAt(db, { shop, kind: "offer_seen" }),
    findLastEventAt(db, { shop, kind: "page_viewed" }),
    hasCountedElsewhere(pool, { shop }),
  ]);
  return { firstImpressionAt, visitedAt, isEmbedOn };
}

/** Which steps from installation to a measured bundle are done, by what the shop holds and what it has told. */
export function toSetup(
  { firstImpressionAt, isEmbedOn }: SetupSigns,
  { stage, isHistoryRead, hasPlan, bundles }: KnownOfSetup,
) {
  return {
    isHistoryRead,
    hasSuggestions: bundles.size > 0,
    hasApproved: countAmong(bundles, ACCEPTED_STATUSES) > 0,
    hasImpression: firstImpressionAt !== null,
    isEmbedOn,
    hasPlan,
    hasVisits: stage.hasVisits,
  };
}
