import { BlockStack, Link, Text } from "@shopify/polaris";
import { TitledCard } from "./TitledCard.tsx";

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
    <TitledCard title={title}>
      <BlockStack as="ol" gap="200">
        {entries.map(({ id, what, who, at, url }) => (
          <li key={id}>
            <Text as="p">{url ? <Link url={url}>{what}</Link> : what}</Text>
            <Text as="p" tone="subdued" variant="bodySm">{`${who}, ${at}`}</Text>
          </li>
        ))}
      </BlockStack>
    </TitledCard>
  );
}
