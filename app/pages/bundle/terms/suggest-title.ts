import type { Translate } from "#app/locales/translate.ts";
import type { TermsDraft } from "./terms-draft.ts";

/** A title for shoppers by what the offer holds; it stands until the merchant types another. */
export function suggestTitle({ offer, components }: TermsDraft, t: Translate): string {
  const bought = components.filter(({ isGift }) => !isGift).map(({ title }) => title);
  const gift = components.find(({ isGift }) => isGift)?.title;
  if (bought.length === 0) return "";
  switch (offer.kind) {
    case "set":
      return cut(bought.join(" + "));
    case "range":
      return t("offer:title.range", { units: offer.units });
    case "breaks":
      return t("offer:title.breaks");
    case "gift":
      return cut(t(offer.giftPercent === "100" ? "offer:title.gift" : "offer:title.giftLess", { gift }));
  }
}

/** As long as a title may be. */
function cut(title: string): string {
  return title.length > 120 ? `${title.slice(0, 119)}…` : title;
}
