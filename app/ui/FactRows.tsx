import { Text } from "@shopify/polaris";

export interface Fact {
  readonly term: string;
  readonly value: string;
}

interface FactRowsProps {
  readonly facts: readonly Fact[];
  /** Whether the last fact is the sum of the others. */
  readonly isSum?: boolean;
}

/** Facts with the names on the left and the figures on the right. */
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
