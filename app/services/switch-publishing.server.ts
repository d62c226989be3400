import type { Deps } from "#app/deps.server.ts";
import { saveSwitch } from "#app/data/publication.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { askToPublish } from "./ask-to-publish.server.ts";
import { activateOwnDiscount } from "./ensure-discount.server.ts";

/**
 * The merchant wants nothing of the app in the shop: from this moment no pass, schedule or autopilot publishes, and
 * the workers take out what is there. It stays so until `switchPublishingOn`.
 *
 * @returns false when the workers could not be told; then the hourly pass begins
 */
export async function switchPublishingOff(
  deps: Deps,
  { shop, decidedBy, now }: { shop: string; decidedBy: string; now: Date },
): Promise<boolean> {
  await saveSwitch(deps.db, shop, { isOn: false, by: decidedBy, now });
  deps.log.info("publish.switched_off", { shop });
  return askToPublish(deps, { shop, now });
}

/**
 * Undoes `switchPublishingOff`: approved bundles are published again. Also the way to switch the discount on again
 * that somebody switched off in Shopify.
 *
 * @returns false when the workers could not be told; then the hourly pass begins
 * @throws AppError from the Admin API when the discount can't be switched on; the switch is thrown all the same
 */
export async function switchPublishingOn(
  deps: Deps,
  { shop, graphql, now }: { shop: string; graphql: AdminGraphql; now: Date },
): Promise<boolean> {
  await saveSwitch(deps.db, shop, { isOn: true });
  deps.log.info("publish.switched_on", { shop });
  await activateOwnDiscount(deps, graphql);
  return askToPublish(deps, { shop, now });
}
