import type { Item } from "#app/domain/prepare/baskets.ts";
import { isCrowded } from "./title-ranges.ts";
import { toNameWords, toSingular } from "./title-words.ts";
import { isProductWord } from "./variant-words.ts";

/** What so many products are called by, where that is what most titles with the word say, is a kind of product. */
const LEAST_CALLED = 4;
const CALLED_SHARE = 0.54;

/** Words that shops use beside each other for one kind, by the one that stands for all. */
const SAME_KIND: Readonly<Record<string, string>> = {
  ...{ parasol: "umbrella", shopper: "bag", tote: "bag", handbag: "bag", cupboard: "cabinet", tee: "shirt" },
  ...{ sonnenschirm: "regenschirm", beutel: "tasche", sombrilla: "paraguas", bolsa: "bolso" },
  ...{ ombrelle: "parapluie", cabas: "sac" },
};

/**
 * The words of each title that say what kind of thing it is, as its shop uses them. Several designs of one thing share
 * the words for it and their price ("lunch bag", "jumbo bag", "wall clock"), and the noun of these words recurs from one
 * thing to the next ("bag"); a title that shares none is called by its own noun. A theme's word ("regency", "retrospot") is in titles whose shared words are others. Whether
 * the noun is the last or the first of the words, as in English or in Spanish, is read from which of them recurs more.
 *
 * @returns [items] words in the singular; none for most where a catalogue sells one of each
 * Known weakness: kinds of one noun ("card holder", "light holder") are one, and those with words for the same that are
 *   not listed here are two.
 */
export function findTypeWords(
  items: readonly Pick<Item, "title" | "priceMinor">[],
): readonly ReadonlySet<string>[] {
  const titles = items.map(({ title }) => toNameWords(title).filter(isProductWord).map(toKind));
  const pricesOf = new Map<string, number[]>();
  titles.forEach((words, item) => {
    for (const key of new Set([...words, ...pairsOf(words)])) {
      const known = pricesOf.get(key);
      if (known) known.push(items[item]!.priceMinor);
      else pricesOf.set(key, [items[item]!.priceMinor]);
    }
  });
  for (const prices of pricesOf.values()) prices.sort((a, b) => a - b);
  const calledBy = titles.map((words, item) => {
    const { priceMinor } = items[item]!;
    const isShared = (key: string) => priceMinor > 0 && isCrowded(pricesOf.get(key)!, priceMinor);
    const pairs = pairsOf(words).filter(isShared);
    return pairs.length > 0 ? [mostOf(pairs, pricesOf)] : words.filter(isShared);
  });
  const pairs = new Set(calledBy.flatMap((keys) => keys.filter((key) => key.includes(" "))));
  const place = countFirst(pairs) < countLast(pairs) ? 0 : -1;
  const nounOf = (item: number) =>
    (calledBy[item]!.at(place) ?? titles[item]!.at(place))?.split(" ").at(place);
  const called = new Map<string, number>();
  const held = new Map<string, number>();
  titles.forEach((words, item) => {
    const noun = nounOf(item);
    if (noun === undefined) return;
    called.set(noun, (called.get(noun) ?? 0) + 1);
    for (const word of new Set(words)) held.set(word, (held.get(word) ?? 0) + 1);
  });
  const isType = (word: string) => {
    const products = called.get(word) ?? 0;
    return products >= LEAST_CALLED && products >= CALLED_SHARE * held.get(word)!;
  };
  return titles.map((words) => new Set(words.filter(isType)));
}

function toKind(word: string): string {
  const singular = toSingular(word);
  return SAME_KIND[singular] ?? singular;
}

function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).map((word, at) => `${words[at]!} ${word}`);
}

function mostOf(keys: readonly string[], pricesOf: ReadonlyMap<string, readonly number[]>): string {
  return keys.reduce((best, key) => (pricesOf.get(key)!.length > pricesOf.get(best)!.length ? key : best));
}

function countFirst(pairs: ReadonlySet<string>): number {
  return new Set([...pairs].map((pair) => pair.split(" ")[0])).size;
}

function countLast(pairs: ReadonlySet<string>): number {
  return new Set([...pairs].map((pair) => pair.split(" ")[1])).size;
}
