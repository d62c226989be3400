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
import { joinSentences } from "#app/locales/join-sentences.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** Commands of a merchant for publishing as a whole. */
export const PublicationIntent = z.enum(["switch-off", "switch-on", "allow-stand-ins", "refuse-stand-ins"]);
type PublicationIntent = z.infer<typeof PublicationIntent>;

interface PublicationRequest extends Asked {
  readonly graphql: AdminGraphql;
  readonly intent: PublicationIntent;
}

/**
 * Carries out a command for publishing as a whole. After "switch-off" no pass, schedule or autopilot publishes, and the
 * workers remove what is published. "switch-on" publishes the approved bundles again. It also reactivates a discount
 * that somebody switched off in Shopify.
 *
 * @returns a message for the merchant; not ok if Shopify refused to activate the discount, but the switch is set even
 *   then
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
    return { ok: false, message: joinSentences(stated, words.t) };
  }
}

/** @returns false if the queue is down; the hourly pass then starts the work */
async function carryOut(deps: Deps, { shop, graphql, intent, now }: PublicationRequest): Promise<boolean> {
  if (intent === "switch-off" || intent === "switch-on") {
    await saveSwitch(deps.db, shop, intent === "switch-off" ? now : null);
    deps.log.info(intent === "switch-off" ? "publish.switched_off" : "publish.switched_on", { shop });
    if (intent === "switch-on") await activateOwnDiscount(deps, graphql);
  } else await saveStandInChoice(deps.db, shop, intent === "allow-stand-ins");
  return askToPublish(deps, { shop });
}
