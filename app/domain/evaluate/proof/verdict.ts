import { SMALLEST_EFFECT_RATIO, visitorsMissing, type InterimEstimate } from "./visitors-missing.ts";

interface Known extends InterimEstimate {
  readonly isThin: boolean;
  readonly isBroken: boolean;
}

interface Judgement {
  readonly isEnough: boolean;
  readonly visitorsMissing: number | null;
}

/** Whether there is an answer, and how many visitors are missing; `explainUplift` gives the answer. */
export function judge({ isThin, isBroken, ...interim }: Known): Judgement {
  const { revenue, base, visitors } = interim;
  if (isBroken || visitors.holdout === 0) return { isEnough: false, visitorsMissing: null };
  const smallest = SMALLEST_EFFECT_RATIO * base;
  const isDifferent = revenue.low > 0 || revenue.high < 0;
  const isSmall = base > 0 && revenue.high < smallest && revenue.low > -smallest;
  if (!isThin && (isDifferent || isSmall)) return { isEnough: true, visitorsMissing: 0 };
  return { isEnough: false, visitorsMissing: visitorsMissing(interim) };
}
