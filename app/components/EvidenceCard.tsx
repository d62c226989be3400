import { BlockStack, Card, Icon, InlineStack, Text, type IconProps } from "@shopify/polaris";
import {
  AlertTriangleIcon,
  CalendarIcon,
  CartIcon,
  CashDollarIcon,
  InventoryIcon,
  PersonIcon,
  TextIcon,
} from "@shopify/polaris-icons";

interface EvidenceLine {
  readonly kind: string;
  readonly text: string;
}

const ICON: Readonly<Record<string, { source: IconProps["source"]; name: string }>> = {
  orders: { source: CartIcon, name: "Orders" },
  behaviour: { source: PersonIcon, name: "Shoppers" },
  season: { source: CalendarIcon, name: "Season" },
  stock: { source: InventoryIcon, name: "Stock" },
  margin: { source: CashDollarIcon, name: "Margin" },
  text: { source: TextIcon, name: "Description" },
  caution: { source: AlertTriangleIcon, name: "Caution" },
};

/** Why the bundle was proposed, sentence by sentence; cautions stand out. */
export function EvidenceCard({ evidence }: { readonly evidence: readonly EvidenceLine[] }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Why this bundle
        </Text>
        {evidence.length === 0 ? <Text as="p">No evidence was kept for this bundle.</Text> : null}
        <BlockStack as="ul" gap="200">
          {evidence.map(({ kind, text }) => {
            const icon = ICON[kind] ?? ICON["orders"]!;
            return (
              <li key={text}>
                <InlineStack gap="200" blockAlign="start" wrap={false}>
                  <div>
                    <Icon
                      source={icon.source}
                      tone={kind === "caution" ? "caution" : "subdued"}
                      accessibilityLabel={icon.name}
                    />
                  </div>
                  <Text as="span">{text}</Text>
                </InlineStack>
              </li>
            );
          })}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}
