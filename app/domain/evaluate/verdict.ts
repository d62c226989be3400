import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";

/** An effect smaller than this share of the holdout's revenue is not worth waiting for. */
const SMALLEST_EFFECT_RATIO = 0.05;
/** Standard errors that an interval reaches at the end of a period, when it is looked at daily; see `criticalValues`. */
const LAST_CRITICAL = 2.36;
const LEAST_VISITORS = 100;

/** What the verdict is made of. */
interface Known {
  /** Revenue a visitor, treated minus holdout. */
  readonly revenue: Estimate;
  /** The holdout's revenue a visitor. */
  readonly base: number;
  readonly information: number;
  /** Standard deviation of the difference for one unit of information. */
  readonly deviation: number;
  readonly visitors: { readonly treated: number; readonly holdout: number };
  readonly isThin: boolean;
  readonly isBroken: boolean;
}

interface Judgement {
  readonly isEnough: boolean;
  readonly visitorsMissing: number | null;
  readonly verdict: string;
}

/** The one sentence for the merchant, and what is missing to a better one. */
export function judge(known: Known): Judgement {
  const { revenue, base, visitors, isThin, isBroken } = known;
  if (isBroken) {
    return unknown(
      "The two groups do not have the sizes that were drawn, so no comparison can be trusted. " +
        "See that the app embed is on in every theme in use and that no script or cookie banner stops it for some visitors.",
    );
  }
  if (visitors.holdout === 0) return unknown("No visitor was held out, so there is nothing to compare with.");
  if (!isThin && revenue.low > 0) return enough("The offers bring in more than no offers.");
  if (!isThin && revenue.high < 0) return enough("The offers bring in less than no offers: take them back.");
  const smallest = SMALLEST_EFFECT_RATIO * base;
  if (!isThin && base > 0 && revenue.high < smallest && revenue.low > -smallest)
    return enough("The offers make no difference of 5 % or more.");

  const missing = visitorsMissing(known, Math.max(Math.abs(revenue.value), smallest));
  if (missing === null)
    return unknown("Not enough data yet: too few orders to say how many visitors it takes.");
  const atLeast = isThin ? Math.max(missing, LEAST_VISITORS) : missing;
  return {
    isEnough: false,
    visitorsMissing: atLeast,
    verdict: `Not enough data yet: about ${atLeast.toLocaleString("en")} more visitors are needed.`,
  };
}

function unknown(verdict: string): Judgement {
  return { isEnough: false, visitorsMissing: null, verdict };
}

function enough(verdict: string): Judgement {
  return { isEnough: true, visitorsMissing: 0, verdict };
}

/** Visitors until the interval is no wider than the effect, with the arms' shares as they are; null if never. */
function visitorsMissing({ information, deviation, visitors }: Known, effect: number): number | null {
  if (!(deviation > 0) || !(effect > 0) || !(information > 0)) return null;
  const seen = visitors.treated + visitors.holdout;
  const needed = ((LAST_CRITICAL * deviation) / effect) ** 2 * (seen / information);
  return Number.isFinite(needed) ? roundUp(needed - seen) : null;
}

/** Up to two leading digits: more would pretend to know. */
function roundUp(visitors: number): number {
  if (visitors <= 0) return 0;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(visitors)) - 1);
  return Math.ceil(visitors / step) * step;
}
