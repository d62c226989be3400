import { readVariants } from "#app/data/bundles/bundles.server.ts";
import {
  createBundle,
  findTwin,
  findTwinOfProducts,
  listTitles,
  type NewBundle,
} from "#app/data/bundles/bundle-edits.server.ts";
import { holdShopRow, type Db } from "#app/data/db.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { checkTerms } from "#app/domain/offer/offer.ts";
import { offerKeyOf } from "#app/domain/offer/offer-key.ts";
import { discountRatioOf, listChoiceSteps, listSteps } from "#app/domain/publish/price-steps.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import { costBesidePrice } from "#app/domain/shop-settings.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { BundleChanges, checkBundleEdit } from "#app/domain/validate/check-bundle-edit.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { decideBundle } from "./decide-bundle.server.ts";
import { shareOf } from "./plan-edit.server.ts";
import { CHOSEN_BY_HAND, readWanted } from "./replace-components.server.ts";
import { keepExpected } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { tellDecided } from "./tell-decided.server.ts";
import { titleOffer } from "./title-offer.server.ts";
import { readTypedTerms, type FieldMessage } from "./typed-terms.server.ts";

interface OfferRequest extends Asked {
  readonly graphql: AdminGraphql;
  /** All fields of `termsFormIn` from the app's page; untrusted. */
  readonly typed: unknown;
  /** Whether it goes live at once; else it waits as a draft, which no run withdraws. */
  readonly publishes: boolean;
  readonly decidedBy: string;
}

type OfferOutcome =
  | {
      readonly ok: true;
      readonly bundleId: string;
      /** The result, or the reason why the offer is saved but not live, with warnings. */
      readonly message: string;
    }
  | {
      readonly ok: false;
      readonly message: string;
      readonly problems: readonly FieldMessage[];
      /** The existing offer that is the same. */
      readonly twin: { readonly id: string; readonly title: string } | null;
    };

/** A valid offer, ready to write, or its problems. */
export type CheckedOffer =
  | {
      readonly ok: true;
      readonly offer: NewBundle;
      /** Limits of the shop that it exceeds. */
      readonly warnings: readonly FieldMessage[];
    }
  | Extract<OfferOutcome, { ok: false }>;

const NewOffer = BundleChanges.required({ terms: true, components: true });

/**
 * Checks an offer that the merchant made by hand against the catalogue and the existing offers. Reads everything on the
 * connection of the transaction that saves the offer: with a second connection, as many merchants as there are
 * connections could wait for each other for ever.
 */
export async function checkOffer(
  tx: Db,
  { shop, typed, decidedBy, now, words }: Omit<OfferRequest, "publishes" | "graphql">,
): Promise<CheckedOffer> {
  const refuse = (
    problems: readonly FieldMessage[],
    twin: { readonly id: string; readonly title: string } | null = null,
  ): CheckedOffer => ({ ok: false, message: words.t("server:correctFields"), problems, twin });
  const read = await readTypedTerms({ db: tx }, { shop, typed, words });
  if (!read.ok) return refuse(read.problems);
  const { toMessage, currency } = read;
  const parsed = NewOffer.safeParse(read.value);
  if (!parsed.success) {
    return refuse(
      parsed.error.issues.map(({ path, message }) => toMessage({ field: path.join("."), code: message })),
    );
  }
  const { terms, components: wanted, startsAt = null, endsAt = null, ...rest } = parsed.data;
  const settings = await readSettings(tx, shop);
  const collectionGid = isPool(terms) ? (rest.collectionGid ?? null) : null;
  const today = await readVariants(tx, shop, wanted);
  const keyed = wanted.map((one) => ({
    ...one,
    productGid: today.get(one.variantGid)?.productGid ?? one.variantGid,
  }));
  const componentKey = offerKeyOf(terms, keyed, collectionGid);
  const exists = toMessage({ field: "components", code: "combinationExists" });
  // Before any other check: the existing offer may have ended, or hold products that are gone.
  const same = await findTwin(tx, { id: null, shop }, componentKey);
  if (same) return refuse([exists], same);
  const components = await readWanted(tx, shop, wanted);
  if (!components.ok) return refuse([toMessage({ field: "components", code: components.reason })]);
  const priced = components.value.map((component) => ({
    ...component,
    costMinor: costBesidePrice(settings, today.get(component.variantGid)?.costMinor),
    category: today.get(component.variantGid)?.product.productType ?? "",
  }));
  const limits = { ...settings, currency };
  const discountRatio = shareOf(terms) ?? discountRatioOf(listSteps(terms, priced, limits));
  const { problems, warnings } = checkBundleEdit(
    { discountRatio, startsAt, endsAt, setsEnd: true, steps: listChoiceSteps(terms, priced, limits) },
    settings,
    now,
  );
  const mistakes = [...checkTerms(terms, priced), ...problems];
  if (mistakes.length > 0) return refuse(mistakes.map(toMessage));
  const isOpen = !isPool(terms) && rest.letsShopperChoose !== false;
  const sold = { terms, components: components.value };
  const twin = isOpen ? await findTwinOfProducts(tx, { id: null, shop }, sold) : null;
  if (twin) return refuse([exists], twin);
  const offer = {
    shop,
    componentKey,
    collectionGid,
    currency,
    decidedBy,
    now,
    components: components.value,
    evidence: [CHOSEN_BY_HAND],
    terms: {
      terms,
      discountRatio,
      startsAt,
      endsAt,
      title:
        parsed.data.title ||
        titleOffer({ terms, components: priced }, words.locale, await listTitles(tx, { id: null, shop })),
      letsShopperChoose: rest.letsShopperChoose ?? true,
      placement: rest.placement ?? "everywhere",
      countries: rest.countries ?? [],
      timesPerOrder: rest.timesPerOrder ?? null,
      titles: rest.titles ?? {},
      note: rest.note ?? "",
    },
  };
  return { ok: true, offer, warnings: warnings.map(toMessage) };
}

/** Saves an offer that the merchant made by hand and publishes it on request, or reports problems and saves nothing. */
export async function createOffer(
  deps: Deps,
  { publishes, graphql, ...request }: OfferRequest,
): Promise<OfferOutcome> {
  const { shop, decidedBy, now, words } = request;
  const created = await deps.db.$transaction(async (tx) => {
    // Serialized, so that the second of two same offers finds the first.
    await holdShopRow(tx, shop);
    const checked = await checkOffer(tx, request);
    if (!checked.ok) return checked;
    return { ...checked, bundleId: await createBundle(tx, checked.offer) };
  });
  if (!created.ok) return created;
  const { bundleId, warnings } = created;
  await keepExpected(deps, { shop, bundleId, now });
  deps.log.info("validate.created", { bundleId });
  const say = (done: string): OfferOutcome => ({
    ok: true,
    bundleId,
    message: joinSentences([done, ...warnings.map(({ message }) => message)], words.t),
  });
  if (!publishes) return say(words.t("server:saved"));
  const approval = { shop, bundleId, decision: "approve", now } as const;
  const decided = await decideBundle(deps, { ...approval, decidedBy });
  const done = words.t("server:doneOne.approve");
  return say(
    decided.ok
      ? await tellDecided(deps, { ...approval, bundleIds: [bundleId], graphql, words, done })
      : words.t(`server:undecided.${decided.reason}`),
  );
}
