import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { createBundle, toProductKey } from "#app/data/bundles/bundle-edits.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { listCollectionProducts } from "#app/data/products/collections.server.ts";
import { listVariantsByHandle } from "#app/data/products/products.server.ts";
import { MAX_POOL, type OfferKind } from "#app/domain/offer/offer.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import {
  COLUMN_OF,
  readOfferHeader,
  readOfferRow,
  type FiledOffer,
  type OfferColumn,
} from "#app/domain/validate/offer-file.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { toComponents } from "#app/services/publish/keep-pools.server.ts";
import { checkOffer, type CheckedOffer } from "./create-offer.server.ts";

interface ImportRequest extends Asked {
  /** Text of the file, header first. */
  readonly csv: string;
  /** Whether the offers are saved; else the import is only a preview. */
  readonly keeps: boolean;
  readonly decidedBy: string;
}

/** The offers of a file, or why it is refused, in the merchant's language. */
export interface OfferImport {
  readonly ok: boolean;
  readonly message: string;
  /** Offers saved, or to be saved. */
  readonly offers: readonly { readonly line: number; readonly kind: OfferKind; readonly title: string }[];
  /** One line per invalid cell; with any, nothing is saved. */
  readonly problems: readonly string[];
}

const MOST_FILE_BYTES = 1_000_000;
const MOST_ROWS = 500;
/** A wrong kind of file fails in every line. */
const MOST_PROBLEMS = 100;
/** Each row takes several queries. */
const TIMEOUT_MS = 120_000;

/** A row of the file as an offer, and the line where it ends. */
interface FiledRow {
  readonly line: number;
  readonly offer: FiledOffer;
}

/** Saves the offers of a file as drafts, all or none. Existing offers stay, so an exported file can get more rows. */
export async function importOffers(deps: Deps, request: ImportRequest): Promise<OfferImport> {
  const { shop, csv, keeps, words } = request;
  if (Buffer.byteLength(csv) > MOST_FILE_BYTES) return refuse(words, words.t("file:tooLarge"));
  const read = readRows(csv, words);
  if ("refusal" in read) return read.refusal;
  const outcome = await deps.db.$transaction(
    async (tx): Promise<OfferImport> => {
      // Serialized, so that the second of two same offers finds the first.
      if (keeps) await holdShopRow(tx, shop);
      const names = read.rows.flatMap(({ offer }) => offer.products.map(({ name }) => name.toLowerCase()));
      const byHandle = await listVariantsByHandle(tx, shop, names);
      const problems: string[] = [];
      const kept: { row: FiledRow; checked: Extract<CheckedOffer, { ok: true }> }[] = [];
      const lineOf = new Map<string, number>();
      let known = 0;
      for (const row of read.rows) {
        const say = (column: OfferColumn, problem: string) =>
          problems.push(tellCell(words, { line: row.line, column, problem }));
        const gids = row.offer.products.map(({ name }) =>
          /^\d+$/.test(name) ? `gid://shopify/ProductVariant/${name}` : byHandle.get(name.toLowerCase()),
        );
        const stranger = gids.indexOf(undefined);
        if (stranger >= 0) {
          const { name, isGift } = row.offer.products[stranger]!;
          say(isGift ? "gift" : "products", words.t("file:noProduct", { name }));
          continue;
        }
        const { products, collection, ...typed } = row.offer;
        const named = products.map((product, at) => ({ ...product, variantGid: gids[at]! }));
        const collectionGid = collection === null ? null : `gid://shopify/Collection/${collection}`;
        const members =
          collectionGid === null || named.some(({ isGift }) => !isGift)
            ? []
            : await toComponents(
                { db: tx },
                shop,
                await listCollectionProducts(tx, { shop, collectionGid, limit: MAX_POOL + 1 }),
              );
        const components = [...members.map((one) => ({ ...one, quantity: "1" })), ...named];
        const checked = await checkOffer(tx, {
          ...request,
          typed: { ...typed, components, ...(collectionGid && { collectionGid }) },
        });
        if (!checked.ok && checked.twin) known += 1;
        else if (!checked.ok)
          for (const { field, message } of checked.problems) say(COLUMN_OF[field], message);
        else {
          const keys = listKeys(checked.offer);
          const before = keys.map((key) => lineOf.get(key)).find((line) => line !== undefined);
          if (before !== undefined) say("products", words.t("file:twice", { line: before }));
          for (const key of keys) lineOf.set(key, row.line);
          kept.push({ row, checked });
        }
      }
      if (problems.length > 0) return refuseCells(words, problems);
      if (keeps) for (const { checked } of kept) await createBundle(tx, checked.offer);
      const stated = words.t(keeps ? "file:kept" : "file:ready", { count: kept.length });
      const left = known > 0 ? words.t("file:known", { count: known }) : null;
      const offers = kept.map(({ row: { line, offer } }) => ({
        line,
        kind: offer.offer.kind,
        title: offer.title,
      }));
      return { ok: true, message: joinSentences([stated, left], words.t), offers, problems };
    },
    { timeout: TIMEOUT_MS },
  );
  // The expected effects take several queries per offer: too long for the response.
  if (keeps && outcome.offers.length > 0)
    await deps.jobs.enqueue("validate.drafts", { shop }, { dedupeKey: `${shop}-${request.now.getTime()}` });
  return outcome;
}

