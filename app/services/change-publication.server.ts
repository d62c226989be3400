import { z } from "zod";
import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import { saveStandInChoice } from "#app/data/publication.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { askToPublish } from "./ask-to-publish.server.ts";
import { explainPublishError } from "./explain-publish-error.server.ts";
import { switchPublishingOff, switchPublishingOn } from "./switch-publishing.server.ts";

/** What a merchant may ask of publishing as a whole. */
export const PublicationIntent = z.enum(["switch-off", "switch-on", "allow-stand-ins", "refuse-stand-ins"]);
type PublicationIntent = z.infer<typeof PublicationIntent>;

interface PublicationRequest {
  readonly shop: string;
  readonly graphql: AdminGraphql;
  readonly intent: PublicationIntent;
  readonly decidedBy: string;
  readonly now: Date;
}

const DONE: Readonly<Record<PublicationIntent, string>> = {
  "switch-off": "Everything is being taken out of your shop",
  "switch-on": "Publishing is on; your approved bundles return within a minute",
  "allow-stand-ins": "The nearest available product now stands in",
  "refuse-stand-ins": "A bundle now waits until all its products are back",
};
const LATER = "It begins within the hour, because the workers can't be reached just now";

/**
 * Carries out what the merchant asks of publishing as a whole.
 *
 * @returns what to tell the merchant; not ok when Shopify refused to switch the discount on
 */
export async function changePublication(
  deps: Deps,
  request: PublicationRequest,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const { shop, graphql, intent, decidedBy, now } = request;
  try {
    const isTold = await carryOut(deps, { shop, graphql, intent, decidedBy, now });
    return { ok: true, message: isTold ? DONE[intent] : LATER };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, message: explainPublishError(error) };
  }
}

async function carryOut(
  deps: Deps,
  { shop, graphql, intent, decidedBy, now }: PublicationRequest,
): Promise<boolean> {
  if (intent === "switch-off") return switchPublishingOff(deps, { shop, decidedBy, now });
  if (intent === "switch-on") return switchPublishingOn(deps, { shop, graphql, now });
  await saveStandInChoice(deps.db, shop, intent === "allow-stand-ins");
  return askToPublish(deps, { shop, now });
}
