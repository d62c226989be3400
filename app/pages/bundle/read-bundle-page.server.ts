import { toOfferTerms, type OfferTerms } from "#app/domain/offer/offer.ts";
import { unitsOf } from "#app/domain/validate/explain-replay.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import {
  ExpectedEffect,
  MERCHANT_KIND,
  readEvidence,
  type Evidence,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { expectNow, findProposedDiscount, toComponent } from "#app/domain/publish/expect-now.ts";
import { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import { findUndo } from "#app/domain/validate/find-undo.ts";
import { toMoment } from "#app/services/validate/typed-terms.server.ts";
import { termsVersionOf } from "#app/services/validate/decide-bundle.server.ts";
import { readOfferOutlook } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { toTermsDraft } from "./read-terms-draft.server.ts";
import { describeComponent, describeMissingData, describeReplay } from "./describe-details.server.ts";
import { describeDailyDemand, describeStockCover } from "./describe-stock-cover.server.ts";
import { toDecisionView } from "#app/pages/describe-decision.server.ts";
import { describeMargins, describeSteps } from "./describe-terms.server.ts";
import { describeGain, describeReason } from "#app/pages/describe-suggestion.server.ts";
import { readComponentChoices } from "./read-component-choices.server.ts";
import { readBundleSeason, readRecentSales } from "./read-bundle-past.server.ts";
import {
  writeBriefly,
  writeEstimate,
  writeEvidence,
  writeStored,
  type Writing,
} from "#app/locales/write-message.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

/**
 * One bundle with everything that a decision needs; null if the shop has no such bundle.
 *
 * @param viewer id of the reader, whom the history calls "You"
 */
export async function readBundlePage(
  deps: Deps,
  { shop, bundleId, viewer, words, now }: Asked & { bundleId: string; viewer: string },
) {
  const { row, format, settings } = await openShop(deps, { shop, words });
  const bundle = await findBundle(deps.db, { shop, bundleId });
  if (!bundle) return null;
  const choices = await readComponentChoices(deps, { shop, settings, bundle });
  const terms = toOfferTerms(bundle);
  const units = unitsOf(terms);
  const [season, { sold, similar }] = await Promise.all([
    readBundleSeason(deps, {
      shop,
      timeZone: row.timeZone,
      // Includes the bundle's own variant, because past orders have it even if the catalogue no longer does.
      variantGids: bundle.components.map(({ variantGid }, position) => [
        variantGid,
        ...choices[position]!.variants.map((variant) => variant.variantGid),
      ]),
      quantities: bundle.components.map(({ quantity }) => quantity),
      asked: units === null ? null : { units, isOfOne: terms.kind === "breaks" && terms.scope !== "pool" },
      now,
      format,
      words,
    }),
    readRecentSales(deps, { shop, bundleId, now, format, words }),
  ]);
  const components = bundle.components.map((component, position) => {
    const choice = choices[position]!;
    return { ...toComponent(component, choice.variant), ...choice };
  });
  const { currency } = row;
  const stored = readEvidence(bundle.evidence);
  // The merchant's own offer was saved without evidence; newer orders can provide it.
  const isUnknown = stored.some(({ code }) => code === "chosenByHand");
  const evidence = isUnknown
    ? [
        ...stored,
        ...(await readOfferOutlook(deps, { shop, terms, components: bundle.components, now })).evidence,
      ]
    : stored;
  const expected = expectNow(bundle, { terms, components, currency, settings });
  const proposed = findProposedDiscount(bundle);
  const replay = describeReplay(bundle, { format, words });
  const missing = await describeMissingData(deps, {
    shop,
    settings,
    components,
    isReplayed: replay !== null,
    now,
    format,
    words,
  });
  return {
    id: bundle.id,
    title: bundle.title,
    kind: bundle.kind,
    isMadeByHand: bundle.kind === MERCHANT_KIND,
    status: bundle.status,
    termsVersion: termsVersionOf(bundle),
    pausedReason: writeStored(PausedReason, bundle.pausedReason, { format, words }),
    proposedOn: format.date(bundle.createdAt),
    currency,
    isTaxed: settings.includedTaxRatio > 0,
    discount: format.percent(bundle.discountRatio, 1),
    evidence: evidence
      .filter((message) => !isProfitPart(message))
      .map((message) => ({ kind: message.kind, text: writeEvidence(message, { format, words }) })),
    why: describeReason(evidence, { format, words }),
    /** The last one is the sum. */
    profitParts: toProfitParts(evidence.filter(isProfitPart), { format, words }),
    gain: describeGain({ ...bundle, expected }, format, words),
    proposedGain: describeGain(bundle, format, words),
    proposedDiscount: proposed === null ? null : format.percent(proposed),
    ...describeExpected(bundle.expected, { terms, format, words }),
    replay,
    missing,
    sold,
    similar,
    forecast: describeStockCover({ components, format, words }),
    daily: describeDailyDemand({ components, timeZone: row.timeZone, format, words }),
    components: components.map((component) =>
      describeComponent(component, { shop, settings, format, words }),
    ),
    season,
    steps: describeSteps(components, { terms, currency, settings, format, words }),
    margins: describeMargins(components, { terms, currency, settings, format, words }),
    when: describeWhen(bundle, row.timeZone, { format, words }),
    countries: describeCountries(bundle.countries, words),
    /** As the form holds them. */
    terms: toTermsDraft(bundle, { components, timeZone: row.timeZone, currency }),
    isReplaceable:
      bundle.status === "proposed" && !bundle.decisions.some(({ action }) => action === "approve"),
    decisions: bundle.decisions.map((decision) => toDecisionView(decision, { viewer, format, words })),
    isUndoable: findUndo(bundle.decisions) !== null,
  };
}

export type BundlePage = NonNullable<Awaited<ReturnType<typeof readBundlePage>>>;

/** Evidence for one part of the profit; the parts sum to the profit. */
function isProfitPart({ code }: Evidence): boolean {
  return code.startsWith("part");
}

function toProfitParts(parts: readonly Evidence[], writing: Writing): { term: string; value: string }[] {
  if (parts.length === 0) return [];
  const { format, words } = writing;
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  return [
    ...parts.map((part) => ({ term: writeBriefly(part, writing), value: format.money(part.value) })),
    { term: words.t("server:expected.margin"), value: format.money(total) },
  ];
}

/** Expected orders with and without the offer, for a chart and as facts, and the extra revenue and profit. */
function describeExpected(
  stored: unknown,
  { terms, format, words }: Writing & { readonly terms: OfferTerms },
) {
  const { data } = ExpectedEffect.safeParse(stored);
  if (!data) return { orders: [], expected: [] };
  const { t } = words;
  const units = unitsOf(terms);
  const name = (which: "anyway" | "withOffer") =>
    units === null ? t(`server:expected.${which}`) : t(`server:expected.${which}Units`, { units });
  const write = (value: number) => format.number(value, value < 10 ? 1 : 0);
  const orders = [
    { label: name("anyway"), ...data.ordersAnyway },
    { label: name("withOffer"), ...data.ordersWithOffer },
  ].map((one) => ({ ...one, text: write(one.value) }));
  const money = [
    { term: t("server:expected.revenue"), estimate: data.extraRevenueMinor },
    { term: t("server:expected.margin"), estimate: data.extraMarginMinor },
  ];
  return {
    orders,
    expected: [
      ...orders.map((one) => ({ term: one.label, value: writeEstimate(one, write, words) })),
      ...money.map(({ term, estimate }) => ({
        term,
        value: writeEstimate(estimate, format.roughMoney, words),
      })),
    ],
  };
}

/** The period of an offer in a few words: by day, or by minute if it starts or ends during a day. */
function describeWhen(
  { startsAt, endsAt }: { readonly startsAt: Date | null; readonly endsAt: Date | null },
  timeZone: string,
  { format, words: { t } }: Writing,
): string {
  const write = (at: Date, edge: "start" | "end") =>
    toMoment(at, edge, timeZone).includes("T") ? format.dateTime(at) : format.date(at);
  const from = startsAt ? t("server:when.from", { day: write(startsAt, "start") }) : t("server:when.now");
  const until = endsAt ? t("server:when.until", { day: write(endsAt, "end") }) : t("server:when.open");
  return `${from}${t("common:listSeparator")}${until}`;
}

function describeCountries(codes: readonly string[], { t, locale }: Words): string {
  const names = new Intl.DisplayNames([locale], { type: "region" });
  if (codes.length === 0) return t("bundle:terms.countriesAll");
  return codes.map((code) => names.of(code) ?? code).join(t("common:listSeparator"));
}
