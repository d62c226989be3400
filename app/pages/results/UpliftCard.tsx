import { Badge, Banner, BlockStack, Card, InlineGrid, InlineStack, List, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { RangeFigure, type Range } from "#app/ui/RangeFigure.tsx";

interface UpliftHeadline {
  readonly verdict: string;
  readonly isEnough: boolean;
  readonly missing: string | null;
  readonly perVisitor: Range;
  readonly relative: Range | null;
  readonly incremental: Range;
  /** Which part of the purchases is compared; null where it is all. */
  readonly reach: string | null;
  /** Above which value a visitor's revenue is not counted; null while no visitor spent more. */
  readonly cap: string | null;
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
  readonly period: {
    readonly day: number;
    readonly ofDays: number;
    readonly from: string;
    readonly readAt: string;
  };
  /** The groups do not have the sizes that were drawn. */
  readonly isDrawBroken: boolean;
  readonly headline: UpliftHeadline;
  /** The worth a month, or how long until it is known; null where neither can be said. */
  readonly worth: string | null;
  /** Whom no figure counts, and why; what else the shop tried meanwhile. */
  readonly leftOut: readonly string[];
  /** Empty while no visitor has been counted. */
  readonly arms: readonly ArmRow[];
}

/** The difference between visitors who could see offers and those who could not, with its interval and the counts. */
export function UpliftCard({ period, isDrawBroken, headline, worth, leftOut, arms }: UpliftCardProps) {
  const { t } = useTranslation("results");
  const { verdict, isEnough, missing, perVisitor, relative, incremental, reach, cap } = headline;
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
        <Text as="p" tone="subdued">
          {t("period.day", period)}
        </Text>
        {isDrawBroken ? (
          <Banner tone="critical" title={verdict}>
            <List type="number">
              <List.Item>{t("broken.embed")}</List.Item>
              <List.Item>{t("broken.scripts")}</List.Item>
              <List.Item>{t("broken.start")}</List.Item>
            </List>
          </Banner>
        ) : (
          <Text as="p" variant="headingLg">
            {verdict}
          </Text>
        )}
        {worth ? <Text as="p">{worth}</Text> : null}
        {missing && isEnough ? <Text as="p">{missing}</Text> : null}
        {arms.length > 0 ? (
          <>
            {perVisitor.interval === "" ? null : (
              <InlineGrid columns={{ xs: 1, sm: relative ? 3 : 2 }} gap="400">
                <RangeFigure label={t("term.perVisitor")} range={perVisitor} />
                {relative ? <RangeFigure label={t("uplift.relative")} range={relative} /> : null}
                <RangeFigure label={t("term.incremental")} range={incremental} />
              </InlineGrid>
            )}
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
        {leftOut.map((line) => (
          <Text as="p" key={line}>
            {line}
          </Text>
        ))}
        {reach ? (
          <Text as="p" tone="subdued">
            {reach}
          </Text>
        ) : null}
        {cap ? (
          <Text as="p" tone="subdued">
            {cap}
          </Text>
        ) : null}
      </BlockStack>
    </Card>
  );
}
