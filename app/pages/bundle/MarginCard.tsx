import { Badge, BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { createMoneyFormat } from "#app/domain/money.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";

const BarsChart = lazy(() => import("#app/ui/charts/BarsChart.tsx"));

interface MarginRow {
  readonly discount: string;
  readonly price: string;
  readonly profit: string;
  readonly margin: string;
  readonly isCurrent: boolean;
  readonly isBelowFloor: boolean;
  /** The parts of the full price, in units of the currency; a loss is a negative profit. */
  readonly parts: { readonly goods: number; readonly discount: number; readonly profit: number };
}

interface MarginCardProps {
  readonly rows: readonly MarginRow[];
  /** ISO 4217. */
  readonly currency: string;
}

const PARTS = ["goods", "profit", "discount"] as const;

/** Where the full price of one set goes at several discounts: the goods, the profit, the shopper. */
export function MarginCard({ rows, currency }: MarginCardProps) {
  const { t, i18n } = useTranslation("bundle");
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const money = createMoneyFormat(currency, i18n.language);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("margin.title")}
        </Text>
        <div style={{ blockSize: "16rem" }} aria-hidden>
          {isMounted ? (
            <Suspense fallback={null}>
              <BarsChart
                shape="stacked"
                formatValue={(value) => money.format(value)}
                series={PARTS.map((part) => ({
                  name: t(`margin.part.${part}`),
                  points: rows.map(({ discount, parts }) => ({ label: discount, value: parts[part] })),
                }))}
              />
            </Suspense>
          ) : null}
        </div>
        <FiguresTable
          label={t("margin.label")}
          columnContentTypes={["text", "numeric", "numeric", "numeric"]}
          headings={["discount", "price", "profit", "margin"].map((column) => t(`margin.${column}`))}
          rows={rows.map(({ discount, price, profit, margin, isCurrent, isBelowFloor }) => [
            <InlineStack key={discount} gap="200">
              <Text as="span" fontWeight={isCurrent ? "semibold" : "regular"}>
                {discount}
              </Text>
              {isCurrent ? <Badge tone="info">{t("margin.current")}</Badge> : null}
              {isBelowFloor ? <Badge tone="warning">{t("margin.belowFloor")}</Badge> : null}
            </InlineStack>,
            price,
            profit,
            margin,
          ])}
        />
      </BlockStack>
    </Card>
  );
}
