import { BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { ResultsPage } from "./read-results-page.server.ts";

interface MetricsCardProps {
  readonly metrics: ResultsPage["metrics"];
  /** Purchases that no offer can have changed are the same in both groups. */
  readonly isReachKnown: boolean;
}

/** Everything that is compared, each figure with its exact meaning below its name. */
export function MetricsCard({ metrics, isReachKnown }: MetricsCardProps) {
  const { t } = useTranslation("results");
  if (metrics.length === 0) return null;
  const hasRanges = metrics.some(({ difference }) => difference.interval !== "");
  const columns = ["figure", "withOffers", "without", ...(hasRanges ? ["difference", "range"] : [])];
  return (
    <TitledCard title={t("metrics.title")} note={hasRanges ? t("metrics.text") : t("metrics.early")}>
      {isReachKnown ? <Subdued>{t("metrics.reach")}</Subdued> : null}
      <FiguresTable
        label={t("metrics.title")}
        columnContentTypes={columns.map((column) =>
          column === "figure" || column === "range" ? "text" : "numeric",
        )}
        headings={columns.map((column) => t(`column.${column}`))}
        rows={metrics.map(({ name, isPrimary, treated, holdout, difference }) => [
          <BlockStack key={name} gap="050">
            <Text as="span" fontWeight={isPrimary ? "semibold" : "regular"}>
              {t(`metric.${name}`)}
            </Text>
            <Text as="span" tone="subdued" variant="bodySm" breakWord>
              {t(`metricMeaning.${name}`)}
            </Text>
          </BlockStack>,
          treated,
          holdout,
          ...(hasRanges ? [difference.value, difference.interval] : []),
        ])}
      />
    </TitledCard>
  );
}
