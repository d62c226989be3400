import { Badge, BlockStack, Card, InlineGrid, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "./FiguresTable.tsx";

interface Range {
  readonly value: string;
  readonly interval: string;
}

interface UpliftHeadline {
  readonly verdict: string;
  readonly isEnough: boolean;
  readonly missing: string | null;
  readonly perVisitor: Range;
  readonly relative: Range | null;
  readonly incremental: Range;
}

interface ArmRow {
  readonly name: string;
  readonly visitors: string;
  readonly orders: string;
  readonly buyers: string;
  readonly revenue: string;
  readonly revenuePerVisitor: string;
  readonly orderValue: string;
}

interface UpliftCardProps {
  readonly headline: UpliftHeadline;
  /** Empty while no visitor has been counted. */
  readonly arms: readonly ArmRow[];
}

/** The difference between visitors who could see offers and those who could not, with its interval and the counts. */
export function UpliftCard({ headline, arms }: UpliftCardProps) {
  const { t } = useTranslation("results");
  const { verdict, isEnough, missing, perVisitor, relative, incremental } = headline;
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {t("uplift.title")}
          </Text>
          <Badge tone={isEnough ? "success" : "attention"}>
            {isEnough ? t("uplift.answered") : t("uplift.measuring")}
          </Badge>
        </InlineStack>
        <Text as="p" variant="headingLg">
          {verdict}
        </Text>
        {missing ? <Text as="p">{missing}</Text> : null}
        {arms.length > 0 ? (
          <>
            <InlineGrid columns={{ xs: 1, sm: relative ? 3 : 2 }} gap="400">
              <Figure label={t("term.perVisitor")} range={perVisitor} />
              {relative ? <Figure label={t("uplift.relative")} range={relative} /> : null}
              <Figure label={t("term.incremental")} range={incremental} />
            </InlineGrid>
            <FiguresTable
              label={t("uplift.label")}
              columnContentTypes={["text", "numeric", "numeric", "numeric", "numeric", "numeric", "numeric"]}
              headings={["group", "visitors", "orders", "bought", "revenue", "perVisitor", "perOrder"].map(
                (column) => t(`column.${column}`),
              )}
              rows={arms.map((arm) => [
                arm.name,
                arm.visitors,
                arm.orders,
                arm.buyers,
                arm.revenue,
                arm.revenuePerVisitor,
                arm.orderValue,
              ])}
            />
          </>
        ) : null}
        <Text as="p" tone="subdued">
          {t("uplift.note")}
        </Text>
      </BlockStack>
    </Card>
  );
}

function Figure({ label, range }: { label: string; range: Range }) {
  return (
    <BlockStack gap="050">
      <Text as="h3" tone="subdued" variant="bodyMd">
        {label}
      </Text>
      <Text as="p" variant="headingLg" numeric>
        {range.value}
      </Text>
      <Text as="p" tone="subdued" numeric>
        {range.interval}
      </Text>
    </BlockStack>
  );
}
