import { BlockStack, Button, Card, InlineStack, Layout, Modal, Text } from "@shopify/polaris";
import { useState } from "react";

interface PauseAllCardProps {
  readonly isPausing: boolean;
  readonly onPauseAll: () => void;
}

/** The way to take every offer off the storefront at once, asked about before it is done. */
export function PauseAllCard({ isPausing, onPauseAll }: PauseAllCardProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <Layout>
      <Layout.AnnotatedSection
        title="Stop"
        description="For a sale of your own, or when something looks wrong."
      >
        <Card roundedAbove="xs">
          <BlockStack gap="300">
            <Text as="p">
              Pausing takes every offer and its discount off your storefront within a minute. Nothing is lost:
              you can resume each bundle, or all of them, from the list of approved bundles.
            </Text>
            <InlineStack>
              <Button tone="critical" loading={isPausing} onClick={() => setAsking(true)}>
                Pause all offers
              </Button>
            </InlineStack>
          </BlockStack>
        </Card>
      </Layout.AnnotatedSection>
      <Modal
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Pause all offers?"
        primaryAction={{
          content: "Pause all offers",
          destructive: true,
          onAction: () => {
            setAsking(false);
            onPauseAll();
          },
        }}
        secondaryActions={[{ content: "Cancel", onAction: () => setAsking(false) }]}
      >
        <Modal.Section>
          <Text as="p">Shoppers see no bundle and get no bundle discount until you resume.</Text>
        </Modal.Section>
      </Modal>
    </Layout>
  );
}
