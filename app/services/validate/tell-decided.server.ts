import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { findPublication } from "#app/data/bundles/publication.server.ts";
import { listCollectionBundles } from "#app/data/bundles/bundles.server.ts";
import type { Message } from "#app/domain/message.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { AppError } from "#app/process/errors.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readPool } from "#app/services/publish/keep-pools.server.ts";
import { planShopOffers } from "#app/services/publish/read-approved-bundles.server.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";

interface Wished extends Asked {
  readonly bundleIds: readonly string[];
  readonly graphql: AdminGraphql;
}

interface Decided extends Wished {
  readonly decision: BundleDecision;
  /** The message if nothing has to wait. */
  readonly done: string;
  /** Whether the merchant was told beforehand which live offers give way. */
  readonly wasAsked?: boolean;
}

/** Describes a decision; for a single offer, also what it waits for, or how many live offers give way to it. */
export async function tellDecided(
  deps: Deps,
  { done, wasAsked = false, ...decided }: Decided,
): Promise<string> {
  const { shop, bundleIds, decision, words } = decided;
  if (decision !== "approve" && decision !== "resume") return done;
  const row = await readKeptShop(deps.db, shop);
  const holds = await listHolds(deps, { ...decided, row });
  const did = words.t(`server:action.${decision}`);
  if (holds.length === 0) {
    const count = wasAsked ? 0 : await countDisplaced(deps, { ...decided, row });
    const displaced = words.t("server:waits.displaced", { count });
    return count === 0 ? done : words.t("server:doneOne.displaces", { done: did, displaced });
  }
  if (bundleIds.length > 1) return words.t("server:done.waits", { done, count: holds.length });
  const reason = writeMessage(holds[0]!, { format: createShopFormat(row, words.locale), words });
  return words.t("server:doneOne.waits", { done: did, reason });
}

/**
 * Describes what an approval or a return of these offers would do now: how many the plan allows, how many of them would wait for a
 * place on the storefront, and how many would replace a live offer.
 */
export async function tellWaiting(
  deps: Deps,
  { isReturn = false, ...wished }: Wished & { readonly isReturn?: boolean },
): Promise<string> {
  const { shop, words, now } = wished;
  const { length: asked } = wished.bundleIds;
  const left = (await countLiveBundlesLeft(deps.db, { shop, now, isReturn })) ?? asked;
  if (left === 0) return words.t("server:undecided.plan_is_full");
  const row = await readKeptShop(deps.db, shop);
  const request = { ...wished, bundleIds: wished.bundleIds.slice(0, left), row };
  const { length: waiting } = await listHolds(deps, request);
  const displaced = waiting === Math.min(left, asked) ? 0 : await countDisplaced(deps, request);
  const stated = [
    left < asked ? words.t("server:waits.plan", { count: left }) : null,
    words.t(waiting === 0 ? "server:waits.none" : "server:waits", { count: waiting }),
    displaced > 0 ? words.t("server:waits.displaced", { count: displaced }) : null,
  ];
  return joinSentences(stated, words.t);
}

interface Planned extends Wished {
  readonly row: Awaited<ReturnType<typeof readKeptShop>>;
}

/** Number of live offers with a place on the storefront that lose it to these. */
async function countDisplaced(deps: Deps, request: Planned): Promise<number> {
  const { bundleIds } = request;
  const alone = await listOffered(deps, request, { without: bundleIds });
  const then = new Set(await listOffered(deps, request, { asApproved: bundleIds }));
  return alone.filter((id) => !then.has(id)).length;
}

async function listOffered(
  deps: Deps,
  { shop, row, now }: Planned,
  approvals: { readonly asApproved?: readonly string[]; readonly without?: readonly string[] },
) {
  const { allowsStandIns } = await findPublication(deps.db, shop);
  const settings = toSettings(shop, row.settings);
  const { plan } = await planShopOffers(deps, { shop, row, settings, allowsStandIns, now, ...approvals });
  return plan.offered;
}

/** Why offers wait, or would wait after their approval, by the shop's data and the last publishing pass. */
async function listHolds(deps: Deps, request: Planned): Promise<Message[]> {
  const { shop, bundleIds, graphql, now, row } = request;
  const publication = await readPublication(deps, { shop, now });
  const { isOn, isDiscountOff, withheldBy, problem, allowsStandIns } = publication;
  if (!isOn) return bundleIds.map(() => ({ code: "paused.off", values: {} }));
  const settings = toSettings(shop, row.settings);
  const { plan } = await planShopOffers(deps, {
    ...request,
    settings,
    allowsStandIns,
    asApproved: bundleIds,
  });
  const holds = new Map<string, Message>(plan.held.map(({ bundleId, reason }) => [bundleId, reason]));
  for (const { id, collectionGid } of await listCollectionBundles(deps.db, shop)) {
    if (!bundleIds.includes(id)) continue;
    const pool = await readPool(deps, { shop, graphql }, collectionGid).catch(toNothing);
    if (pool && "hold" in pool) holds.set(id, pool.hold);
  }
  const ofAll = isDiscountOff
    ? { code: "paused.discountOff", values: {} }
    : withheldBy !== null
      ? { code: "paused.withheldByRollout", values: { rollout: withheldBy } }
      : StoredProblem.safeParse(problem?.[0]).data;
  return bundleIds.flatMap((id) => holds.get(id) ?? ofAll ?? []);
}

/** A failed call to Shopify is no answer; the next pass asks again. */
function toNothing(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}
