import { BlockStack, Card, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

interface DetailCardProps {
  readonly title: string;
  readonly badge?: ReactNode;
  /** One line of what is shown; null where the title says it. */
  readonly meaning: string | null;
  readonly children?: ReactNode;
}

/** One question about a bundle, with its answer. */
export function DetailCard({ title, badge, meaning, children }: DetailCardProps) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title} {badge}
        </Text>
        {meaning === null ? null : (
          <Text as="p" tone="subdued">
            {meaning}
          </Text>
        )}
        {children}
      </BlockStack>
    </Card>
  );
}
