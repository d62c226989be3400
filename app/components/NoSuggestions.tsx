import { Button, Card, BlockStack, InlineStack, Text } from "@shopify/polaris";

interface NoSuggestionsProps {
  readonly tab: string;
  readonly isFiltered: boolean;
  /** The newest run; null before the first. */
  readonly run: { readonly id: string; readonly isActive: boolean; readonly status: string } | null;
  readonly onStart: () => void;
}

/** An empty view, and what is missing for it to fill. */
export function NoSuggestions({ tab, isFiltered, run, onStart }: NoSuggestionsProps) {
  const { title, text, action } = describe(tab, isFiltered, run);
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <Text as="p" tone="subdued">
          {text}
        </Text>
        <InlineStack gap="200">
          {action === "start" ? (
            <Button variant="primary" onClick={onStart}>
              Find bundles now
            </Button>
          ) : null}
          {action === "run" && run ? <Button url={`/app/runs/${run.id}`}>See what was found</Button> : null}
          {action === "decide" ? <Button url="/app/suggestions">Look at the suggestions</Button> : null}
        </InlineStack>
      </BlockStack>
    </Card>
  );
}

type Next = "start" | "run" | "decide" | null;

function describe(
  tab: string,
  isFiltered: boolean,
  run: NoSuggestionsProps["run"],
): { title: string; text: string; action: Next } {
  if (isFiltered)
    return { title: "No bundle fits", text: "Take away the search or the filter.", action: null };
  if (tab === "approved") {
    return {
      title: "Nothing approved yet",
      text: "Bundles that you approve are shown here, with what they do on your storefront.",
      action: "decide",
    };
  }
  if (tab === "rejected") {
    return {
      title: "Nothing rejected",
      text: "What you reject is kept here and can be taken back.",
      action: null,
    };
  }
  if (tab === "retired")
    return { title: "Nothing has ended", text: "Bundles past their last day are kept here.", action: null };
  if (!run) {
    return {
      title: "No suggestions yet",
      text: "They come once the app has learned from your orders, which takes a minute or two.",
      action: "start",
    };
  }
  if (run.isActive) {
    return {
      title: "Looking for bundles",
      text: "The app is learning from your orders. Suggestions appear here.",
      action: "run",
    };
  }
  return {
    title: "Nothing waits for a decision",
    text: "Either everything is decided, or the evidence was too thin. The last run says what was looked at, and how many orders are missing.",
    action: "run",
  };
}
