import { isActiveRun, type RunStatus } from "./run-status.ts";

/** Facts about a shop, to decide its stage. */
export interface ShopFacts {
  readonly isHistoryRead: boolean;
  readonly orders: number;
  /** The newest run; null before the first. */
  readonly run: RunStatus | null;
  /**
   * Current bundles: to decide, approved and about to be published, approved and held by a problem such as no stock, on
   * the storefront, paused; and all bundles ever.
   */
  readonly bundles: Readonly<Record<"toDecide" | "waiting" | "held" | "live" | "paused" | "all", number>>;
  /** Whether a visit was ever recorded. */
  readonly hasVisits: boolean;
  /** Visitors in both arms of the comparison. */
  readonly comparedVisitors: number;
  readonly answer: "known" | "open" | "broken";
  readonly isPublishingOn: boolean;
  readonly isPublishingFailed: boolean;
  readonly isDiscountOff: boolean;
  /** A Rollout keeps the discount from some buyers, so no offer is shown. */
  readonly isWithheld: boolean;
  /** Another theme was published recently and may have no place for offers. */
  readonly isThemeChanged: boolean;
  /** No shopper ever saw an offer, and the live theme has no place for one. */
  readonly isUnplaced: boolean;
  readonly failingMessages: number;
  readonly areMessagesSlow: boolean;
}

/**
 * Earnings of the offers. Nothing if publishing is `off`, all are `paused` or `waiting` for publication, none is live,
 * or the theme shows none (`unplaced`); else the result of the comparison, or what it lacks.
 */
type Earned =
  | "off"
  | "paused"
  | "waiting"
  | "nothingLive"
  | "unplaced"
  | "broken"
  | "noVisitors"
  | "noCompared"
  | "measuring"
  | "known";
/** What the merchant can decide, or why there is nothing. */
type ToDecide =
  "some" | "reading" | "noOrders" | "searching" | "failed" | "notSearched" | "nothingFound" | "allDecided";
export type Fault =
  | "messagesFailing"
  | "messagesSlow"
  | "publishingFailed"
  | "discountOff"
  | "withheld"
  | "themeChanged"
  | "unplaced"
  | "offersHeld"
  | "searchFailed"
  | "comparisonBroken";

export interface ShopStage {
  readonly earned: Earned;
  readonly toDecide: ToDecide;
  readonly faults: readonly Fault[];
  /** Whether visitors are counted; every statement about visitors depends on it. */
  readonly hasVisits: boolean;
}

/** Stage of a shop, computed in one place so that no two sentences contradict each other. */
export function stageOf(facts: ShopFacts): ShopStage {
  const hasVisits = facts.hasVisits || facts.comparedVisitors > 0;
  return {
    earned: earnedBy(facts, hasVisits),
    toDecide: decisionsOf(facts),
    faults: faultsOf(facts),
    hasVisits,
  };
}

function earnedBy(
  { isPublishingOn, bundles, isUnplaced, answer, comparedVisitors }: ShopFacts,
  hasVisits: boolean,
): Earned {
  if (!isPublishingOn) return "off";
  if (bundles.live === 0) {
    if (bundles.waiting > 0) return "waiting";
    return bundles.paused > 0 && bundles.held === 0 ? "paused" : "nothingLive";
  }
  if (isUnplaced) return "unplaced";
  if (answer !== "open") return answer;
  if (comparedVisitors > 0) return "measuring";
  return hasVisits ? "noCompared" : "noVisitors";
}

function decisionsOf({ bundles, isHistoryRead, orders, run }: ShopFacts): ToDecide {
  if (bundles.toDecide > 0) return "some";
  if (run !== null && isActiveRun(run)) return "searching";
  if (!isHistoryRead) return "reading";
  if (orders === 0) return "noOrders";
  if (run === "failed") return "failed";
  if (bundles.all > 0) return "allDecided";
  return run === "succeeded" ? "nothingFound" : "notSearched";
}

function faultsOf(facts: ShopFacts): Fault[] {
  const found: readonly (readonly [Fault, boolean])[] = [
    ["publishingFailed", facts.isPublishingOn && facts.isPublishingFailed],
    ["discountOff", facts.isPublishingOn && facts.isDiscountOff],
    ["withheld", facts.isPublishingOn && facts.isWithheld],
    ["themeChanged", facts.isPublishingOn && facts.isThemeChanged],
    ["unplaced", facts.isPublishingOn && facts.isUnplaced && !facts.isThemeChanged],
    ["offersHeld", facts.isPublishingOn && facts.bundles.held > 0],
    ["comparisonBroken", earnedBy(facts, true) === "broken"],
    ["searchFailed", facts.run === "failed"],
    ["messagesFailing", facts.failingMessages > 0],
    ["messagesSlow", facts.failingMessages === 0 && facts.areMessagesSlow],
  ];
  return found.flatMap(([fault, isThere]) => (isThere ? [fault] : []));
}
