import type { OrderLines } from "#app/domain/collect/order-lines.ts";
import { lastPlausibleMs } from "#app/domain/prepare/last-plausible-time.ts";
import type { ProductFacts } from "#app/domain/prepare/open-items.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import type { CommandContext } from "./command-line.ts";
import { mergeSkuCase } from "./merge-sku-case.ts";

/**
 * A log's baskets, with every SKU in one spelling and without orders of a future that cannot be; says on stderr how
 * many lines those were.
 *
 * @param spell from `openSkuSpelling`
 */
export function cleanLog(
  log: { readonly lines: OrderLines; readonly currency: string },
  products: readonly ProductFacts[],
  spell: (sku: string) => string,
  { warn }: Pick<CommandContext, "warn">,
): Baskets {
  const untilMs = lastPlausibleMs(log.lines, Date.now());
  const { baskets, dropped } = prepareBaskets(mergeSkuCase(log.lines, spell), products, {
    currency: log.currency,
    untilMs,
  });
  if (dropped.outside_window)
    warn(
      `${dropped.outside_window} lines are dated in the future, after ${new Date(untilMs).toISOString()}, and were left out`,
    );
  return baskets;
}
