import { BlockStack, Button, Card, InlineGrid, Text } from "@shopify/polaris";

interface StatusFigure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly action?: { readonly label: string; readonly url: string };
}

/** The few figures that say whether something needs the merchant today. */
export function StatusCards({ figures }: { readonly figures: readonly StatusFigure[] }) {
  return (
    <InlineGrid columns={{ xs: 1, sm: figures.length }} gap="400">
      {figures.map(({ label, value, note, action }) => (
        <Card key={label}>
          <BlockStack gap="200" inlineAlign="start">
            <Text as="h2" variant="headingSm" tone="subdued">
              {label}
            </Text>
            <Text as="p" variant="headingXl">
              {value}
            </Text>
            <Text as="p" tone="subdued">
              {note}
            </Text>
            {action ? (
              <Button url={action.url} variant="plain">
                {action.label}
              </Button>
            ) : null}
          </BlockStack>
        </Card>
      ))}
    </InlineGrid>
  );
}
