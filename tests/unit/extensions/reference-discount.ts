/** The Function's input as the properties build it: whatever a metafield may hold. */
export interface ReferenceInput {
  cart: {
    attribute: { value: string | null } | null;
    cost: { subtotalAmount: { currencyCode: string } };
    lines: {
      id: string;
      quantity: number;
      cost: { amountPerQuantity: { amount: string } };
      sellingPlanAllocation: object | null;
      merchandise: {
        id: string;
        product: { id: string; isGiftCard: boolean; metafield: { jsonValue: unknown } | null };
      };
    }[];
  };
  discount: { discountClasses: string[] };
  localization: { country: { isoCode: string }; language: { isoCode: string } };
  shop: { localTime: { date: string } };
}

interface ReferenceOffer {
  title: string;
  /** Units that all sets take together, by variant id. */
  units: Map<string, number>;
  hundredths: bigint;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isIntegerIn = (value: unknown, low: number, high: number): value is number =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

interface HeldVariant {
  id: string;
  product: string;
  units: number;
  price: bigint;
  offers: unknown;
}

/** A component: the variants of the cart that fill it, the dearest first, and its units in one set. */
interface Part {
  name: string;
  variants: HeldVariant[];
  quantity: number;
}

/** Every offer that the cart fulfils, written for the reader and not for speed. */
export function listReferenceOffers({
  cart,
  discount,
  localization,
  shop,
}: ReferenceInput): ReferenceOffer[] {
  const today = Number(shop.localTime.date.replaceAll("-", ""));
  if (!discount.discountClasses.includes("PRODUCT")) return [];
  if (cart.attribute?.value?.startsWith("h:")) return [];
  const doSubscriptionsCount = cart.lines.some(({ merchandise }) => {
    const offers = merchandise.product.metafield?.jsonValue;
    return isRecord(offers) && offers["s"] === 1;
  });
  const held = new Map<string, HeldVariant>();
  for (const line of cart.lines) {
    const { product } = line.merchandise;
    const price = toHundredths(line.cost.amountPerQuantity.amount);
    if (product.isGiftCard || price <= 0n) continue;
    if (line.sellingPlanAllocation !== null && !doSubscriptionsCount) continue;
    const id = line.merchandise.id.split("/").at(-1)!;
    const known = held.get(id);
    held.set(id, {
      id,
      product: known ? known.product : product.id.split("/").at(-1)!,
      units: (known?.units ?? 0) + line.quantity,
      price: known && known.price < price ? known.price : price,
      offers: known ? known.offers : product.metafield?.jsonValue,
    });
  }

  const step = cart.cost.subtotalAmount.currencyCode === "JPY" ? 100n : 1n;
  const round = (total: bigint, bp: number) => {
    const share = (total * BigInt(bp)) / 10_000n;
    return share - (share % step);
  };
  const found: ReferenceOffer[] = [];
  for (const anchor of held.values()) {
    const { offers } = anchor;
    if (!isRecord(offers) || offers["v"] !== 1 || !Array.isArray(offers["o"])) continue;
    for (const offer of offers["o"].slice(0, 20) as unknown[]) {
      const parts = readParts(offer, anchor, [...held.values()]);
      if (parts === null) continue;
      const { bp, t, u, m } = offer as { bp: unknown; t: unknown; u?: unknown; m?: unknown };
      const isForAll = m === undefined || m === null;
      if (!isForAll && !(typeof m === "string" && m.split(" ").includes(localization.country.isoCode)))
        continue;
      if (u !== undefined && u !== null && !isIntegerIn(u, today, 99991231)) continue;
      if (!isIntegerIn(bp, 1, 9000)) continue;
      if (typeof t !== "string" || t === "" || Buffer.byteLength(t) > 480) continue;
      const sets = Math.min(
        ...parts.map(({ variants, quantity }) =>
          Math.floor(variants.reduce((sum, { units }) => sum + units, 0) / quantity),
        ),
      );
      if (sets === 0) continue;
      const units = new Map<string, number>();
      let total = 0n;
      let areSetsAlike = true;
      for (const { variants, quantity } of parts) {
        // One by one: the prices of the units that all sets take of this part.
        const prices: bigint[] = [];
        for (const variant of variants) {
          for (let unit = 0; unit < variant.units && prices.length < sets * quantity; unit++) {
            prices.push(variant.price);
            units.set(variant.id, (units.get(variant.id) ?? 0) + 1);
          }
        }
        total += prices.reduce((sum, price) => sum + price, 0n);
        if (new Set(prices).size > 1) areSetsAlike = false;
      }
      const hundredths = areSetsAlike ? round(total / BigInt(sets), bp) * BigInt(sets) : round(total, bp);
      if (hundredths === 0n) continue;
      found.push({ title: t, units, hundredths });
    }
  }
  return found;
}

/** The parts of an offer, or null for anything that is no offer of this anchor or needs what the cart lacks. */
function readParts(offer: unknown, anchor: HeldVariant, held: HeldVariant[]): Part[] | null {
  if (!isRecord(offer) || !Array.isArray(offer["c"])) return null;
  const components = offer["c"] as unknown[];
  if (components.length < 2 || components.length > 4) return null;
  const parts: Part[] = [];
  for (const component of components) {
    if (!isRecord(component) || !isId(component["v"]) || !isIntegerIn(component["q"], 1, 9)) return null;
    const { v, p, q } = component as { v: string; p?: unknown; q: number };
    const isOpen = p !== undefined && p !== null;
    if (isOpen && !isId(p)) return null;
    const id = String(BigInt(isOpen ? p : v));
    const variants = held
      .filter((one) => (isOpen ? one.product : one.id) === id)
      .sort((a, b) => Number(b.price - a.price));
    if (variants.length === 0) return null;
    if (parts.length === 0) {
      const first = held.find(({ product }) => product === id);
      if (isOpen ? first !== anchor : id !== anchor.id) return null;
    }
    const name = `${isOpen ? "any of" : "just"} ${id}`;
    const known = parts.find((part) => part.name === name);
    if (known) known.quantity += q;
    else parts.push({ name, variants, quantity: q });
  }
  const isAmbiguous = parts.some((part, at) =>
    parts.some(
      (other, otherAt) =>
        at !== otherAt &&
        (part.name.startsWith("any") || other.name.startsWith("any")) &&
        part.variants[0]!.product === other.variants[0]!.product,
    ),
  );
  return parts.length >= 2 && !isAmbiguous ? parts : null;
}

const isId = (value: unknown): value is string =>
  typeof value === "string" && /^\d{1,19}$/.test(value) && BigInt(value) > 0n;

/** The largest saving that any choice of offers without a shared variant gives, by trying them all. */
export function bestSaving(offers: ReferenceOffer[], taken: ReadonlySet<string> = new Set()): bigint {
  const [offer, ...rest] = offers;
  if (offer === undefined) return 0n;
  const without = bestSaving(rest, taken);
  if ([...offer.units.keys()].some((id) => taken.has(id))) return without;
  const withIt = offer.hundredths + bestSaving(rest, new Set([...taken, ...offer.units.keys()]));
  return withIt > without ? withIt : without;
}

/** What taking the largest saving first gives. */
export function greedySaving(offers: ReferenceOffer[]): bigint {
  const taken = new Set<string>();
  let sum = 0n;
  for (const offer of offers.toSorted((a, b) => Number(b.hundredths - a.hundredths))) {
    const ids = [...offer.units.keys()];
    if (ids.some((id) => taken.has(id))) continue;
    for (const id of ids) taken.add(id);
    sum += offer.hundredths;
  }
  return sum;
}

/** "12.5" → 1250n. */
export function toHundredths(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
}
