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
        product: { isGiftCard: boolean; metafield: { jsonValue: unknown } | null };
      };
    }[];
  };
  discount: { discountClasses: string[] };
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

/** Every offer that the cart fulfils, written for the reader and not for speed. */
export function listReferenceOffers({ cart, discount }: ReferenceInput): ReferenceOffer[] {
  if (!discount.discountClasses.includes("PRODUCT")) return [];
  if (cart.attribute?.value?.startsWith("h:")) return [];
  const lines = cart.lines.filter(
    (line) => !line.merchandise.product.isGiftCard && line.sellingPlanAllocation === null,
  );
  const held = new Map<string, { units: number; price: bigint; offers: unknown }>();
  for (const line of lines) {
    const id = line.merchandise.id.split("/").at(-1)!;
    const price = toHundredths(line.cost.amountPerQuantity.amount);
    if (price <= 0n) continue;
    const known = held.get(id);
    held.set(id, {
      units: (known?.units ?? 0) + line.quantity,
      price: known && known.price < price ? known.price : price,
      offers: known ? known.offers : line.merchandise.product.metafield?.jsonValue,
    });
  }

  const step = cart.cost.subtotalAmount.currencyCode === "JPY" ? 100n : 1n;
  const found: ReferenceOffer[] = [];
  for (const [anchor, { offers }] of held) {
    if (!isRecord(offers) || offers["v"] !== 1 || !Array.isArray(offers["o"])) continue;
    for (const offer of offers["o"].slice(0, 20) as unknown[]) {
      const wanted = readComponents(offer, anchor);
      if (wanted === null || ![...wanted.keys()].every((id) => held.has(id))) continue;
      const { bp, t } = offer as { bp: unknown; t: unknown };
      if (!isIntegerIn(bp, 1, 9000)) continue;
      if (typeof t !== "string" || t === "" || Buffer.byteLength(t) > 480) continue;
      const each = [...wanted];
      const sets = Math.min(...each.map(([id, quantity]) => Math.floor(held.get(id)!.units / quantity)));
      const total = each.reduce((sum, [id, quantity]) => sum + held.get(id)!.price * BigInt(quantity), 0n);
      const perSet = (total * BigInt(bp)) / 10_000n;
      const hundredths = (perSet - (perSet % step)) * BigInt(sets);
      if (hundredths === 0n) continue;
      found.push({
        title: t,
        units: new Map(each.map(([id, quantity]) => [id, quantity * sets])),
        hundredths,
      });
    }
  }
  return found;
}

/** Units of one set by variant id, or null for anything that is no offer of this anchor. */
function readComponents(offer: unknown, anchor: string): Map<string, number> | null {
  if (!isRecord(offer) || !Array.isArray(offer["c"])) return null;
  const components = offer["c"] as unknown[];
  if (components.length < 2 || components.length > 4) return null;
  const wanted = new Map<string, number>();
  for (const component of components) {
    if (!isRecord(component) || typeof component["v"] !== "string" || !/^\d{1,19}$/.test(component["v"]))
      return null;
    if (!isIntegerIn(component["q"], 1, 9)) return null;
    const id = String(BigInt(component["v"]));
    wanted.set(id, (wanted.get(id) ?? 0) + component["q"]);
  }
  return wanted.size >= 2 && [...wanted.keys()][0] === anchor ? wanted : null;
}

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
