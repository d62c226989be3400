import { Badge, Box, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "./FiguresTable.tsx";

interface MarginRow {
  readonly discount: string;
  readonly price: string;
  readonly profit: string;
  readonly margin: string;
  readonly isCurrent: boolean;
  readonly isBelowFloor: boolean;
}

/** What one set leaves at several discounts. */
export function MarginTable({ rows }: { readonly rows: readonly MarginRow[] }) {
  const { t } = useTranslation("bundle");
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <Text as="h2" variant="headingMd">
          {t("margin.title")}
        </Text>
      </Box>
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
    </Card>
  );
}
