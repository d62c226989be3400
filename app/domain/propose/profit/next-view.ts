import { expectedViews, viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import { partnerOf, type Browsing } from "./bundle-market.ts";
import { liftOf } from "#app/domain/propose/together/pair-statistics.ts";
import { LEAST_SESSIONS, LEAST_VIEW_LIFT } from "#app/domain/propose/together/viewed-pairs.ts";

/** A later guess than this is one of many. */
const MOST_PLACE = 5;

/** Visitors who look at one product go on to another. */
interface NextView {
  readonly from: number;
  readonly to: number;
  /** From 1: how many products are likelier as the next view, and one. */
  readonly place: number;
}

/**
 * Whether visitors who look at one of the two go on to the other: it is among the first five next views by the model
 * of sessions, and both are looked at in at least five visits and, 95 % sure, twice as often as by chance. Most next
 * looks are at something to choose instead, so this alone speaks for no bundle.
 *
 * @returns the direction with the better place; null when neither is so
 * @see McAuley, Pandey & Leskovec 2015: what is looked at after a product is mostly its substitute
 */
export function findNextView({ nextViews, viewedPairs }: Browsing, a: number, b: number): NextView | null {
  if (!nextViews || !viewedPairs) return null;
  const { coViews } = viewedPairs;
  const sessions = viewsTogether(coViews, a, b);
  if (sessions < LEAST_SESSIONS) return null;
  if (liftOf(sessions, expectedViews(coViews, a, b)).low < LEAST_VIEW_LIFT) return null;
  const placeOf = (from: number, to: number) => partnerOf(nextViews, from, to)?.place ?? Infinity;
  const [forward, backward] = [placeOf(a, b), placeOf(b, a)];
  if (Math.min(forward, backward) > MOST_PLACE) return null;
  return forward <= backward ? { from: a, to: b, place: forward } : { from: b, to: a, place: backward };
}
