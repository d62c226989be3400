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

/** The first reads the shop from memory; each further one follows a change of the shop's row in the meantime. */
const MAX_ATTEMPTS = 3;

/**
 * Rows of installed shops, secrets still sealed, as the last webhook found them. One that has changed since does no
 * harm: the statement that keeps a webhook checks the row and keeps nothing under an old one.
 */
const rememberedShops = new Map<string, NonNullable<Awaited<ReturnType<typeof findShop>>>>();

/** What still concerns a shop that removed the app. */
const AFTER_UNINSTALL = new Set([
  "shop/redact",
  "customers/redact",
  "customers/data_request",
  "app/uninstalled",
]);

/**
 * Step 1, collect: keeps one verified webhook in the inbox, without personal data, and asks for it to be applied.
 * A queue that is down does not matter, because the sweep finds the row. A payload that can't be read is kept
 * as a refused row, since a repeat would bring the same bytes; the nightly reconciliation reads the thing itself.
 *
 * @returns "ignored" for a shop that is not installed, since nothing of it is kept and an installation reads all;
 *   "refused", with nothing kept, when the body names another shop than the header, which nobody signs
 * @throws AppError database_down when the row could not be kept: Shopify must send it again
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

/** Whether a row waits to be applied, or is kept as one that can't be read, or why there is none. */
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
      // What an installation has left that failed once it had its token.
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

/** Undefined when the body is not JSON: the error's message would quote it. */
function parsePayload(rawBody: string): unknown {
  try {
    return parseJsonKeepingIds(rawBody);
  } catch {
    return undefined;
  }
}
