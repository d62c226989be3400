import { createHash } from "node:crypto";
import { countCoViews, cutSessions, type Views } from "#app/domain/behaviour/sessions/co-views.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { openLogClock } from "#app/domain/prepare/log-clock.ts";
import { joinChoices, listVariants, sumUnits } from "#app/domain/prepare/join-choices.ts";
import type { BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { replayProposals, type AcceptedProposal } from "#app/domain/validate/replay-proposals.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { explainReplay } from "#app/domain/validate/explain-replay.ts";
import { splitForReplay } from "#app/domain/validate/split-for-replay.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { trainBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { readBrowseLog, type BrowseLog } from "#app/services/files/read-browse-log.server.ts";
import { titleProposal } from "#app/services/validate/title-offer.server.ts";
import { openEnglishWriting } from "#app/locales/english.server.ts";
import { writeEvidence, writeMessage, type Writing } from "#app/locales/write-message.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { openWorkerThread } from "#jobs/open-worker-thread.ts";
import { inputError } from "#app/process/errors.ts";
import { parseFlags, runCommand, type CommandContext } from "./command-line.ts";
import { chooseCutoff, cleanLog, mergeSkuCase, openLog, warnOfRows } from "./order-log.ts";
import { readAnswers, readOutcomes } from "./read-outcomes.ts";
import { writeOutputs } from "./write-output.ts";

const USAGE = `suggest --orders FILE [--products FILE] [--events FILE] [--as-of DATE] [--top N] [--currency CODE]
        [--outcomes FILE.json] [--others FILE.json] [--out FILE.json]

Writes the bundles, and under "offers" the ranges and quantity breaks, that the shop's own orders support, with discount, expected effect, evidence and how they did on
later orders, and what was refused and why. Learns from orders before --as-of; without it, from all of them.
A log of orders made ahead of what they are for, as bookings are, may name that time in a column service_date (or
departure): the season is then that of the service, told of as long ahead as such orders come.
--events is a browsing log: products looked at together and bought apart replace each other, and are no bundle.
--outcomes is what visitors did who met earlier offers and who did not: [{skus, trials: [{discountRatio, visitors, sets}]}],
discountRatio null for those without the offer. Discounts and what is expected go by it, the better where each offer has
ordersAnyway beside its trials: what the list that it was shown from promised of it for that time.
--others is what other shops were told by theirs: a list of "answer" of such outputs, of five shops or more.`;

const HORIZON_DAYS = 28;

const FLAGS = {
  orders: { kind: "file", required: true, help: "the order log, CSV or gzip" },
  products: { kind: "file", help: "CSV with sku,title,category…" },
  events: { kind: "file", help: "the browsing log, CSV or gzip: session_id,ts,sku" },
  "as-of": { kind: "date", help: "learn from orders before this date" },
  outcomes: { kind: "file", help: "JSON: what visitors did with earlier offers" },
  others: { kind: "file", help: "JSON: what other shops' offers have told" },
  top: { kind: "integer", fallback: 100, min: 1, max: 5_000, help: "bundles proposed at most" },
  currency: { kind: "text", help: "of a log that names none, ISO 4217; USD when absent" },
  seed: { kind: "integer", fallback: 1, min: 0, max: 2 ** 31 - 1, help: "of every random choice" },
  out: { kind: "output", help: "where to write; stdout when absent" },
} as const;

await runCommand("suggest", USAGE, async (argv, context) => {
  const flags = await parseFlags(FLAGS, argv);
  const { signal, reportProgress } = context;
  const currency = flags.currency?.toUpperCase();
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    throw inputError(`--currency: "${flags.currency}" is not a code of three letters such as EUR`);
  const { before, spell, ...read } = await openLog(flags, context, 0.1, currency);
  const units = sumUnits(mergeSkuCase(before.lines, spell));
  const { products, choices } = joinChoices(read.products, units, new Set());
  const browsing = flags.events ? await readBrowseLog(flags.events, { signal }) : null;
  if (browsing) warnOfRows(context, flags.events!, browsing);
  const baskets = cleanLog(flags.orders, before, products, spell, context, choices);
  const cutoffMs = chooseCutoff(flags.orders, baskets, flags["as-of"], context);
  const orders = firstBasketAt(baskets, cutoffMs);

  const writing = openEnglishWriting(baskets.currency);
  const backend = await chooseBackend();
  const settings = ShopSettings.parse({ maxProposals: flags.top });
  const toClockMs = openLogClock(baskets);
  const { earlier, later, replayFromMs } = splitForReplay(baskets, cutoffMs);
  const toItemKey = (sku: string) => choices.get(spell(sku))?.itemKey ?? spell(sku);
  const views = browsing ? toViews(browsing, baskets, toItemKey, context) : null;
  const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
  const outcomes = flags.outcomes
    ? await readOutcomes(flags.outcomes, (sku) => itemOf.get(toItemKey(sku)))
    : undefined;
  const others = flags.others ? await readAnswers(flags.others) : undefined;
  const sessions = views ? cutSessions(views, baskets.items.length, { beforeMs: cutoffMs }) : undefined;
  const second = openWorkerThread(backend, baskets.item.length, (reason) =>
    context.warn(`learning goes on with one thread: ${reason}`),
  );
  const trained = await trainBehaviour(baskets, {
    cutoffMs,
    seed: flags.seed,
    signal,
    sessions,
    // Bundles are built from the completions of a single product.
    tasks: new Set(["product"]),
    onProgress: (ratio, message) =>
      reportProgress(0.1 + 0.7 * ratio, `${writeMessage(message, writing)} (${backend.name})`),
    workerThread: second.workerThread,
  }).finally(() => second.close());
  reportProgress(0.8, "forecasting demand");
  const demand = await forecastDemand(baskets, { cutoffMs, horizonDays: HORIZON_DAYS, signal });
  reportProgress(0.9, "forming bundles");
  const { neighbours } = trained;
  const { forecasts } = demand;
  const proposed = proposeBundles({
    baskets,
    neighbours,
    forecasts,
    settings,
    cutoffMs,
    replayFromMs,
    toClockMs,
    outcomes,
    others,
    coViews: views ? countCoViews(views, baskets.items.length, cutoffMs) : undefined,
  });
  const inQuantity = proposeQuantityOffers({
    baskets: earlier,
    settings,
    forecasts,
    cutoffMs: replayFromMs,
    toClockMs,
    mix: proposed.mix,
  });
  signal.throwIfAborted();
  const replay = (proposals: readonly BundleProposal[]) =>
    replayProposals({
      proposals,
      laterBaskets: later,
      toClockMs,
      most: settings.maxProposals,
      random: seededRandom(flags.seed),
    });
  const replayed = replay(proposed.proposals);
  const replayedInQuantity = replay(inQuantity);

  const skusOf = listVariants(choices);
  const stated = { cutoffMs, skusOf, taken: new Set<string>(), writing };
  const result = {
    asOf: new Date(cutoffMs).toISOString(),
    data: {
      orders,
      lines: baskets.offsets[orders]!,
      products: baskets.items.length,
      rejected: read.rejectedCount + (browsing?.rejectedCount ?? 0),
    },
    models: [
      ...trained.candidates.map(({ name, isChosen, ...metrics }) => ({
        step: "behaviour",
        name,
        chosen: isChosen,
        metrics,
      })),
      ...demand.candidates.map(({ name, isChosen, ...metrics }) => ({
        step: "trends",
        name,
        chosen: isChosen,
        metrics,
      })),
      { step: "propose", name: "own-price elasticity", chosen: true, metrics: proposed.response },
    ],
    ...(proposed.answer ? { answer: proposed.answer } : {}),
    bundles: replayed.accepted.map((accepted) => describeBundle(baskets, accepted, stated)),
    // For ranges and quantity breaks, the components are the products to choose from.
    offers: replayedInQuantity.accepted.map((accepted) => describeBundle(baskets, accepted, stated)),
    refused: [...proposed.refused, ...replayed.refused, ...replayedInQuantity.refused].map(
      ({ components, reason }) => ({
        components: components.map((item) => baskets.items[item]!.key),
        reason: writeMessage(reason, writing),
      }),
    ),
  };
  await writeOutputs([{ output: flags.out, chunks: [`${JSON.stringify(result, withoutTimings, 2)}\n`] }]);
});

/** Leaves out training times, so that the same log and seed give the same bytes. */
function withoutTimings(name: string, value: unknown): unknown {
  return name === "fitMs" ? undefined : value;
}

/** The views of products with at least one order. Warns how many other products were viewed. */
function toViews(
  { visitor, atMs, sku, skus }: BrowseLog,
  { items }: Baskets,
  toItemKey: (sku: string) => string,
  { warn }: Pick<CommandContext, "warn">,
): Views {
  const itemOf = new Map(items.map(({ key }, item) => [key, item]));
  const itemOfSku = skus.map((one) => itemOf.get(toItemKey(one)));
  const unknown = skus.filter((_, index) => itemOfSku[index] === undefined);
  if (unknown.length > 0)
    warn(`${unknown.length} products of the events are in no order and were passed over, e.g. ${unknown[0]}`);
  const known = [...sku.keys()].filter((view) => itemOfSku[sku[view]!] !== undefined);
  return {
    visitor: known.map((view) => visitor[view]!),
    atMs: known.map((view) => atMs[view]!),
    item: known.map((view) => itemOfSku[sku[view]!]!),
  };
}

function describeBundle(
  { items, currency }: Baskets,
  { proposal, replay }: AcceptedProposal,
  {
    cutoffMs,
    skusOf,
    taken,
    writing,
  }: {
    readonly cutoffMs: number;
    readonly taken: Set<string>;
    readonly skusOf: ReadonlyMap<string, readonly string[]>;
    readonly writing: Writing;
  },
) {
  const { days } = proposal;
  const parts = proposal.components.map(({ item }) => {
    const { title, key, category } = items[item]!;
    return { title: title || key, category };
  });
  const title = titleProposal(proposal, parts, writing.words.locale, taken);
  const dayAt = (inDays: number) => new Date(cutoffMs + inDays * DAY_MS).toISOString().slice(0, 10);
  return {
    id: createHash("sha256").update(proposal.componentKey).digest("hex").slice(0, 16),
    kind: proposal.kind,
    title,
    components: proposal.components.map(({ item, quantity }) => ({
      sku: items[item]!.key,
      // All variants that the component accepts, if more than one.
      ...(skusOf.has(items[item]!.key) ? { anyOf: skusOf.get(items[item]!.key) } : {}),
      title: items[item]!.title,
      quantity,
      priceMinor: items[item]!.priceMinor,
    })),
    ...(proposal.terms ? { terms: proposal.terms } : {}),
    discountRatio: proposal.discountRatio,
    // Of an upcoming season; `until` is the first day without the offer.
    ...(days ? { offer: { from: dayAt(days.startsIn), until: dayAt(days.endsIn) } } : {}),
    currency,
    expected: proposal.expected,
    evidence: proposal.evidence.map((message) => {
      const { kind, value, code, values } = message;
      return { kind, text: writeEvidence(message, writing), value, code, values };
    }),
    validation: {
      ...replay,
      verdict: writeMessage(explainReplay(replay, proposal), writing),
    },
  };
}
