import type { Pool } from "pg";

/** Written without spaces: a word of these may stand anywhere within a title. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * Those of some words that titles, types or tags of the shop's products have, an English plural for its singular too.
 *
 * @param words small letters and digits alone
 */
export async function listCatalogueWords(
  pool: Pool,
  shop: string,
  words: readonly string[],
): Promise<Set<string>> {
  const patterns = words.map((word) => {
    if (UNSPACED.test(word)) return word;
    return `\\m${word.replace(/(?<=..)e?s$/, "")}(e|s|es)?\\M`;
  });
  const { rows } = await pool.query<{ word: string }>(
    `SELECT w.word FROM unnest($2::text[], $3::text[]) AS w(word, pattern)
     WHERE EXISTS (
       SELECT FROM "Product" p WHERE p.shop = $1 AND p."deletedAt" IS NULL
         AND lower(p.title || ' ' || p."productType" || ' ' || array_to_string(p.tags, ' ')) ~ w.pattern)`,
    [shop, words, patterns],
  );
  return new Set(rows.map(({ word }) => word));
}
