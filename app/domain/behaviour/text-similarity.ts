import type { Item } from "#app/domain/prepare/baskets.ts";
import { ItemLinksBuilder, type ItemLinks } from "./item-links.ts";

interface TextSettings {
  /** Partners kept of each item. */
  readonly limit: number;
  /** Weight of a category's word against a title's. */
  readonly categoryWeight: number;
  /** A term in more than this share of the titles says nothing and costs most of the time. */
  readonly maxTermRatio: number;
}

const TEXT_DEFAULTS: TextSettings = { limit: 100, categoryWeight: 0.5, maxTermRatio: 0.1 };

/**
 * Cosine of the items' words, `Σ tf·idf²` over shared terms with each item scaled to length 1; titles give their
 * words, categories their path's.
 *
 * @returns links with weights in (0, 1]; an item without text has none
 * @see Salton & Buckley 1988. Reaches products that nobody has bought yet; known weakness: equal titles of
 *   different things, and synonyms
 */
export function linkByText(items: readonly Item[], settings: TextSettings = TEXT_DEFAULTS): ItemLinks {
  const { terms, weights, postings } = weighTerms(items, settings);
  const links = new ItemLinksBuilder(items.length, settings.limit);
  const row = new Float64Array(items.length);
  terms.forEach((ofItem, item) => {
    const touched: number[] = [];
    ofItem.forEach((term, position) => {
      const weight = weights[item]![position]!;
      const posting = postings[term]!;
      for (let at = 0; at < posting.items.length; at++) {
        const partner = posting.items[at]!;
        if (partner === item) continue;
        if (row[partner] === 0) touched.push(partner);
        row[partner]! += weight * posting.weights[at]!;
      }
    });
    links.addRow(touched, row);
    for (const partner of touched) row[partner] = 0;
  });
  return links.finish();
}

/** Words of two letters or more, lower case, a plural's s taken off; digits count as words. */
export function toWords(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []).map((word) =>
    word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word,
  );
}

function weighTerms(items: readonly Item[], { categoryWeight, maxTermRatio }: TextSettings) {
  const termOf = new Map<string, number>();
  const documents: number[] = [];
  const counts = items.map((item) => {
    const own = new Map<number, number>();
    const add = (words: string[], prefix: string, weight: number) => {
      for (const word of words) {
        const text = prefix + word;
        let term = termOf.get(text);
        if (term === undefined) {
          term = termOf.size;
          termOf.set(text, term);
          documents.push(0);
        }
        if (!own.has(term)) documents[term]!++;
        own.set(term, Math.max(own.get(term) ?? 0, weight));
      }
    };
    add(toWords(item.title), "", 1);
    add(toWords(item.category), "category ", categoryWeight);
    return own;
  });
  const postings = documents.map(() => ({ items: [] as number[], weights: [] as number[] }));
  const most = Math.max(20, maxTermRatio * items.length);
  const weights: number[][] = [];
  const terms = counts.map((own, item) => {
    const kept = [...own.keys()].filter((term) => documents[term]! <= most);
    const raw = kept.map((term) => own.get(term)! * Math.log((items.length + 1) / (documents[term]! + 0.5)));
    const length = Math.sqrt(raw.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
    weights[item] = raw.map((weight) => weight / length);
    kept.forEach((term, position) => {
      postings[term]!.items.push(item);
      postings[term]!.weights.push(weights[item]![position]!);
    });
    return kept;
  });
  return { terms, weights, postings };
}
