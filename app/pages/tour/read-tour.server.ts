import { minorDigits } from "#app/domain/money.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";

/** Estimated monthly value of the example offers after a number of days: day, value, low, high. */
const TRACK = [
  [10, 60, -240, 360],
  [20, 140, -90, 370],
  [30, 90, -60, 240],
  [40, 120, -10, 250],
  [50, 105, 20, 190],
  [60, 110, 40, 180],
] as const;

/** An example shop in the format of the pages, in the merchant's language and currency. */
export async function readTour({ db }: Pick<Deps, "db">, { shop, now, words }: Asked) {
  const { t } = words;
  const { row, format } = await openShop({ db }, { shop, words });
  const { currency } = row;
  const products = [t("tour:example.pot"), t("tour:example.cups")];
  // In minor units, so that the amount is plausible in yen as well.
  const about = (units: number) => format.roughMoney(100 * units);
  const scale = 100 / 10 ** minorDigits(currency);
  const dayOf = (day: number) => format.date(new Date(now.getTime() - (60 - day) * DAY_MS));
  const price = { priceBefore: format.money(3_780), priceAfter: format.money(3_400) };
  const components = products.map((title) => ({ title, imageUrl: "", quantity: 1, isGift: false }));
  return {
    row: {
      id: "example",
      title: t("tour:example.set"),
      products,
      ...price,
      isFullPrice: false,
      pausedReason: null,
      sold: null,
      startsOn: null,
      anchor: "",
      termsVersion: "",
      newest: "",
      pictures: components.map((component) => ({ ...component, imageUrl: null })),
      readiness: "now" as const,
      why: t("evidence:brief.ordersBoth", { together: 61, liftTimes: 6 }),
      gain: { text: t("server:aMonth", { amount: about(120) }), sureness: "likely" as const },
    },
    components,
    steps: [{ units: components.length, ...price, saving: format.money(380) }],
    answer: {
      kind: "known" as const,
      text: t("server:worth.known", { value: about(110), low: about(40), high: about(180) }),
      more: [] as readonly string[],
    },
    currency,
    period: { day: 60, ofDays: 90, from: dayOf(0) },
    track: TRACK.map(([day, value, low, high]) => ({
      day: dayOf(day),
      value: value * scale,
      low: low * scale,
      high: high * scale,
      range: { value: about(value), interval: t("common:range", { low: about(low), high: about(high) }) },
    })),
  };
}
