import { BlockStack, Card, InlineStack, Text, type BlockStackProps } from "@shopify/polaris";
import type { ReactNode } from "react";
import { Subdued } from "./Subdued.tsx";

interface TitledCardProps {
  readonly title: ReactNode;
  /** At the other end of the title's line. */
  readonly beside?: ReactNode;
  /** A line below the title. */
  readonly note?: string | null;
  readonly gap?: BlockStackProps["gap"];
  readonly children?: ReactNode;
}

export function TitledCard({ title, beside, note, gap = "300", children }: TitledCardProps) {
  const heading = (
    <Text as="h2" variant="headingMd">
      {title}
    </Text>
  );
  return (
    <Card>
      <BlockStack gap={gap}>
        {beside ? (
          <InlineStack align="space-between" blockAlign="center" gap="200">
            {heading}
            {beside}
          </InlineStack>
        ) : (
          heading
        )}
        {note ? <Subdued>{note}</Subdued> : null}
        {children}
      </BlockStack>
    </Card>
  );
}
