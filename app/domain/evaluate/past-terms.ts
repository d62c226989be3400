import { toOfferTerms, type OfferTerms } from "#app/domain/offer/offer.ts";

/** Terms that an offer has or had, as far as what an order got by it depends on them. */
export interface PastTerms {
  readonly terms: OfferTerms;
  /** 0 to 1; of other terms than a share of a set's price, what they took off when they were written. */
  readonly discountRatio: number;
  /** Most sets of an order; null for as many as it holds. */
  readonly timesPerOrder: number | null;
  /** Units of each component. */
  readonly quantities: readonly number[];
  /** Until the next ones began; −∞ of the first. */
  readonly sinceMs: number;
}

/** An entry of the decision log; what it does not tell is absent. */
export interface LoggedTerms {
  readonly atMs: number;
  /** The discount that a decision was made on. */
  readonly discountRatio?: number | undefined;
  /** What held before an edit; the autopilot tells the price alone, and terms are absent where a set had a share off. */
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
 * All terms that an offer has had, the latest first, by its decision log. Before its approval it may have held other
 * products, whose units say nothing of these.
 *
 * @param variantGids of the components that it holds
 * @param log the newest entry first
 */
export function listPastTerms(
  today: Omit<PastTerms, "sinceMs">,
  variantGids: readonly string[],
  log: readonly LoggedTerms[],
): PastTerms[] {
  const past: PastTerms[] = [];
  let held = today;
  // A run that proposes an ended offer anew changes its discount without an edit, some time before the next entry.
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

/** The terms that held at an instant. */
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

/** Whether terms are a share of a set's price, which may be none of it. */
export function isShare(terms: OfferTerms): boolean {
  return terms.kind === "set" && (terms.reward.type === "percent" || terms.reward.type === "none");
}

function toShare(discountRatio: number): OfferTerms {
  return toOfferTerms({ terms: null, discountRatio });
}
