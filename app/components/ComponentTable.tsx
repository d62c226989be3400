import { BlockStack, Box, Card, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import { FiguresTable } from "./FiguresTable.tsx";

interface ComponentRow {
  readonly title: string;
  readonly quantity: number;
  readonly imageUrl: string | null;
  readonly price: string;
  readonly cost: string;
  readonly stock: string;
  readonly forecast: string;
}

/** The products of the bundle: price, cost, stock and the orders expected of each. */
export function ComponentTable({ components }: { readonly components: readonly ComponentRow[] }) {
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Products
          </Text>
          <Text as="p" tone="subdued">
            The offer is shown on the first product&rsquo;s page.
          </Text>
        </BlockStack>
      </Box>
      <FiguresTable
        label="The products of this bundle"
        columnContentTypes={["text", "numeric", "numeric", "numeric", "text", "text"]}
        headings={["Product", "Units", "Price", "Cost", "Stock", "Orders expected"]}
        rows={components.map(({ title, quantity, imageUrl, price, cost, stock, forecast }, index) => [
          <InlineStack key={index} gap="200" blockAlign="center" wrap={false}>
            <div style={{ flexShrink: 0 }}>
              <Thumbnail source={imageUrl ?? ImageIcon} alt="" size="small" />
            </div>
            <div style={{ whiteSpace: "normal", minInlineSize: "8rem" }}>{title}</div>
          </InlineStack>,
          quantity,
          price,
          cost,
          stock,
          forecast,
        ])}
      />
    </Card>
  );
}
