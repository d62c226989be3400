import type { Words } from "#app/locales/words.server.ts";

/** The methods of `listDemandCandidates` and the trained one, in a merchant's words. */
const METHODS: Readonly<Record<string, string>> = {
  smoothing: "smoothing",
  "smoothing × season": "season",
  "market share × season": "share",
  "linear map": "linear",
};
const MEAN = "mean of ";

/**
 * A method of forecasting demand in the reader's language: its own name, with the prices that it reckons with, or a mean
 * and the names of its parts.
 *
 * @param name as a run keeps it, in English
 * @returns the name itself where it has no text here, as of an older version
 */
export function nameDemandMethod(name: string, words: Words): string {
  const { t } = words;
  if (name.startsWith(MEAN)) {
    const parts = name
      .slice(MEAN.length)
      .split(" + ")
      .map((part) => nameDemandMethod(part, words));
    return t("server:demand.mean", { parts: parts.join(" + ") });
  }
  const [, plain, price] = /^(.*), (last|usual|planned) price$/.exec(name) ?? [];
  if (plain && price) return t(`server:demand.${price}Price`, { method: nameDemandMethod(plain, words) });
  const [, products, ahead] = /^moved prices \((\d+)\): (none|last|usual|planned)$/.exec(name) ?? [];
  if (products && ahead) {
    const number = new Intl.NumberFormat(words.locale).format(Number(products));
    return t(`server:demand.moved.${ahead}`, { products: number });
  }
  return METHODS[name] ? t(`server:demand.${METHODS[name]}`) : name;
}
