import { Card, BlockStack, DescriptionList, Text } from "@shopify/polaris";

export interface Fact {
  readonly term: string;
  readonly value: string;
}

/** Named figures under a heading. */
export function FactList({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <DescriptionList
          gap="tight"
          items={facts.map(({ term, value }) => ({ term, description: value }))}
        />
      </BlockStack>
    </Card>
  );
}
