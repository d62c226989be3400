import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { readKeptShop } from "#app/data/shops/shops.server.ts";
import { toOfferPayload, toResultPayload } from "#app/domain/publish/flow-triggers.ts";
import type { JobPayload } from "#app/queue/catalog.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { receiveFlowTrigger } from "#app/shopify/flow-trigger-receive.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";

type WithoutShop<T> = T extends unknown ? Omit<T, "shop"> : never;

/** The event in a job's payload. */
type FlowEvent = WithoutShop<JobPayload<"publish.flow">>;

/**
 * Starts the merchant's workflows in Shopify Flow for an event. Does nothing if its bundle is gone.
 *
 * @param apiKey the app's client id, part of the URL of its pages in the admin
 * @throws AppError from the Admin API
 * @see app/decisions/ui/076-news-go-to-shopify-flow-and-not-by-e-mail.md
 */
export async function startWorkflows(
  deps: Pick<Deps, "db" | "log">,
  { shop, event, apiKey, graphql, signal }: ShopRequest & { event: FlowEvent; apiKey: string },
): Promise<void> {
  const payload =
    event.trigger === "result-known"
      ? toResultPayload(event.worthMinor, (await readKeptShop(deps.db, shop)).currency)
      : await readOffer(deps, { shop, bundleId: event.bundleId, apiKey });
  if (payload === null) return;
  await receiveFlowTrigger({ graphql, log: deps.log, signal }, { handle: event.trigger, payload });
  deps.log.info("publish.flow_started", { shop, trigger: event.trigger });
}

async function readOffer(
  { db }: Pick<Deps, "db">,
  { shop, bundleId, apiKey }: { shop: string; bundleId: string; apiKey: string },
) {
  const bundle = await findBundle(db, { shop, bundleId });
  const pageUrl = `https://${shop}/admin/apps/${apiKey}/app/suggestions/${bundleId}`;
  return bundle && toOfferPayload({ id: bundleId, title: bundle.title, pageUrl });
}
