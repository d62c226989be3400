import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";

interface LearningSummary {
  readonly id: string;
  readonly status: string;
  readonly at: string;
  readonly backend: string | null;
  readonly problem: string | null;
}

interface LearningCardProps {
  /** The newest run; null before the first. */
  readonly latest: LearningSummary | null;
  readonly onStart: () => void;
  readonly isStarting: boolean;
  /** False while something more urgent waits on the page, which has one main button. */
  readonly isMainAction: boolean;
}

/** When the app last learned from the orders, on what, and the button that makes it learn now. */
export function LearningCard({ latest, onStart, isStarting, isMainAction }: LearningCardProps) {
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="300">
          <Text as="h2" variant="headingMd">
            Find bundles
          </Text>
          <Button variant={isMainAction ? "primary" : "secondary"} onClick={onStart} loading={isStarting}>
            Find bundles now
          </Button>
        </InlineStack>
        <Text as="p" tone={latest?.status === "failed" ? "critical" : "subdued"}>
          {describe(latest)}
        </Text>
        {latest ? (
          <InlineStack>
            <Button url={`/app/runs/${latest.id}`} variant="plain">
              What was learned
            </Button>
          </InlineStack>
        ) : null}
      </BlockStack>
    </Card>
  );
}

function describe(latest: LearningSummary | null): string {
  if (!latest)
    return "The app has not learned from your orders yet. This takes a minute or two on most shops.";
  if (latest.status === "failed")
    return `The last attempt, ${latest.at}, failed: ${latest.problem ?? "no reason given"}`;
  if (latest.status === "cancelled") return `The last attempt was stopped on ${latest.at}.`;
  const backend = latest.backend ? `, computed with ${toBackendName(latest.backend)}` : "";
  return `Last learned ${latest.at}${backend}. It is repeated every week by itself.`;
}

/** A backend's technical name as the merchant may read it. */
export function toBackendName(backend: string): string {
  if (backend === "tfjs-node-gpu") return "TensorFlow on the graphics processor";
  if (backend === "tfjs-node") return "TensorFlow on the server's processor";
  if (backend === "wasm") return "TensorFlow.js (WebAssembly) on the server's processor";
  return backend;
}
