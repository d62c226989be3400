import { Text, Card, DescriptionList } from "@shopify/polaris";
import { Subdued } from "./Subdued.tsx";
import { TitledCard } from "./TitledCard.tsx";

export interface Fact {
  readonly term: string;
  readonly value: string;
}

interface FactRowsProps {
  readonly facts: readonly Fact[];
  /** Whether the last is the sum of those above it. */
  readonly isSum?: boolean;
}

/** Named figures, the names on the left and the figures on the right. */
export function FactRows({ facts, isSum = false }: FactRowsProps) {
  return (
    <dl style={{ margin: 0 }}>
      {facts.map(({ term, value }, index) => (
        <div
          key={term}
          style={{
            display: "flex",
            justifyContent: "space-between",
            gap: "var(--p-space-400)",
            paddingBlock: "var(--p-space-200)",
            ...(index > 0 ? { borderBlockStart: "1px solid var(--p-color-border-secondary)" } : {}),
          }}
        >
          <dt>
            <Text as="span" fontWeight={isSum && index === facts.length - 1 ? "semibold" : "regular"}>
              {term}
            </Text>
          </dt>
          <dd style={{ margin: 0, textAlign: "end" }}>
            <Text as="span" fontWeight={isSum && index === facts.length - 1 ? "bold" : "medium"} numeric>
              {value}
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface FactListProps {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly note?: string;
  readonly isSum?: boolean;
}

/** Named figures under a heading. */
export function FactList({ title, facts, note, isSum = false }: FactListProps) {
  return (
    <TitledCard title={title} gap="200">
      {note ? <Subdued>{note}</Subdued> : null}
      <FactRows facts={facts} isSum={isSum} />
    </TitledCard>
  );
}

interface FactsCardProps {
  readonly items: readonly { readonly term: string; readonly text: string }[];
}

/** Terms and what each means. */
export function FactsCard({ items }: FactsCardProps) {
  return (
    <Card>
      <DescriptionList items={items.map(({ term, text }) => ({ term, description: text }))} />
    </Card>
  );
}
