import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";

interface DecisionEntry {
  readonly id: string;
  readonly what: string;
  /** Null where no reason was given. */
  readonly why: string | null;
  readonly who: string;
  readonly at: string;
}

interface DecisionHistoryProps {
  readonly decisions: readonly DecisionEntry[];
  readonly isUndoable: boolean;
  readonly onUndo: () => void;
}

/** Who decided what and when, newest first; the newest decision can be taken back. */
export function DecisionHistory({ decisions, isUndoable, onUndo }: DecisionHistoryProps) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {t("history.title")}
          </Text>
          {isUndoable ? (
            <Button onClick={onUndo} size="slim">
              {t("history.undo")}
            </Button>
          ) : null}
        </InlineStack>
        {decisions.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("history.none")}
          </Text>
        ) : (
          <BlockStack as="ol" gap="200">
            {decisions.map(({ id, what, why, who, at }) => (
              <li key={id}>
                <Text as="p">{what}</Text>
                {why === null ? null : (
                  <Text as="p" variant="bodySm">
                    {why}
                  </Text>
                )}
                <Text as="p" tone="subdued" variant="bodySm">{`${who}, ${at}`}</Text>
              </li>
            ))}
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}