function refuse({ t }: Words, message: string, problems: readonly string[] = []): OfferImport {
  const more = problems.length - MOST_PROBLEMS;
  const shown = more > 0 ? [...problems.slice(0, MOST_PROBLEMS), t("file:more", { count: more })] : problems;
  return { ok: false, message, offers: [], problems: shown };
}

function refuseCells(words: Words, problems: readonly string[]): OfferImport {
  return refuse(words, words.t("file:refused", { count: problems.length }), problems);
}

/** Two offers that share a key are the same to a shopper, by the rules of `checkOffer` for existing ones. */
function listKeys({
  componentKey,
  components,
  terms: { terms, letsShopperChoose },
}: Extract<CheckedOffer, { ok: true }>["offer"]): string[] {
  const isOpen = letsShopperChoose && !isPool(terms);
  return isOpen ? [componentKey, `${terms.kind} ${toProductKey(components)}`] : [componentKey];
}

/** The rows of a file, or why it is refused. */
function readRows(
  csv: string,
  words: Words,
): { readonly rows: readonly FiledRow[] } | { readonly refusal: OfferImport } {
  const refused = (message: string) => ({ refusal: refuse(words, message) });
  // A spreadsheet writes the list separator of its locale.
  const firstLine = csv.slice(0, csv.search(/[\r\n]|$/));
  const delimiter = [",", ";", "\t"].find((one) => firstLine.includes(one)) ?? ",";
  let records: { record: string[]; info: { lines: number } }[];
  try {
    const options = {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      to: MOST_ROWS + 2,
    };
    records = parse(csv, { ...options, delimiter }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return refused(words.t("file:noCsv", { line: Number(error["lines"]) }));
  }
  const [head, ...rest] = records;
  if (!head || rest.length === 0) return refused(words.t("file:empty"));
  if (rest.length > MOST_ROWS) return refused(words.t("file:tooMany", { most: MOST_ROWS }));
  const header = readOfferHeader(head.record);
  if (!header.ok) return refused(words.t(`file:header.${header.reason}`, { column: header.detail }));
  const rows: FiledRow[] = [];
  const problems: string[] = [];
  for (const { record, info } of rest) {
    if (record.length > header.value.length) {
      problems.push(
        words.t("file:long", { line: info.lines, cells: record.length, most: header.value.length }),
      );
      continue;
    }
    const row = readOfferRow(header.value, record);
    if (row.ok) rows.push({ line: info.lines, offer: row.value });
    else
      for (const column of row.columns)
        problems.push(tellCell(words, { line: info.lines, column, problem: words.t("edit:invalid") }));
  }
  return problems.length > 0 ? { refusal: refuseCells(words, problems) } : { rows };
}

function tellCell(
  { t }: Words,
  {
    line,
    column,
    problem,
  }: { readonly line: number; readonly column: OfferColumn; readonly problem: string },
): string {
  return t("file:cell", { line, column, problem, expected: t(`file:expected.${column}`) });
}
