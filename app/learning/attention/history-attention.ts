import type { AttentionWeights } from "#app/domain/behaviour/networks/attention-weights.ts";
import {
  HISTORY_PLACES,
  toBasketToken,
  toOrderTokens,
  type HistoryToken,
} from "#app/domain/behaviour/networks/history-attention.ts";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom, shuffleInPlace, type Random } from "#app/domain/numbers/random.ts";
import {
  drawKept,
  drawParameters,
  goOnFrom,
  pickKnown,
  trainAttentionWeights,
  type AttentionPace,
  type AttentionRun,
} from "./attention-training.ts";
import { historyGradients, historyLosses, type HistoryBatch } from "./history-attention-gradients.ts";

interface HistorySettings extends AttentionPace {
  readonly width: number;
  readonly hidden: number;
  /** Orders that are read, the basket among them: the newest. */
  readonly length: number;
  readonly shoppersPerBatch: number;
  /** Share of the inputs that is left out of each step. */
  readonly dropoutRatio: number;
  /** Items in fewer orders are not learned. */
  readonly minOrders: number;
  /** Time and memory grow with it: a step scores every item for every basket of the batch. */
  readonly maxItems: number;
  /** Baskets learned from, the newest. */
  readonly maxBaskets: number;
}

export const HISTORY_DEFAULTS: HistorySettings = {
  width: 48,
  hidden: 96,
  length: 8,
  maxEpochs: 8,
  patience: 2,
  shoppersPerBatch: 128,
  learningRate: 1e-2,
  dropoutRatio: 0.3,
  minOrders: 3,
  maxItems: 6_000,
  maxBaskets: 60_000,
};

export interface HistoryFit {
  readonly weights: AttentionWeights;
  /** Loss on the held-out baskets after each epoch, nats; empty without them. */
  readonly losses: readonly number[];
}

interface HistoryRun extends AttentionRun {
  readonly seed: number;
  /** Weights to go on from; items that they do not know start at random. */
  readonly start?: AttentionWeights | undefined;
}

/** Baskets `from` to `to`. */
export interface BasketRange {
  readonly from: number;
  readonly to: number;
}

/** Of the cases, so many are asked as a guest's: a shopper of whom nothing is known is not strange to it then. */
const GUEST_RATIO = 0.25;

/**
 * Trains a Transformer of one layer on orders: from a customer's earlier orders and a part of this one, it tells the
 * rest, by full cross-entropy over all items. Of each order every epoch draws another part: one item, all but one, or
 * any number, by turns, so that it knows carts and product pages. Adam; the weights are the best on what is held out.
 *
 * @param learned baskets to learn from; their customers' earlier ones are read as history
 * @param heldOut later baskets for early stopping; null runs `maxEpochs`
 * @throws DOMException AbortError when aborted; no tensor stays behind
 */
export async function trainHistoryAttention(
  baskets: Baskets,
  learned: BasketRange,
  heldOut: BasketRange | null,
  settings: HistorySettings,
  { seed, start, ...run }: HistoryRun,
): Promise<HistoryFit> {
  const random = seededRandom(seed);
  const { width, hidden, length, dropoutRatio, shoppersPerBatch } = settings;
  const from = Math.max(learned.from, learned.to - settings.maxBaskets);
  const known = pickItems(baskets, learned, settings);
  const size = { rows: known.items.length, places: HISTORY_PLACES, width, hidden };
  const parameters = goOnFrom(start, known.items, drawParameters(size, random));
  const listOrders = (range: BasketRange) => listCases(baskets, range, { ...known, length });
  const cases = listOrders({ from, to: learned.to });
  const heldOutRandom = seededRandom(seed + 1);
  const fill = (of: readonly OrderCase[], drawing: Random) =>
    fillBatches(
      of.map((one) => drawPart(one, known.rowOf, drawing)),
      shoppersPerBatch,
    );
  const trained = await trainAttentionWeights(
    parameters,
    size,
    {
      draw: () => shuffleInPlace(fill(shuffleInPlace([...cases], random), random), random),
      heldOut: heldOut ? fill(listOrders(heldOut), heldOutRandom) : null,
      gradients: (weights, batch: HistoryBatch) =>
        historyGradients(weights, batch, drawKept(batch.places.length, width, dropoutRatio, random)),
      losses: historyLosses,
    },
    settings,
    run,
  );
  return {
    weights: { ...known, width, hidden, length, parameters: trained.parameters },
    losses: trained.losses,
  };
}

