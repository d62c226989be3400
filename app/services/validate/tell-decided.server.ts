import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { findPublication } from "#app/data/bundles/publication.server.ts";
import { listCollectionBundles } from "#app/data/bundles/bundles.server.ts";
import type { Message } from "#app/domain/message.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
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
  /** What to say where nothing has to wait. */
  readonly done: string;
  /** Whether a question said before which live offers give way. */
  readonly wasAsked?: boolean;
}

/**
 * What was done to offers, in a sentence; of one also what it waits for on its way to the storefront, or how many live
 * offers give way to it.
 */
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
 * What would come of approving these offers now, in sentences: how many the plan holds, how many of those would have to
 * wait for their place on the storefront, and how many would take it from an offer that is there.
 */
export async function tellWaiting(deps: Deps, wished: Wished): Promise<string> {
  const { shop, words, now } = wished;
  const { length: asked } = wished.bundleIds;
  const left = (await countLiveBundlesLeft(deps.db, { shop, now })) ?? asked;
  if (left === 0) return words.t("server:undecided.plan_is_full");
  const row = await readKeptShop(deps.db, shop);
  const request = { ...wished, bundleIds: wished.bundleIds.slice(0, left), row };
  const { length: waiting } = await listHolds(deps, request);
  const displaced = waiting === Math.min(left, asked) ? 0 : await countDisplaced(deps, request);
  return [
    ...(left < asked ? [words.t("server:waits.plan", { count: left })] : []),
    words.t(waiting === 0 ? "server:waits.none" : "server:waits", { count: waiting }),
    ...(displaced > 0 ? [words.t("server:waits.displaced", { count: displaced })] : []),
  ].join(" ");
}

interface Planned extends Wished {
  readonly row: Awaited<ReturnType<typeof readKeptShop>>;
}

/** How many live offers have a place on the storefront without these that they do not have beside them. */
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

/**
 * What keeps each of the offers that wait, or would once they are approved, as far as the shop's data and the last
 * publishing pass tell.
 */
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

/** Shopify's silence is no answer to what was decided; the next pass asks again. */
function toNothing(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}
