import { BlockStack, Box, Card, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import { useTranslation } from "react-i18next";
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
  const { t } = useTranslation("bundle");
  return (
    <Card padding="0">
      <Box padding="400" paddingBlockEnd="200">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t("products.title")}
          </Text>
          <Text as="p" tone="subdued">
            {t("products.note")}
          </Text>
        </BlockStack>
      </Box>
      <FiguresTable
        label={t("products.label")}
        columnContentTypes={["text", "numeric", "numeric", "numeric", "text", "text"]}
        headings={["product", "units", "price", "cost", "stock", "forecast"].map((column) =>
          t(`products.${column}`),
        )}
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
