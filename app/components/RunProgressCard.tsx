import { BlockStack, Button, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";

interface RunProgress {
  readonly id: string;
  readonly step: string;
  readonly progressPercent: number;
  readonly message: string;
  readonly remaining: string | null;
}

/** What each step of a run is doing, in the merchant's words. */
const STEP_TEXT: Readonly<Record<string, string>> = {
  prepare: "Reading your orders",
  behaviour: "Learning what is bought together",
  trends: "Learning where demand is heading",
  propose: "Putting bundles together",
  validate: "Testing them on later orders",
};

interface RunProgressCardProps {
  readonly run: RunProgress;
  readonly onCancel: () => void;
  readonly isCancelling: boolean;
}

/** The run at work: which step, how far, how long still, and a way to stop it. */
export function RunProgressCard({ run, onCancel, isCancelling }: RunProgressCardProps) {
  const title = STEP_TEXT[run.step] ?? "Working";
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="300">
          <Text as="h2" variant="headingMd">
            {title}
          </Text>
          <Button onClick={onCancel} loading={isCancelling} size="slim">
            Stop
          </Button>
        </InlineStack>
        <div role="status" aria-live="polite">
          <BlockStack gap="200">
            <ProgressBar progress={run.progressPercent} size="small" ariaLabelledBy={`run-${run.id}`} />
            <Text as="p" tone="subdued" id={`run-${run.id}`}>
              {[`${run.progressPercent}%`, run.message, run.remaining].filter(Boolean).join(" · ")}
            </Text>
          </BlockStack>
        </div>
      </BlockStack>
    </Card>
  );
}
