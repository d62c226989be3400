import { BlockStack, Card, InlineGrid, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { RangeFigure, type Range } from "#app/ui/RangeFigure.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";

interface FinishedPeriod {
  readonly time: string;
  readonly measured: string;
  readonly visitors: string;
  readonly perVisitor: Range;
  readonly incremental: Range;
  readonly verdict: string;
}

/** What each measuring period found that has ended, as it was kept then. */
export function FinishedPeriodsCard({ periods }: { readonly periods: readonly FinishedPeriod[] }) {
  const { t } = useTranslation("results");
  if (periods.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {t("finished.title")}
          </Text>
          <Subdued>{t("finished.text")}</Subdued>
        </BlockStack>
        {periods.map(({ time, measured, visitors, perVisitor, incremental, verdict }) => (
          <BlockStack key={time} gap="200">
            <Text as="h3" variant="headingSm">
              {time}
            </Text>
            <Text as="p">{verdict}</Text>
            <InlineGrid columns={{ xs: 1, sm: 2 }} gap="400">
              <RangeFigure label={t("term.perVisitor")} range={perVisitor} level="h4" />
              <RangeFigure label={t("term.incremental")} range={incremental} level="h4" />
            </InlineGrid>
            <Subdued>{t("finished.counted", { visitors, day: measured })}</Subdued>
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}
