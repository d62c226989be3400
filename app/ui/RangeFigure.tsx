import { BlockStack, Text } from "@shopify/polaris";

/** A figure and between what it may lie, as the server wrote them. */
export interface Range {
  readonly value: string;
  /** Empty while nothing bounds it. */
  readonly interval: string;
}

interface RangeFigureProps {
  readonly label: string;
  readonly range: Range;
  /** Of the heading that names it; a level below the heading that it stands under. */
  readonly level?: "h3" | "h4";
}

/** A large figure with its name above and its range below. */
export function RangeFigure({ label, range, level = "h3" }: RangeFigureProps) {
  return (
    <BlockStack gap="050">
      <Text as={level} tone="subdued" variant="bodyMd">
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
