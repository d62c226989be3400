import { toOfferTerms } from "#app/data/bundles/bundle-row.ts";
import { listBundles, listInBrief } from "#app/data/bundles/read-bundles.server.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { keepExpected } from "./read-offer-evidence.server.ts";

/** Keeps what the shop's orders let expect of each offer that was made by hand and is not decided yet. */
export async function expectDrafts(
  deps: Pick<Deps, "db" | "pool">,
  { shop, now, signal }: { readonly shop: string; readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  const all = { collectionGid: null, confidence: null, minProfitMinor: null, search: "" };
  const drafts = await listInBrief(deps.db, { ...all, shop, statuses: ["proposed"], kind: MERCHANT_KIND });
  for (const bundle of await listBundles(deps.db, { shop, ids: drafts.map(({ id }) => id) })) {
    signal.throwIfAborted();
    const { id: bundleId, components } = bundle;
    await keepExpected(deps, { shop, bundleId, terms: toOfferTerms(bundle), components, now });
  }
}
