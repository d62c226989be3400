import { z } from "zod";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { saveStandInChoice, saveSwitch } from "#app/data/bundles/publication.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { activateOwnDiscount } from "./ensure-discount.server.ts";
import { explainPublishError } from "./write-metafields.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** What a merchant may ask of publishing as a whole. */
export const PublicationIntent = z.enum(["switch-off", "switch-on", "allow-stand-ins", "refuse-stand-ins"]);
type PublicationIntent = z.infer<typeof PublicationIntent>;

interface PublicationRequest extends Asked {
  readonly graphql: AdminGraphql;
  readonly intent: PublicationIntent;
}

/**
 * Carries out what the merchant asks of publishing as a whole. Switched off, no pass, schedule or autopilot publishes from
 * this moment on, and the workers take out what is there, until it is switched on again: then approved bundles are
 * published as before. That is also the way to switch the discount on again that somebody switched off in Shopify.
 *
 * @returns what to tell the merchant; not ok when Shopify refused to switch the discount on, with the switch thrown all
 *   the same
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

/** @returns false when the workers could not be told; then the hourly pass begins */
async function carryOut(deps: Deps, { shop, graphql, intent, now }: PublicationRequest): Promise<boolean> {
  if (intent === "switch-off" || intent === "switch-on") {
    await saveSwitch(deps.db, shop, intent === "switch-off" ? now : null);
    deps.log.info(intent === "switch-off" ? "publish.switched_off" : "publish.switched_on", { shop });
    if (intent === "switch-on") await activateOwnDiscount(deps, graphql);
  } else await saveStandInChoice(deps.db, shop, intent === "allow-stand-ins");
  return askToPublish(deps, { shop });
}
