import { type Db, holdShopRow } from "#app/data/db.server.ts";
import { type OfferTerms, type OfferTitles, toOfferTerms } from "#app/domain/offer/offer.ts";
import {
  MERCHANT_KIND,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { Prisma } from "#app/data/generated/client.ts";
import type { BundleKey, BundleRow, Saleable } from "./bundles.server.ts";
import { z } from "zod";
import { ACCEPTED_STATUSES, BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { LOGGED_ACTIONS, type LastDecision, type LoggedAction } from "#app/domain/validate/decide.ts";

/** Which bundle is edited; the caller's transaction holds its row. */
type EditedBundle = Pick<BundleRow, "id" | "shop">;

/** A component as it is written. */
export type NewComponent = Saleable & { readonly quantity: number; readonly isGift: boolean };

/** Another bundle of the shop, in whatever state, that is this combination already; null where there is none. */
export async function findTwin(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
  componentKey: string,
): Promise<{ id: string; title: string } | null> {
  return db.bundle.findFirst({
    where: { shop, componentKey, ...(id === null ? {} : { id: { not: id } }) },
    select: { id: true, title: true },
  });
}

/** What the other offers are called that are live or may be. */
export async function listTitles(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
): Promise<Set<string>> {
  const rows = await db.bundle.findMany({
    where: {
      shop,
      status: { in: ["proposed", ...ACCEPTED_STATUSES] },
      ...(id === null ? {} : { id: { not: id } }),
    },
    select: { title: true },
  });
  return new Set(rows.map(({ title }) => title));
}

type SoldProduct = Pick<NewComponent, "productGid" | "quantity" | "isGift">;

/** As many of the same products, whatever the variant. */
export function toProductKey(components: readonly SoldProduct[]): string {
  return components
    .map(({ productGid, quantity, isGift }) => `${productGid}*${quantity}${isGift ? ">" : ""}`)
    .sort()
    .join("|");
}

/** Another bundle of the kind that sells as many of the same products in whatever variant, to a shopper the same offer. */
export async function findTwinOfProducts(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
  { terms, components }: { readonly terms: OfferTerms; readonly components: readonly SoldProduct[] },
): Promise<{ id: string; title: string } | null> {
  const productGid = { in: components.map((component) => component.productGid) };
  const rows = await db.bundle.findMany({
    where: {
      shop,
      ...(id === null ? {} : { id: { not: id } }),
      letsShopperChoose: true,
      components: { some: { shop, productGid }, every: { shop, productGid } },
    },
    include: { components: { where: { shop } } },
  });
  const key = toProductKey(components);
  const twin = rows.find(
    (row) => toOfferTerms(row).kind === terms.kind && toProductKey(row.components) === key,
  );
  return twin ? { id: twin.id, title: twin.title } : null;
}

/** What the merchant sets of a bundle besides its products. */
type BundleTerms = Pick<
  BundleRow,
  | "title"
  | "discountRatio"
  | "startsAt"
  | "endsAt"
  | "letsShopperChoose"
  | "placement"
  | "countries"
  | "timesPerOrder"
  | "note"
> & { readonly terms: OfferTerms; readonly titles: OfferTitles };

/** Writes all terms of a bundle, the currency that their amounts are in, and as which combination it is known. */
export async function saveBundleTerms(
  db: Db,
  { id, shop }: EditedBundle,
  terms: BundleTerms & Pick<BundleRow, "currency" | "componentKey" | "collectionGid">,
): Promise<void> {
  await db.bundle.update({ where: { id, shop }, data: { ...terms, terms: toTermsColumn(terms.terms) } });
}

/** Terms as a row keeps them: a set at a share of its price is told by the share alone. */
export function toTermsColumn(terms: OfferTerms) {
  return terms.kind === "set" && terms.reward.type === "percent" ? Prisma.DbNull : terms;
}

/** A bundle of the merchant's own, as it is written. */
export interface NewBundle extends Pick<BundleRow, "shop" | "componentKey" | "collectionGid" | "currency"> {
  readonly terms: BundleTerms;
  readonly components: readonly NewComponent[];
  readonly evidence: readonly Evidence[];
  readonly decidedBy: string;
  readonly now: Date;
}

/** Keeps a bundle of the merchant's own, undecided, with its entry of the log. */
export async function createBundle(
  tx: Db,
  { terms, components, evidence, decidedBy, now, ...row }: NewBundle,
): Promise<string> {
  const { id } = await tx.bundle.create({
    data: {
      ...row,
      kind: MERCHANT_KIND,
      expected: {},
      validation: {},
      ...terms,
      terms: toTermsColumn(terms.terms),
      countries: [...terms.countries],
      evidence: evidence.map((one) => ({ ...one })),
      createdAt: now,
      components: {
        create: components.map((component, position) => ({ ...component, shop: row.shop, position })),
      },
      decisions: { create: { shop: row.shop, decidedBy, action: "create", decidedAt: now } },
    },
    select: { id: true },
  });
  return id;
}

/** Writes what is expected of an offer that the merchant made by hand, by which offers are given their room. */
export async function saveExpected(
  db: Db,
  { id, shop }: EditedBundle,
  expected: ExpectedEffect,
): Promise<void> {
  await db.bundle.update({
    where: { id, shop },
    data: { expected, expectedExtraMarginMinor: Math.round(expected.extraMarginMinor.value) },
  });
}

/**
 * Forgets every amount that was expected of a shop's bundles, where the shop has another currency by now; a run reckons
 * them anew. The order of the bundles stays, which is by the former amounts. What was measured keeps the former currency.
 * A run that ends now saves its amounts before, or sees the new currency, which the same transaction has to save.
 */
export async function forgetFormerAmounts(
  tx: Db,
  { shop, currency }: { readonly shop: string; readonly currency: string },
): Promise<void> {
  await holdShopRow(tx, shop);
  await tx.$executeRaw`
    UPDATE "Bundle" SET "expected" = '{}', "validation" = "validation" - 'marginChangeMinor',
      "evidence" = jsonb_path_query_array("evidence",
        '$[*] ? (!exists(@.values.keyvalue() ? (@.key like_regex "Minor$")))')
    WHERE "shop" = ${shop}
      AND EXISTS (SELECT FROM "Shop" s WHERE s."shop" = ${shop} AND s."currency" <> ${currency})`;
  await tx.$executeRaw`
    UPDATE "MeasuredPeriod" p SET "result" = jsonb_build_object('currency', s."currency") || p."result" FROM "Shop" s
    WHERE p."shop" = ${shop} AND s."shop" = ${shop} AND s."currency" <> ${currency}`;
}

/** Forgets what was expected and replayed of a combination that is another one now. */
export async function replaceEvidence(
  tx: Db,
  { id, shop }: EditedBundle,
  evidence: readonly Evidence[],
): Promise<void> {
  await tx.bundle.update({
    where: { id, shop },
    data: {
      expected: {},
      validation: {},
      evidence: evidence.map((one) => ({ ...one })),
      expectedExtraMarginMinor: 0,
    },
  });
}

/** Writes the components that an offer has now, anchor first; what is known of it stays. */
export async function saveComponents(
  tx: Db,
  { id: bundleId, shop }: EditedBundle,
  components: readonly NewComponent[],
): Promise<void> {
  await tx.bundleComponent.deleteMany({ where: { shop, bundleId } });
  await tx.bundleComponent.createMany({
    data: components.map((component, position) => ({ ...component, shop, bundleId, position })),
  });
}

/**
 * What an entry of the log tells of, as the database holds it.
 *
 * @throws ZodError if this version of the app knows no such thing
 */
export function toLoggedAction(stored: string): LoggedAction {
  return z.enum(LOGGED_ACTIONS).parse(stored);
}

/** The newest decision of a person or of the autopilot about a bundle, or null; edits do not count. */
export async function findLastDecision(
  db: Db,
  { shop, bundleId }: BundleKey,
): Promise<(LastDecision & { readonly decidedBy: string; readonly decidedAt: Date }) | null> {
  const row = await db.decision.findFirst({
    where: { shop, bundleId, action: { not: "edit" } },
    orderBy: { decidedAt: "desc" },
    select: { action: true, decidedBy: true, decidedAt: true, detail: true },
  });
  if (!row) return null;
  const { action, detail, ...decision } = row;
  const parsed = z.object({ from: z.enum(BUNDLE_STATUSES) }).safeParse(detail);
  return { ...decision, action: toLoggedAction(action), from: parsed.success ? parsed.data.from : null };
}

/** Whether the log says that the bundle was approved at some time. */
export async function wasApproved(db: Db, { shop, bundleId }: BundleKey): Promise<boolean> {
  const approvals = await db.decision.count({ where: { shop, bundleId, action: "approve" } });
  return approvals > 0;
}

export interface NewDecision extends BundleKey {
  /** A staff member's id, `autopilot`, or `system`. */
  readonly decidedBy: string;
  readonly action: LoggedAction;
  /** What changed, and the evidence as it was shown. */
  readonly detail: Prisma.InputJsonObject;
  readonly decidedAt: Date;
}

/**
 * Adds a decision to the log; nothing in the log is ever changed. It is read by time, and who asked first may have waited
 * longest for the bundle's row, which the caller's transaction holds: so each entry is later than those before it.
 */
export async function saveDecision(db: Db, decision: NewDecision): Promise<void> {
  const { shop, bundleId } = decision;
  const { _max: newest } = await db.decision.aggregate({
    where: { shop, bundleId },
    _max: { decidedAt: true },
  });
  const earliestMs = newest.decidedAt === null ? 0 : newest.decidedAt.getTime() + 1;
  const decidedAt = new Date(Math.max(earliestMs, decision.decidedAt.getTime()));
  await db.decision.create({ data: { ...decision, decidedAt } });
}