/**
 * Multiply-adds that training takes at most: three products of each basket with every item, an epoch each. The layer
 * itself is little beside it.
 */
export function countHistoryWork(baskets: Baskets, learned: BasketRange, settings: HistorySettings): number {
  const cases = Math.min(learned.to - learned.from, settings.maxBaskets);
  const { items } = pickItems(baskets, learned, settings);
  return 3 * cases * settings.maxEpochs * items.length * settings.width;
}

/** The items with the most orders, in enough of them. */
function pickItems(
  { items, offsets, item }: Baskets,
  { from, to }: BasketRange,
  { minOrders, maxItems }: HistorySettings,
) {
  const orders = new Uint32Array(items.length);
  for (let at = offsets[from]!; at < offsets[to]!; at++) orders[item[at]!]! += 1;
  return pickKnown(orders, { least: minOrders, most: maxItems });
}

/** An order of two known items or more, and the orders of its customer before. */
interface OrderCase {
  readonly items: readonly number[];
  readonly past: readonly HistoryToken[];
}

function listCases(
  baskets: Baskets,
  { from, to }: BasketRange,
  { rowOf, length }: Pick<AttentionWeights, "rowOf" | "length">,
): OrderCase[] {
  const histories = openPurchaseHistories(baskets);
  const cases: OrderCase[] = [];
  for (let basket = from; basket < to; basket++) {
    const own = baskets.item.subarray(baskets.offsets[basket], baskets.offsets[basket + 1]);
    const items = [...new Set(own)].filter((item) => rowOf[item]! >= 0);
    if (items.length < 2) continue;
    const atMs = baskets.placedAtMs[basket]!;
    const history = histories.before(baskets.customer[basket]!, atMs);
    cases.push({ items, past: toOrderTokens({ history, atMs }, rowOf, length - 1) });
  }
  return cases;
}

interface DrawnCase {
  readonly tokens: readonly HistoryToken[];
  /** Rows of what was bought besides. */
  readonly bought: readonly number[];
}

function drawPart({ items, past }: OrderCase, rowOf: Int32Array, random: Random): DrawnCase {
  const kind = random();
  const most = items.length - 1;
  const kept = kind < 1 / 3 ? 1 : kind < 2 / 3 ? most : 1 + Math.floor(random() * most);
  const shuffled = shuffleInPlace([...items], random);
  const basket = toBasketToken(shuffled.slice(0, kept), rowOf);
  return {
    tokens: random() < GUEST_RATIO ? [basket] : [...past, basket],
    bought: shuffled.slice(kept).map((item) => rowOf[item]!),
  };
}

/** Batches of cases with equally many tokens, in the order of the cases. */
function fillBatches(cases: readonly DrawnCase[], shoppersPerBatch: number): HistoryBatch[] {
  const byLength = new Map<number, DrawnCase[]>();
  for (const one of cases) {
    const bucket = byLength.get(one.tokens.length) ?? [];
    byLength.set(one.tokens.length, bucket);
    bucket.push(one);
  }
  const batches: HistoryBatch[] = [];
  for (const [length, bucket] of byLength) {
    for (let from = 0; from < bucket.length; from += shoppersPerBatch) {
      batches.push(toBatch(bucket.slice(from, from + shoppersPerBatch), length));
    }
  }
  return batches;
}

function toBatch(cases: readonly DrawnCase[], length: number): HistoryBatch {
  const tokens = cases.flatMap((one) => one.tokens);
  const bought = cases.flatMap((one, shopper) =>
    one.bought.map((row) => ({ row, shopper, of: one.bought.length })),
  );
  return {
    shoppers: cases.length,
    length,
    places: Int32Array.from(tokens, ({ place }) => place),
    rows: Int32Array.from(tokens.flatMap(({ rows }) => rows)),
    tokenOf: Int32Array.from(tokens.flatMap(({ rows }, token) => rows.map(() => token))),
    weights: Float32Array.from(tokens.flatMap(({ rows }) => rows.map(() => 1 / Math.sqrt(rows.length)))),
    bought: Int32Array.from(bought, ({ row }) => row),
    shopperOf: Int32Array.from(bought, ({ shopper }) => shopper),
    shares: Float32Array.from(bought, ({ of }) => 1 / of),
  };
}
