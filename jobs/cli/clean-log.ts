import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { lastPlausibleMs } from "#app/domain/prepare/log-clock.ts";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { joinLines, type JoinedChoices } from "#app/domain/prepare/join-choices.ts";
import { prepareBaskets, type DropReason } from "#app/domain/prepare/prepare-baskets.ts";
import type { CommandContext } from "./command-line.ts";
import { inputError } from "./input-error.ts";
import { mergeSkuCase } from "./merge-sku-case.ts";

type OrderLog = Omit<Awaited<ReturnType<typeof readOrderLog>>, "lines"> & {
  readonly lines: Iterable<OrderLineRecord>;
};

/** What is said of lines that were left out. */
const DROPPED: Readonly<Record<DropReason, string>> = {
  cancelled: "of cancelled orders",
  test: "of test orders",
  gift_card: "of gift cards",
  refunded: "of refunded orders",
  non_positive_quantity: "without a positive quantity",
  non_positive_price: "without a positive price",
  service: "of postage, fees and other services",
  outside_window: "dated in the future",
  repeated_line: "that repeat a product of their order",
};

/**
 * A log as it was before an instant: prices, products and spellings of later lines are not yet known then.
 *
 * @param path of the log, for what is said of it
 * @param beforeMs milliseconds since 1970 UTC; without it the log is whole
 * @throws AppError input_invalid when no line is left
 */
export function cutLog(path: string, log: OrderLog, beforeMs: number | undefined): OrderLog {
  if (beforeMs === undefined) return log;
  const lines = mapLines(log.lines, (line) => (line.placedAtMs < beforeMs ? line : null));
  if (lines[Symbol.iterator]().next().done)
    throw inputError(`${path}: no usable order before ${new Date(beforeMs).toISOString()}`);
  return { ...log, lines };
}

/** A whole log, for what customers bought later, in which products are called what they were called before an instant. */
export function hideLaterTitles(log: OrderLog, fromMs: number | undefined): OrderLog {
  if (fromMs === undefined) return log;
  const lines = mapLines(log.lines, (line) =>
    line.placedAtMs < fromMs ? line : { ...line, title: "", category: "" },
  );
  return { ...log, lines };
}

/** Lines that can be read more than once, as the log's own can. */
function mapLines(
  lines: Iterable<OrderLineRecord>,
  toLine: (line: OrderLineRecord) => OrderLineRecord | null,
): Iterable<OrderLineRecord> {
  return {
    *[Symbol.iterator]() {
      for (const line of lines) {
        const mapped = toLine(line);
        if (mapped !== null) yield mapped;
      }
    },
  };
}

/**
 * A log's baskets, with every SKU in one spelling and without orders of a future that cannot be. Says on stderr, a
 * line each, how many lines were such orders or had no price above zero.
 *
 * @param path of the log, for what is said of it
 * @param spell from `openSkuSpelling`
 * @param choices variants that are one item with others; none when absent
 * @throws AppError input_invalid, with the reasons, when nothing is left
 */
export function cleanLog(
  path: string,
  log: OrderLog,
  products: readonly ProductFacts[],
  spell: (sku: string) => string,
  { warn }: Pick<CommandContext, "warn">,
  choices: JoinedChoices["choices"] = new Map(),
): Baskets {
  const untilMs = lastPlausibleMs(log.lines, Date.now());
  const { baskets, dropped } = prepareBaskets(joinLines(mergeSkuCase(log.lines, spell), choices), products, {
    currency: log.currency,
    untilMs,
  });
  if (baskets.placedAtMs.length === 0) {
    const stated = Object.entries(dropped).map(
      ([reason, n]) => `${n} lines ${DROPPED[reason as DropReason]}`,
    );
    throw inputError(`${path}: no usable order: ${stated.join(", ")}`);
  }
  if (dropped.outside_window)
    warn(
      `${dropped.outside_window} lines are dated in the future, after ${new Date(untilMs).toISOString()}, and were left out`,
    );
  if (dropped.non_positive_price)
    warn(`${dropped.non_positive_price} lines have no price above zero and were left out`);
  return baskets;
}
