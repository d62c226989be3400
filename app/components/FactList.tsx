import { Card, BlockStack, DescriptionList, Text } from "@shopify/polaris";

export interface Fact {
  readonly term: string;
  readonly value: string;
}

/** Named figures under a heading. */
export function FactList({
  title,
  facts,
  note,
}: {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly note?: string;
}) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {note ? (
          <Text as="p" tone="subdued">
            {note}
          </Text>
        ) : null}
        <DescriptionList gap="tight" items={facts.map(({ term, value }) => ({ term, description: value }))} />
      </BlockStack>
    </Card>
  );
}
