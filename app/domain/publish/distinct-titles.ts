import { cutText } from "#app/domain/message.ts";
import { MAX_TITLE_LENGTH } from "#app/domain/offer/offer-rule.ts";
import type { ApprovedBundle } from "./storefront-offer.ts";

/**
 * Numbers offers with a title of another one, in order of their ids: "Free mug (2)". A theme knows a cart's discounts
 * by their titles alone. With one title for two offers, it would take the discount of one for that of the other, and
 * promise a price that the checkout does not give.
 *
 * @returns bundles without a title, in any language, in common
 */
export function withDistinctTitles(bundles: readonly ApprovedBundle[]): ApprovedBundle[] {
  const taken = new Set<string>();
  return bundles
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((bundle) => {
      let distinct = bundle;
      for (let number = 2; titlesOf(distinct).some((title) => taken.has(title)); number++) {
        distinct = withNumber(bundle, ` (${number})`);
      }
      for (const title of titlesOf(distinct)) taken.add(title);
      return distinct;
    });
}

function titlesOf({ title, titles }: ApprovedBundle): string[] {
  return [title, ...Object.values(titles)].map((one) => cutText(one, MAX_TITLE_LENGTH));
}

function withNumber({ title, titles, ...bundle }: ApprovedBundle, number: string): ApprovedBundle {
  const add = (text: string) => cutText(text, MAX_TITLE_LENGTH - number.length) + number;
  const numbered = Object.entries(titles).map(([language, text]) => [language, add(text)]);
  return { ...bundle, title: add(title), titles: Object.fromEntries(numbered) };
}
