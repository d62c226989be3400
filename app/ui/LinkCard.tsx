import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import { Subdued } from "./Subdued.tsx";

interface LinkCardProps {
  readonly title: string;
  readonly links: readonly { readonly label: string; readonly text: string; readonly url: string }[];
}

export function LinkCard({ title, links }: LinkCardProps) {
  return (
    <Card roundedAbove="xs">
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {links.map(({ label, text, url }) => (
          <BlockStack key={url} gap="050" inlineAlign="start">
            <Link url={url}>{label}</Link>
            <Subdued>{text}</Subdued>
          </BlockStack>
        ))}
      </BlockStack>
    </Card>
  );
}
