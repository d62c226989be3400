import { z } from "zod";
import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { saveStandInChoice, saveSwitch } from "#app/data/bundles/publication.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { activateOwnDiscount } from "./ensure-discount.server.ts";
import { explainPublishError } from "./write-metafields.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** What a merchant may ask of publishing as a whole. */
export const PublicationIntent = z.enum(["switch-off", "switch-on", "allow-stand-ins", "refuse-stand-ins"]);
type PublicationIntent = z.infer<typeof PublicationIntent>;

interface PublicationRequest {
  readonly shop: string;
  readonly graphql: AdminGraphql;
  readonly intent: PublicationIntent;
  readonly now: Date;
  readonly words: Words;
}

/**
 * Carries out what the merchant asks of publishing as a whole.
 *
 * @returns what to tell the merchant; not ok when Shopify refused to switch the discount on
 */
export async function changePublication(
  deps: Deps,
  request: PublicationRequest,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const { shop, words } = request;
  try {
    const isReported = await carryOut(deps, request);
    return { ok: true, message: words.t(`server:publishing.${isReported ? request.intent : "later"}`) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const row = await findShop(deps.db, shop);
    const format = createShopFormat(row ?? { currency: "USD", timeZone: "UTC" }, words.locale);
    const stated = explainPublishError(error).map((message) => writeMessage(message, { format, words }));
    return { ok: false, message: stated.join(" ") };
  }
}

async function carryOut(deps: Deps, { shop, graphql, intent, now }: PublicationRequest): Promise<boolean> {
  if (intent === "switch-off") return switchPublishingOff(deps, { shop, now });
  if (intent === "switch-on") return switchPublishingOn(deps, { shop, graphql });
  await saveStandInChoice(deps.db, shop, intent === "allow-stand-ins");
  return askToPublish(deps, { shop });
}

/**
 * The merchant wants nothing of the app in the shop: from this moment no pass, schedule or autopilot publishes, and
 * the workers take out what is there. It stays so until `switchPublishingOn`.
 *
 * @returns false when the workers could not be told; then the hourly pass begins
 */
export async function switchPublishingOff(
  deps: Deps,
  { shop, now }: { shop: string; now: Date },
): Promise<boolean> {
  await saveSwitch(deps.db, shop, now);
  deps.log.info("publish.switched_off", { shop });
  return askToPublish(deps, { shop });
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
  { shop, graphql }: { shop: string; graphql: AdminGraphql },
): Promise<boolean> {
  await saveSwitch(deps.db, shop, null);
  deps.log.info("publish.switched_on", { shop });
  await activateOwnDiscount(deps, graphql);
  return askToPublish(deps, { shop });
}
