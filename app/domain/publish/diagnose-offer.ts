import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { Message } from "#app/domain/message.ts";
import type { Placement } from "#app/domain/offer/offer.ts";
import type { UnseenMessage } from "./publish-messages.ts";
import type { ThemePlacement } from "./theme-placement.ts";

/** Facts about an offer that somebody does not see. */
interface OfferFacts {
  readonly status: BundleStatus;
  /** Whether its last day is over. */
  readonly isOver: boolean;
  /** How many more offers the plan lets go live; null without a limit. */
  readonly liveLeft: number | null;
  readonly isPublishingOff: boolean;
  /** Why the last publishing failed; null if the storefront is up to date. */
  readonly problem: Message | null;
  /** Why publishing holds it back, by current data. */
  readonly held: Message | null;
  /** Whether its discount takes nothing off today's prices; the storefront then leaves it out. */
  readonly savesNothing: boolean;
  /** Null if Shopify could not be asked. */
  readonly live: LiveFacts | null;
  readonly placement: Placement;
  /** Names of the countries that it is for; empty for everywhere. */
  readonly countries: readonly string[];
  /** Title of its first product. */
  readonly firstProduct: string;
  /** Whether a checkout combines it with every other kind of discount. */
  readonly combinesWithAll: boolean;
  /** Share of visitors that see no offer, 0 to 1. */
  readonly holdoutRatio: number;
}

/** What Shopify reports now. */
export interface LiveFacts {
  readonly discount: "active" | "off" | "missing";
  /** Name of the Rollout that keeps our discount from some buyers; null without one. */
  readonly withheldByRollout: string | null;
  /** Null if the shop has no live theme. */
  readonly theme: (ThemePlacement & { readonly name: string; readonly wasPublishedLately: boolean }) | null;
}

interface OfferDiagnosis {
  /** Why nobody sees it: the first failed check, in the order in which an offer gets to the storefront. */
  readonly cause: Message | null;
  /** Without a cause: why one visitor can still not see it, or not get its price. */
  readonly limits: readonly UnseenMessage[];
}

/** Why an offer is not seen on the storefront; see app/decisions/publish/073-the-live-theme-is-read.md. */
export function diagnoseOffer(facts: OfferFacts): OfferDiagnosis {
  const cause = findCause(facts);
  return { cause, limits: cause ? [] : listLimits(facts) };
}

function findCause(facts: OfferFacts): Message | null {
  const { status, isPublishingOff, problem, held, savesNothing, live } = facts;
  const undecided = causeOfStatus(facts);
  if (undecided) return undecided;
  if (isPublishingOff) return plain("paused.off");
  // The hold is computed from the shop's data; a failed pass can have left no message.
  if (held) return held;
  if (problem) return problem;
  if (status === "approved") return plain("unseen.pending");
  if (savesNothing) return plain("unseen.savesNothing");
  if (!live) return null;
  if (live.discount === "missing") return plain("unseen.discountMissing");
  if (live.discount === "off") return plain("paused.discountOff");
  if (live.withheldByRollout !== null) {
    return { code: "paused.withheldByRollout", values: { rollout: live.withheldByRollout } };
  }
  return causeOfTheme(facts, live.theme);
}

function causeOfStatus({ status, isOver, liveLeft, held }: OfferFacts): Message | null {
  switch (status) {
    case "proposed":
      return liveLeft === 0 ? plain("unseen.planFull") : plain("unseen.proposed");
    case "rejected":
      return plain("unseen.rejected");
    case "paused":
      return held ?? plain("paused.byMerchant");
    case "retired":
      return isOver ? plain("paused.over") : plain("unseen.withdrawn");
    case "approved":
    case "published":
      return null;
  }
}

function causeOfTheme({ placement }: OfferFacts, theme: LiveFacts["theme"]): UnseenMessage | null {
  if (!theme) return null;
  const { name, product, cart, wasPublishedLately } = theme;
  const hasPlace = placement === "everywhere" ? product || cart : placement === "cart" ? cart : product;
  if (hasPlace) return null;
  return { code: wasPublishedLately ? "unseen.themeChanged" : "unseen.noPlace", values: { theme: name } };
}

function listLimits({ placement, countries, firstProduct, combinesWithAll, holdoutRatio }: OfferFacts) {
  const limits: UnseenMessage[] = [];
  if (countries.length > 0) {
    limits.push({ code: "unseen.countries", values: { countries: countries.join(", ") } });
  }
  if (placement === "cart") limits.push(plain("unseen.cartOnly"));
  if (placement === "first") limits.push({ code: "unseen.firstOnly", values: { product: firstProduct } });
  if (!combinesWithAll) limits.push(plain("unseen.combined"));
  if (holdoutRatio > 0) limits.push({ code: "unseen.heldOut", values: { shareRatio: holdoutRatio } });
  return limits;
}

const plain = <C extends string>(code: C) => ({ code, values: {} });
