import { Badge, BlockStack, Link, List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { ActivityList } from "#app/ui/ActivityList.tsx";
import { BarsChart, ChartFigure, LinesChart } from "#app/ui/charts.tsx";
import { FactRows } from "#app/ui/FactRows.tsx";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { EvidenceCard } from "./EvidenceCard.tsx";
import { MarginCard } from "./MarginCard.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";

interface BundleDetailsProps {
  readonly bundle: BundlePage;
  /** Note that the expectation is for another discount; null if it is not. */
  readonly staleness: string | null;
}

/** The details below the summary, collapsed at first: a card per question, with a chart and a one-line explanation. */
export function BundleDetails({ bundle, staleness }: BundleDetailsProps) {
  const { t } = useTranslation("bundle");
  return (
    <details>
      <summary style={{ cursor: "pointer", padding: "var(--p-space-300)" }}>
        <Text as="span" variant="headingMd">
          {t("details")}
        </Text>
      </summary>
      <div
        style={{
          display: "grid",
          gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 22rem), 1fr))",
          alignItems: "start",
          gap: "var(--p-space-400)",
        }}
      >
        <EvidenceCard evidence={bundle.evidence} />
        <ExpectedCard bundle={bundle} staleness={staleness} />
        <ReplayCard replay={bundle.replay} />
        <SeasonCard season={bundle.season} />
        <ForecastCard forecast={bundle.forecast} daily={bundle.daily} />
        <MarginCard rows={bundle.margins} />
        <SimilarCard similar={bundle.similar} />
        <TitledCard title={t("missing.title")} note={bundle.missing.length === 0 ? t("missing.none") : null}>
          <List>
            {bundle.missing.map((text) => (
              <List.Item key={text}>{text}</List.Item>
            ))}
          </List>
        </TitledCard>
        <ActivityList
          title={t("history.title")}
          note={bundle.decisions.length === 0 ? t("history.none") : null}
          entries={bundle.decisions}
        />
      </div>
    </details>
  );
}

/** Expected orders with and without the offer, and the parts of the difference. */
function ExpectedCard({ bundle: { orders, expected, profitParts, isTaxed }, staleness }: BundleDetailsProps) {
  const { t } = useTranslation("bundle");
  if (expected.length === 0) return null;
  return (
    <TitledCard
      title={t("expected.title")}
      note={joinSentences([t("expected.note"), isTaxed ? t("expected.beforeTax") : null, staleness], t)}
    >
      <ChartFigure
        label={t("expected.title")}
        chart={
          <BarsChart
            parts={[t("season.orders")]}
            rows={orders.map(({ label, text, value, low, high }) => ({
              label,
              text,
              values: [value],
              range: [low, high] as const,
            }))}
          />
        }
        headings={["", t("forecast.expected")]}
        rows={expected.map(({ term, value }) => [term, value])}
      />
      {profitParts.length > 0 ? (
        <BlockStack gap="100">
          <Text as="h3" variant="headingSm">
            {t("profitParts.title")}
          </Text>
          <FactRows facts={profitParts} isSum />
        </BlockStack>
      ) : null}
    </TitledCard>
  );
}

/** The replay on orders after the cut-off. */
function ReplayCard({ replay }: Pick<BundlePage, "replay">) {
  const { t, i18n } = useTranslation("bundle");
  if (!replay) return null;
  const { isSupported, verdict, facts, withAll, expectedByChance } = replay;
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const bars = [withAll, expectedByChance].map((orders, at) => ({
    label: facts[at + 1]!.term,
    text: number.format(orders),
    values: [orders],
  }));
  return (
    <TitledCard
      title={
        <>
          {t("replay.title")}{" "}
          <Badge tone={isSupported ? "success" : "warning"}>
            {t(isSupported ? "replay.held" : "replay.failed")}
          </Badge>
        </>
      }
      note={verdict}
    >
      <ChartFigure
        label={t("replay.title")}
        chart={<BarsChart parts={[t("season.orders")]} rows={bars} />}
        headings={[]}
        rows={facts.map(({ term, value }) => [term, value])}
      />
    </TitledCard>
  );
}

/** Recent results of similar offers. */
function SimilarCard({ similar }: Pick<BundlePage, "similar">) {
  const { t } = useTranslation("bundle");
  if (similar.length === 0) return <TitledCard title={t("similar.title")} note={t("similar.none")} />;
  return (
    <TitledCard title={t("similar.title")}>
      <FiguresTable
        label={t("similar.title")}
        headings={["bundle", "seen", "orders", "revenue", "discount"].map((column) => t(`similar.${column}`))}
        rows={similar.map(({ id, title, similarBy, seen, orders, revenue, discount }) => [
          <BlockStack key={id}>
            <Link url={`/app/suggestions/${id}`} removeUnderline>
              {title}
            </Link>
            <Text as="span" tone="subdued" variant="bodySm">
              {similarBy}
            </Text>
          </BlockStack>,
          ...[seen, orders, revenue, discount],
        ])}
      />
    </TitledCard>
  );
}

/** When the products were bought as the offer requires, and in which orders. */
function SeasonCard({ season: { months, facts, note, counted } }: Pick<BundlePage, "season">) {
  const { t } = useTranslation("bundle");
  if (months.length === 0) return <TitledCard title={t("season.title")} note={note} />;
  return (
    <TitledCard title={t("season.title")} note={note}>
      <ChartFigure
        label={t("season.title")}
        chart={
          <LinesChart
            series={[{ name: counted, values: months.map(({ orders }) => orders) }]}
            labels={months.map(({ label }) => label)}
            formatValue={(value) => String(value)}
          />
        }
        headings={[t("season.month"), counted]}
        rows={months.map(({ label, orders }) => [label, orders])}
      />
      <FactRows facts={facts} />
    </TitledCard>
  );
}

/** The demand forecast of each product: in total against its stock, and by day. */
function ForecastCard({ forecast, daily }: Pick<BundlePage, "forecast" | "daily">) {
  const { t, i18n } = useTranslation("bundle");
  if (!forecast) return null;
  const title = t("forecast.title", { time: forecast.time });
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <TitledCard title={title} note={t("forecast.note")}>
      <ChartFigure
        label={title}
        chart={
          <BarsChart
            parts={[t("forecast.expected")]}
            rows={forecast.rows.map(({ title: label, hasLimit, stock, cover, ...orders }) => ({
              label,
              text: hasLimit ? t("forecast.inStock", { stock, cover }) : stock,
              values: [orders.ordersExpected],
              range: [orders.ordersLow, orders.ordersHigh] as const,
            }))}
          />
        }
        headings={["product", "orders", "stock", "cover"].map((column) => t(`forecast.${column}`))}
        rows={forecast.rows.map(({ title: name, expected, stock, cover }) => [name, expected, stock, cover])}
      />
      {daily ? (
        <>
          <Text as="h3" variant="headingSm">
            {t("daily.title")}
          </Text>
          <ChartFigure
            label={t("daily.title")}
            chart={
              <LinesChart
                series={daily.series}
                labels={daily.days.map(({ label }) => label)}
                formatValue={(value) => number.format(value)}
              />
            }
            headings={[t("daily.day"), ...daily.series.map(({ name }) => name)]}
            rows={daily.days.map(({ label, orders }) => [label, ...orders])}
          />
        </>
      ) : null}
    </TitledCard>
  );
}
