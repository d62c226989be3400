import { BlockStack, Card, Link, Text } from "@shopify/polaris";

interface ActivityListProps {
  readonly title: string;
  readonly entries: readonly {
    readonly id: string;
    readonly what: string;
    readonly who: string;
    readonly at: string;
    /** The page of what it was done to. */
    readonly url: string | null;
  }[];
}

/** What people did, the newest first. */
export function ActivityList({ title, entries }: ActivityListProps) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <BlockStack as="ol" gap="200">
          {entries.map(({ id, what, who, at, url }) => (
            <li key={id}>
              <Text as="p">{url ? <Link url={url}>{what}</Link> : what}</Text>
              <Text as="p" tone="subdued" variant="bodySm">{`${who}, ${at}`}</Text>
            </li>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}
