import { BlockStack, Card, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import { useTranslation } from "#app/locales/use-translation.ts";

interface ComponentRow {
  readonly title: string;
  /** What shoppers may choose of, or which variant it is; null where the title says it. */
  readonly choice: string | null;
  readonly quantity: number;
  readonly imageUrl: string | null;
  readonly price: string;
  readonly cost: string;
  readonly stock: string;
  readonly forecast: string;
}

interface ComponentTableProps {
  readonly components: readonly ComponentRow[];
  /** One of `PLACEMENTS`. */
  readonly placement: string;
}

const FIGURES = ["price", "cost", "stock", "forecast"] as const;

/**
 * The products of the bundle: price, cost, stock and the orders expected of each. A table of these is wider than its
 * card in most languages, so each product has its figures below its name.
 */
export function ComponentTable({ components, placement }: ComponentTableProps) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t("products.title")}
          </Text>
          <Text as="p" tone="subdued">
            {t("products.shown", { where: t(`terms.placement.${placement}`) })}
          </Text>
        </BlockStack>
        {components.map((component, index) => (
          <BlockStack key={index} gap="200">
            <InlineStack gap="200" blockAlign="center" wrap={false}>
              <div style={{ flexShrink: 0 }}>
                <Thumbnail source={component.imageUrl ?? ImageIcon} alt="" size="small" />
              </div>
              <BlockStack gap="050">
                <Text as="h3" variant="headingSm">
                  {component.quantity > 1 ? `${component.quantity} × ${component.title}` : component.title}
                </Text>
                {component.choice && (
                  <Text as="p" tone="subdued">
                    {component.choice}
                  </Text>
                )}
              </BlockStack>
            </InlineStack>
            <dl
              style={{
                display: "grid",
                gridTemplateColumns: "repeat(auto-fit, minmax(7rem, 1fr))",
                gap: "var(--p-space-300)",
                margin: 0,
              }}
            >
              {FIGURES.map((figure) => (
                <div key={figure}>
                  <dt>
                    <Text as="span" tone="subdued">
                      {t(`products.${figure}`)}
                    </Text>
                  </dt>
                  <dd style={{ margin: 0 }}>{component[figure]}</dd>
                </div>
              ))}
            </dl>
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}
