import { BlockStack, Link, Text } from "@shopify/polaris";
import { TitledCard } from "./TitledCard.tsx";

interface ActivityListProps {
  readonly title: string;
  readonly note?: string | null;
  readonly entries: readonly {
    readonly id: string;
    readonly what: string;
    readonly why?: string | null;
    readonly who: string;
    readonly at: string;
    /** The page of the changed object, if that is another page. */
    readonly url?: string | null;
  }[];
}

/** Actions of the staff, newest first. */
export function ActivityList({ title, note = null, entries }: ActivityListProps) {
  return (
    <TitledCard title={title} note={note}>
      <BlockStack as="ol" gap="200">
        {entries.map(({ id, what, why, who, at, url }) => (
          <li key={id}>
            <Text as="p">{url ? <Link url={url}>{what}</Link> : what}</Text>
            {why ? (
              <Text as="p" variant="bodySm">
                {why}
              </Text>
            ) : null}
            <Text as="p" tone="subdued" variant="bodySm">{`${who}, ${at}`}</Text>
          </li>
        ))}
      </BlockStack>
    </TitledCard>
  );
}
