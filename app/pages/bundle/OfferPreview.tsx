import { BlockStack, Card, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";
import { useTranslation } from "react-i18next";

interface OfferPreviewProps {
  readonly title: string;
  readonly components: readonly {
    readonly title: string;
    /** Empty for none. */
    readonly imageUrl: string;
    readonly quantity: number;
  }[];
  readonly priceBefore: string;
  readonly priceAfter: string;
  readonly saving: string;
}

/** The offer as a shopper reads it on the product page; fonts and colours there are the theme's own. */
export function OfferPreview({ title, components, priceBefore, priceAfter, saving }: OfferPreviewProps) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("preview.title")}
        </Text>
        <div
          style={{
            border: "1px solid var(--p-color-border)",
            borderRadius: "var(--p-border-radius-300)",
            padding: "var(--p-space-400)",
          }}
        >
          <BlockStack gap="300">
            <Text as="h3" variant="headingSm">
              {title}
            </Text>
            <InlineStack gap="200" blockAlign="center">
              {components.map((component, index) => (
                <InlineStack key={index} gap="200" blockAlign="center" wrap={false}>
                  {index > 0 ? <Text as="span">+</Text> : null}
                  <Thumbnail source={component.imageUrl || ImageIcon} alt="" />
                </InlineStack>
              ))}
            </InlineStack>
            <BlockStack gap="050">
              {components.map((component, index) => (
                <Text as="p" key={index}>
                  {component.quantity > 1 ? `${component.quantity} × ` : ""}
                  {component.title}
                </Text>
              ))}
            </BlockStack>
            <InlineStack gap="200" blockAlign="baseline">
              <Text as="span" variant="headingMd">
                {priceAfter}
              </Text>
              <Text as="span" tone="subdued" textDecorationLine="line-through">
                {priceBefore}
              </Text>
              <Text as="span" tone="success">
                {t("preview.saving", { saving })}
              </Text>
            </InlineStack>
            <div
              aria-hidden
              style={{
                background: "var(--p-color-bg-fill-brand)",
                color: "var(--p-color-text-brand-on-bg-fill)",
                borderRadius: "var(--p-border-radius-200)",
                padding: "var(--p-space-200)",
                textAlign: "center",
              }}
            >
              {t("preview.add")}
            </div>
          </BlockStack>
        </div>
      </BlockStack>
    </Card>
  );
}
