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

/** The bundle to edit; the caller's transaction holds its row. */
type EditedBundle = Pick<BundleRow, "id" | "shop">;

/** A component to write. */
export type NewComponent = Saleable & { readonly quantity: number; readonly isGift: boolean };

/** Another bundle of the shop, in any state, with the same combination; null without one. */
export async function findTwin(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
  componentKey: string,
): Promise<{ id: string; title: string } | null> {
  return db.bundle.findFirst({
    where: { shop, componentKey, id: { not: id ?? "" } },
    select: { id: true, title: true },
  });
}

/** Titles of the shop's other offers that are live or can go live. */
export async function listTitles(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
): Promise<Set<string>> {
  const rows = await db.bundle.findMany({
    where: { shop, status: { in: ["proposed", ...ACCEPTED_STATUSES] }, id: { not: id ?? "" } },
    select: { title: true },
  });
  return new Set(rows.map(({ title }) => title));
}

type SoldProduct = Pick<NewComponent, "productGid" | "quantity" | "isGift">;

/** Key of the products and their quantities, whatever the variant. */
export function toProductKey(components: readonly SoldProduct[]): string {
  return components
    .map(({ productGid, quantity, isGift }) => `${productGid}*${quantity}${isGift ? ">" : ""}`)
    .sort()
    .join("|");
}

/** Another bundle of this kind with as many of the same products in any variant: to a shopper, the same offer. */
export async function findTwinOfProducts(
  db: Db,
  { id, shop }: { readonly id: string | null; readonly shop: string },
  { terms, components }: { readonly terms: OfferTerms; readonly components: readonly SoldProduct[] },
): Promise<{ id: string; title: string } | null> {
  const productGid = { in: components.map((component) => component.productGid) };
  const rows = await db.bundle.findMany({
    where: {
      shop,
      id: { not: id ?? "" },
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

/** The merchant's terms of a bundle, apart from its products. */
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

/** Saves all terms of a bundle, the currency of their amounts and the key of its combination. */
export async function saveBundleTerms(
  db: Db,
  { id, shop }: EditedBundle,
  terms: BundleTerms & Pick<BundleRow, "currency" | "componentKey" | "collectionGid">,
): Promise<void> {
  await db.bundle.update({ where: { id, shop }, data: { ...terms, terms: toTermsColumn(terms.terms) } });
}

/** Terms as stored: a set with a percentage discount is stored as the ratio alone. */
export function toTermsColumn(terms: OfferTerms) {
  return terms.kind === "set" && terms.reward.type === "percent" ? Prisma.DbNull : terms;
}

/** A merchant's own bundle to write. */
export interface NewBundle extends Pick<BundleRow, "shop" | "componentKey" | "collectionGid" | "currency"> {
  readonly terms: BundleTerms;
  readonly components: readonly NewComponent[];
  readonly evidence: readonly Evidence[];
  readonly decidedBy: string;
  readonly now: Date;
}

/** Saves a merchant's own bundle, undecided, with its log entry. */
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

/** Saves the expected effect of an offer made by hand; it ranks the offers for a place on the storefront. */
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
 * Deletes every expected amount of a shop's bundles if the shop has a new currency; the next run computes them again.
 * The bundles keep their order, which is by the old amounts. Measured results keep the old currency. A run that ends at
 * the same time either saves its amounts before, or sees the new currency, which the same transaction must save.
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

/** Deletes the expected effect and the replay of a bundle whose combination has changed. */
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

/** Replaces the components of an offer, anchor first; its evidence stays. */
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
 * Parses the action of a log entry.
 *
 * @throws ZodError if this version of the app does not know it
 */
export function toLoggedAction(stored: string): LoggedAction {
  return z.enum(LOGGED_ACTIONS).parse(stored);
}

/** The newest decision of a person or the autopilot about a bundle, or null; edits do not count. */
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

/** Whether the bundle was ever approved, by the log. */
export async function wasApproved(db: Db, { shop, bundleId }: BundleKey): Promise<boolean> {
  const approvals = await db.decision.count({ where: { shop, bundleId, action: "approve" } });
  return approvals > 0;
}

export interface NewDecision extends BundleKey {
  /** A staff member's id, `autopilot`, or `system`. */
  readonly decidedBy: string;
  readonly action: LoggedAction;
  /** The changes, and the evidence as it was shown. */
  readonly detail: Prisma.InputJsonObject;
  readonly decidedAt: Date;
}

/**
 * Appends a decision to the log. The log is read by time, but the caller's transaction may have waited for the bundle's
 * row longer than a later one. So each entry gets an instant after those before it.
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
