import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { readVariants } from "#app/data/bundles/bundles.server.ts";
import { findPublication, listDrift, listPublishedMetafields } from "#app/data/bundles/publication.server.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { isLive } from "#app/domain/bundle-status.ts";
import { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { Message } from "#app/domain/message.ts";
import { diagnoseOffer, type LiveFacts } from "#app/domain/publish/diagnose-offer.ts";
import { toComponent } from "#app/domain/publish/expect-now.ts";
import { listChoiceSteps } from "#app/domain/publish/price-steps.ts";
import { diffMetafields } from "#app/domain/publish/diff-metafields.ts";
import type { OfferPlan } from "#app/domain/publish/plan-offers.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import { LEAVE_OUT_QUERY } from "#app/domain/publish/storefront-offer.ts";
import { PLACEMENT_FILES, readThemePlacement } from "#app/domain/publish/theme-placement.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { Placement, rewardsOf, toOfferTerms } from "#app/domain/offer/offer.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { themeEditorUrls } from "#app/pages/theme-editor-urls.server.ts";
import { AppError } from "#app/process/errors.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { planShopOffers } from "#app/services/publish/read-approved-bundles.server.ts";
import { readWithholdingRollout } from "#app/services/publish/read-publication.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readOwnDiscounts } from "#app/shopify/discounts.ts";
import { readLiveTheme } from "#app/shopify/theme/read-live-theme.ts";

/** A theme published within this time is a likely cause of a missing block. */
const LATELY_MS = 90 * DAY_MS;

interface DiagnosisRequest extends Asked {
  readonly bundleId: string;
  readonly graphql: AdminGraphql;
  /** The app's client id, for deep links to the theme editor. */
  readonly apiKey: string;
}

/** A link to fix the cause. */
interface Mend {
  readonly kind: "plan" | "settings" | "product" | "discounts" | "block" | "embed" | "ownVisit";
  readonly url: string;
}

/**
 * Why an offer does not show on the storefront: the first failed check, with links to fix it, and the limits that hide
 * it from some visitors. Queries Shopify for the discount and the live theme.
 *
 * @returns null if the shop has no such bundle
 */
export async function readDiagnosis(deps: Deps, request: DiagnosisRequest) {
  const { shop, bundleId, words, now } = request;
  const { db } = deps;
  const { row, format, settings } = await openShop(deps, request);
  const bundle = await findBundle(db, { shop, bundleId });
  if (!bundle) return null;
  const [publication, liveLeft] = await Promise.all([
    findPublication(db, shop),
    countLiveBundlesLeft(db, { shop, now }),
  ]);
  const { allowsStandIns, offSince, problem } = publication;
  const { plan } = await planShopOffers(deps, { shop, row, settings, allowsStandIns, now });
  const live = isLive(bundle.status) && offSince === null ? await readLive(deps, request) : null;
  const isShown = bundle.status === "published" && (await isAsPlanned(deps, request, plan));
  const names = new Intl.DisplayNames([words.locale], { type: "region" });
  const held = plan.held.find((one) => one.bundleId === bundleId)?.reason ?? null;
  const { cause, limits } = diagnoseOffer({
    status: bundle.status,
    isOver: plan.ended.includes(bundleId) || (bundle.endsAt !== null && bundle.endsAt <= now),
    liveLeft,
    isPublishingOff: offSince !== null,
    problem: Array.isArray(problem) && !isShown ? (StoredProblem.safeParse(problem[0]).data ?? null) : null,
    savesNothing: savesNothing(bundle, await readVariants(db, shop, bundle.components), row.currency),
    held: held ?? PausedReason.safeParse(bundle.pausedReason).data ?? null,
    live,
    placement: Placement.catch("everywhere").parse(bundle.placement),
    countries: bundle.countries.map((code) => names.of(code) ?? code),
    firstProduct: bundle.components[0]!.title,
    combinesWithAll:
      settings.combinesWithOrders && settings.combinesWithProducts && settings.combinesWithShipping,
    holdoutRatio: settings.holdoutRatio,
  });
  const tell = (message: Message) => ({
    code: message.code,
    text: writeMessage(message, { format, words }),
    mends: listMends(message, request, bundle),
  });
  return {
    cause: cause && tell(cause),
    limits: limits.map(tell),
    /** Whether Shopify did not answer, so that the discount and the theme are unchecked. */
    isPartial: cause === null && live === null,
  };
}

/** Whether the discount of an offer takes nothing off its products, whichever a shopper chooses. */
function savesNothing(
  bundle: KnownBundle,
  variants: Awaited<ReturnType<typeof readVariants>>,
  currency: string,
): boolean {
  const terms = toOfferTerms(bundle);
  const priced = bundle.components.map((one) => ({
    ...toComponent(one, variants.get(one.variantGid)),
    costMinor: null,
  }));
  const steps = listChoiceSteps(terms, priced, { currency, assumedMarginRatio: 0 });
  return (
    rewardsOf(terms).some(({ type }) => type !== "none") &&
    steps.every(({ discountMinor }) => discountMinor === 0)
  );
}

/** Whether the published metafields of an offer match the plan, according to our records. */
async function isAsPlanned(
  { db }: Deps,
  { shop, bundleId }: DiagnosisRequest,
  { metafields }: OfferPlan,
): Promise<boolean> {
  const isOfOffer = ({ value }: { readonly value: string }) => value.includes(bundleId);
  const left = (await listPublishedMetafields(db, shop)).flatMap(({ compareDigest, ...metafield }) =>
    compareDigest !== null && isOfOffer(metafield) ? [{ ...metafield, compareDigest }] : [],
  );
  const { writes, deletions } = diffMetafields(metafields.filter(isOfOffer), left);
  return writes.length + deletions.length === 0;
}

async function readLive(
  { db, log }: Deps,
  { shop, graphql, now }: DiagnosisRequest,
): Promise<LiveFacts | null> {
  try {
    const [discounts, theme, drift, withheldByRollout] = await Promise.all([
      readOwnDiscounts({ graphql, log }),
      readLiveTheme({ graphql, log }, PLACEMENT_FILES),
      listDrift(db, shop, new Date(now.getTime() - LATELY_MS)),
      readWithholdingRollout({ db }, shop),
    ]);
    const discount = discounts.some(({ isActive }) => isActive) ? "active" : discounts[0] ? "off" : "missing";
    return {
      discount,
      withheldByRollout,
      theme: theme && {
        ...readThemePlacement(theme.files, theme.appHandle),
        name: theme.name,
        wasPublishedLately: drift.some(({ kind }) => kind === "theme_changed"),
      },
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

type KnownBundle = NonNullable<Awaited<ReturnType<typeof findBundle>>>;

function listMends(
  { code, values }: Message,
  { shop, apiKey }: DiagnosisRequest,
  { components, placement }: KnownBundle,
): Mend[] {
  const editor = themeEditorUrls(shop, apiKey);
  const product = components.find(({ title }) => title === values["product"]) ?? components[0]!;
  switch (code) {
    case "unseen.planFull":
      return [{ kind: "plan", url: "/app/plan" }];
    case "unseen.noPlace":
    case "unseen.themeChanged":
      return [
        { kind: "block", url: placement === "cart" ? editor.cartBlock : editor.block },
        { kind: "embed", url: editor.offerEmbed },
      ];
    case "paused.withheldByRollout":
      return [{ kind: "discounts", url: `https://${shop}/admin/discounts` }];
    case "paused.outOfStock":
    case "paused.notForSale":
    case "publish.titleTooLong":
      return [{ kind: "product", url: `https://${shop}/admin/products/${toLegacyId(product.productGid)}` }];
    case "unseen.heldOut":
      return [{ kind: "ownVisit", url: `https://${shop}/?${LEAVE_OUT_QUERY}` }];
    case "unseen.discountMissing":
    case "unseen.combined":
    case "paused.off":
    case "paused.discountOff":
    case "paused.enoughOffers":
      return [{ kind: "settings", url: "/app/settings" }];
    default:
      return code.startsWith("publish.") ? [{ kind: "settings", url: "/app/settings" }] : [];
  }
}
