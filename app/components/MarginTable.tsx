import { Badge, Box, Card, InlineStack, Text } from "@shopify/polaris";
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
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <Text as="h2" variant="headingMd">
          What a set leaves you
        </Text>
      </Box>
      <FiguresTable
        label="Price, profit and margin at several discounts"
        columnContentTypes={["text", "numeric", "numeric", "numeric"]}
        headings={["Discount", "Price", "Profit", "Margin"]}
        rows={rows.map(({ discount, price, profit, margin, isCurrent, isBelowFloor }) => [
          <InlineStack key={discount} gap="200">
            <Text as="span" fontWeight={isCurrent ? "semibold" : "regular"}>
              {discount}
            </Text>
            {isCurrent ? <Badge tone="info">This bundle</Badge> : null}
            {isBelowFloor ? <Badge tone="warning">Below your floor</Badge> : null}
          </InlineStack>,
          price,
          profit,
          margin,
        ])}
      />
    </Card>
  );
}
