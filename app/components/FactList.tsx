import { BlockStack, Box, Card, Text } from "@shopify/polaris";

export interface Fact {
  readonly term: string;
  readonly value: string;
}

/** Named figures, the names on the left and the figures on the right. */
export function FactRows({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl style={{ margin: 0 }}>
      {facts.map(({ term, value }, index) => (
        <Box
          key={term}
          paddingBlock="200"
          {...(index > 0
            ? { borderBlockStartWidth: "025" as const, borderColor: "border-secondary" as const }
            : {})}
        >
          <div style={{ display: "flex", justifyContent: "space-between", gap: "var(--p-space-400)" }}>
            <Text as="dt">{term}</Text>
            <dd style={{ margin: 0, textAlign: "end" }}>
              <Text as="span" fontWeight="medium" numeric>
                {value}
              </Text>
            </dd>
          </div>
        </Box>
      ))}
    </dl>
  );
}

interface FactListProps {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly note?: string;
}

/** Named figures under a heading. */
export function FactList({ title, facts, note }: FactListProps) {
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
        <FactRows facts={facts} />
      </BlockStack>
    </Card>
  );
}
