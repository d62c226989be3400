import { isLive, type BundleStatus } from "#app/domain/bundle-status.ts";
import { toOfferTerms, type OfferTerms } from "#app/domain/offer/offer.ts";
import type { LoggedAction } from "#app/domain/validate/decide.ts";

/** Current or past terms of an offer, reduced to what affects an order. */
export interface PastTerms {
  readonly terms: OfferTerms;
  /** 0 to 1; for terms other than a share of a set's price, the share they took off when they were written. */
  readonly discountRatio: number;
  /** Most sets per order; null for no limit. */
  readonly timesPerOrder: number | null;
  /** Units of each component. */
  readonly quantities: readonly number[];
  /** Start of these terms, which hold until the next ones; −∞ for the first. */
  readonly sinceMs: number;
}

/** An entry of the decision log; fields that it does not record are absent. */
export interface LoggedTerms {
  readonly atMs: number;
  /** Discount that the decision was made on. */
  readonly discountRatio?: number | undefined;
  /** Terms before an edit. The autopilot logs only the price. `terms` is absent if a set had a share off. */
  readonly before?:
    | {
        readonly discountRatio: number;
        readonly terms?: OfferTerms | undefined;
        readonly timesPerOrder?: number | null | undefined;
        readonly quantities?: readonly number[] | undefined;
        /** Variants of the components. */
        readonly components?: readonly string[] | undefined;
      }
    | undefined;
}

/**
 * All terms that an offer has had, the latest first, from its decision log. Before its approval the offer can have
 * held other products; their units are ignored.
 *
 * @param variantGids variants of its components today
 * @param log newest entry first
 */
export function listPastTerms(
  today: Omit<PastTerms, "sinceMs">,
  variantGids: readonly string[],
  log: readonly LoggedTerms[],
): PastTerms[] {
  const past: PastTerms[] = [];
  let held = today;
  // A run that proposes an ended offer again changes its discount without an edit, some time before the next entry.
  let laterMs = Infinity;
  for (const { atMs, before, discountRatio } of log) {
    if (before) {
      past.push({ ...held, sinceMs: atMs });
      held = toBefore(held, before, variantGids);
    } else if (discountRatio !== undefined && discountRatio !== held.discountRatio) {
      past.push({ ...held, sinceMs: laterMs });
      held = { ...held, discountRatio, terms: isShare(held.terms) ? toShare(discountRatio) : held.terms };
    }
    laterMs = atMs;
  }
  return [...past, { ...held, sinceMs: -Infinity }];
}

export function termsAt(past: readonly PastTerms[], atMs: number): PastTerms {
  return past.find(({ sinceMs }) => sinceMs <= atMs) ?? past.at(-1)!;
}

function toBefore(
  held: Omit<PastTerms, "sinceMs">,
  { discountRatio, terms, timesPerOrder, quantities, components }: NonNullable<LoggedTerms["before"]>,
  variantGids: readonly string[],
): Omit<PastTerms, "sinceMs"> {
  const holdsSame =
    quantities?.length === variantGids.length &&
    (components === undefined || components.join() === variantGids.join());
  return {
    discountRatio,
    terms: terms ?? (held.terms.kind === "set" ? toShare(discountRatio) : held.terms),
    timesPerOrder: timesPerOrder === undefined ? held.timesPerOrder : timesPerOrder,
    quantities: holdsSame ? quantities : held.quantities,
  };
}

/** Whether the terms are a share of a set's price, which can be 0. */
export function isShare(terms: OfferTerms): boolean {
  return terms.kind === "set" && (terms.reward.type === "percent" || terms.reward.type === "none");
}

function toShare(discountRatio: number): OfferTerms {
  return toOfferTerms({ terms: null, discountRatio });
}

/** One entry of a bundle's decision log, reduced to what affects a visitor's exposure. */
export interface OfferDecision {
  readonly atMs: number;
  readonly action: LoggedAction;
  /** Resulting state, if it was logged; null for edits. */
  readonly to: BundleStatus | null;
  /** Discount before and after an edit of it, 0 to 1; null for other decisions. */
  readonly discountRatio: { readonly before: number; readonly after: number } | null;
  /** Discount at a decision other than an edit, if it was logged; null for edits. */
  readonly unchangedRatio: number | null;
}

/** A time span in which a visitor of the page could be exposed to one discount, or to none. */
export interface OfferTime {
  readonly fromMs: number;
  /** End of the span, exclusive. */
  readonly toMs: number;
  /** 0 is an offer at full price; null is no offer. */
  readonly discountRatio: number | null;
}

/** Publishing takes some seconds, so nothing is counted for this long after a change. */
const SETTLING_MS = 60_000;

/**
 * The discounts that a bundle had over time, from its decision log.
 *
 * @param decisions in order of time
 * @param now the window, and the discount at its end
 * @returns in order of time, without the minute after each change
 */
export function listOfferTimes(
  decisions: readonly OfferDecision[],
  { fromMs, toMs, discountRatio }: { fromMs: number; toMs: number; discountRatio: number },
): OfferTime[] {
  // A run that proposes an ended bundle again can have changed its discount without an edit.
  let ratio =
    decisions.flatMap((one) => one.discountRatio?.before ?? one.unchangedRatio ?? [])[0] ?? discountRatio;
  let isOffered = false;
  let sinceMs = fromMs;
  const times: OfferTime[] = [];
  const close = (atMs: number) => {
    const from = Math.max(fromMs, sinceMs);
    const to = Math.min(toMs, atMs);
    if (to > from) times.push({ fromMs: from, toMs: to, discountRatio: isOffered ? ratio : null });
    sinceMs = atMs + SETTLING_MS;
  };
  for (const { atMs, action, to, discountRatio: edit, unchangedRatio } of decisions) {
    const isOfferedNow: boolean = edit || action === "edit" ? isOffered : to !== null && isLive(to);
    const ratioNow: number = edit?.after ?? unchangedRatio ?? ratio;
    if (isOfferedNow === isOffered && ratioNow === ratio) continue;
    close(atMs);
    [isOffered, ratio] = [isOfferedNow, ratioNow];
  }
  close(toMs);
  return times;
}
