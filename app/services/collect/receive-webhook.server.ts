import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { saveInboxRow } from "#app/data/inbox/inbox.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readNamedShop, toInboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { AppError } from "#app/process/errors.ts";
import { askToApply } from "#app/services/ask-workers.server.ts";
import type { VerifiedWebhook } from "#app/shopify/verify-signature.server.ts";
import { openShopSecret, pseudonymise } from "#app/services/install/shop-secret.server.ts";

interface ReceivedWebhook extends VerifiedWebhook {
  readonly now: Date;
}

/** The first attempt reads the shop from the cache; each further one follows a concurrent change of the shop's row. */
const MAX_ATTEMPTS = 3;

/**
 * Cache of the rows of installed shops, with sealed secrets, as of their last webhook. A stale row does no harm: the
 * statement that saves a webhook checks the row and saves nothing if it has changed.
 */
const rememberedShops = new Map<string, NonNullable<Awaited<ReturnType<typeof findShop>>>>();

/** Topics that still concern a shop that removed the app. */
const AFTER_UNINSTALL = new Set([
  "shop/redact",
  "customers/redact",
  "customers/data_request",
  "app/uninstalled",
]);

/**
 * Step 1, collect: saves one verified webhook in the inbox, without personal data, and requests its application. A
 * queue that is down does no harm, because the sweep finds the row. An unreadable payload is saved as a refused row,
 * because a repeat would bring the same bytes; the nightly reconciliation reads the thing itself.
 *
 * @returns "ignored" for a shop that is not installed, because an installation reads everything; "refused", with
 *   nothing saved, if the body names another shop than the header, which no signature covers
 * @throws AppError database_down if the row could not be saved: Shopify must send it again
 */
export async function receiveWebhook(
  deps: Deps,
  webhook: ReceivedWebhook,
): Promise<"kept" | "ignored" | "refused"> {
  const { shop, topic, webhookId } = webhook;
  const outcome = await keep(deps, webhook);
  if (outcome !== "waiting") return outcome;
  try {
    await askToApply(deps, { shop, now: webhook.now });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    deps.log.warn("collect.not_enqueued", { shop, topic, webhookId, problem });
  }
  return "kept";
}

/** "waiting" if a row waits to be applied, else the result of `receiveWebhook`. */
async function keep(
  deps: Deps,
  webhook: ReceivedWebhook,
): Promise<"waiting" | Awaited<ReturnType<typeof receiveWebhook>>> {
  const { shop, topic, webhookId, triggeredAt, rawBody, now } = webhook;
  const isForUninstalled = AFTER_UNINSTALL.has(topic);
  const payload = parsePayload(rawBody);
  const named = readNamedShop(payload);
  if (named !== null && named !== shop.toLowerCase()) {
    deps.log.error("collect.of_another_shop", { shop, topic, webhookId, named });
    return "refused";
  }
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const row = rememberedShops.get(shop) ?? (await findShop(deps.db, shop));
      // An installation that failed after it stored its token left rows without a shop.
      if (!row && topic === "shop/redact") await deleteShopRows(deps.pool, shop);
      if (!row || (row.uninstalledAt !== null && !isForUninstalled)) return "ignored";
      const secret = openShopSecret(deps, row);
      const message =
        payload === undefined
          ? NO_JSON
          : toInboxMessage(topic, payload, {
              webhookId,
              currency: row.currency,
              toKey: (id) => pseudonymise(secret, id),
            });
      const refusal = message.ok ? null : `${message.reason}: ${message.detail ?? ""}`;
      const isKept = await saveInboxRow(
        deps.pool,
        {
          shop,
          webhookId,
          topic,
          triggeredAt,
          receivedAt: now,
          message: message.ok ? message.value : { kind: "noted" },
          refusal,
        },
        { ...row, isForUninstalled },
      );
      if (isKept) {
        if (refusal !== null) deps.log.error("collect.refused", { shop, topic, webhookId, reason: refusal });
        if (row.uninstalledAt === null) rememberedShops.set(shop, row);
        return message.ok ? "waiting" : "kept";
      }
      rememberedShops.delete(shop);
    }
    throw new Error(`The row of ${shop} changed ${MAX_ATTEMPTS} times while the webhook was read`);
  } catch (cause) {
    throw new AppError("database_down", `The webhook ${webhookId} could not be kept`, true, { cause });
  }
}

const NO_JSON = { ok: false, reason: "payload_unusable", detail: "the body is not JSON" } as const;

/** Undefined if the body is not JSON: the error's message would quote it. */
function parsePayload(rawBody: string): unknown {
  try {
    return parseJsonKeepingIds(rawBody);
  } catch {
    return undefined;
  }
}
