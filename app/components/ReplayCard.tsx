import { Badge, BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import { FactRows, type Fact } from "./FactList.tsx";

interface ReplayView {
  readonly isSupported: boolean;
  readonly verdict: string;
  readonly facts: readonly Fact[];
}

/** The test on orders that came after those the bundle was learned from. */
export function ReplayCard({ replay }: { readonly replay: ReplayView }) {
  return (
    <Card>
      <BlockStack gap="200">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            Tested on later orders
          </Text>
          <Badge tone={replay.isSupported ? "success" : "warning"}>
            {replay.isSupported ? "Held up" : "Not supported"}
          </Badge>
        </InlineStack>
        <Text as="p">{replay.verdict}</Text>
        <FactRows facts={replay.facts} />
        <Text as="p" tone="subdued">
          What was bought together in these orders was not counted to find the bundle. Ranges in brackets hold
          the true value nine times out of ten.
        </Text>
      </BlockStack>
    </Card>
  );
}
