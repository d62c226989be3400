import { BlockStack, Text } from "@shopify/polaris";

/** A figure and between what it may lie, as the server wrote them. */
export interface Range {
  readonly value: string;
  /** Empty while nothing bounds it. */
  readonly interval: string;
}

/** A large figure with its name above and its range below. */
export function RangeFigure({ label, range }: { readonly label: string; readonly range: Range }) {
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
