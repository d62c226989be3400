import { saveExpected } from "#app/data/bundles/bundle-edits.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readOfferOutlook } from "./read-offer-evidence.server.ts";

/** Keeps what the shop's orders let expect of an offer made by hand, where they say anything of it. */
export async function keepExpected(
  deps: Pick<Deps, "db" | "pool">,
  { bundleId, ...request }: { readonly bundleId: string } & Parameters<typeof readOfferOutlook>[1],
): Promise<void> {
  const { expected } = await readOfferOutlook(deps, request);
  if (expected) await saveExpected(deps.db, { id: bundleId, shop: request.shop }, expected);
}
