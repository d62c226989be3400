import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "./FiguresTable.tsx";
import type { Range } from "./RangeFigure.tsx";

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
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("finished.title")}
        </Text>
        <Text as="p" tone="subdued">
          {t("finished.text")}
        </Text>
        <FiguresTable
          label={t("finished.title")}
          columnContentTypes={["text", "numeric", "numeric", "text", "numeric", "text", "text"]}
          headings={["time", "visitors", "perVisitor", "range", "inAll", "answer", "counted"].map((column) =>
            t(`column.${column}`),
          )}
          rows={periods.map(({ time, measured, visitors, perVisitor, incremental, verdict }) => [
            time,
            visitors,
            perVisitor.value,
            perVisitor.interval,
            incremental.value,
            verdict,
            measured,
          ])}
        />
      </BlockStack>
    </Card>
  );
}
