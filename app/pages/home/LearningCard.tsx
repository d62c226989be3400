import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { RunStatus } from "#app/domain/run-status.ts";

interface LearningSummary {
  readonly id: string;
  readonly status: RunStatus;
  readonly at: string;
  readonly problem: string | null;
}

interface LearningCardProps {
  /** The newest run; null before the first. */
  readonly latest: LearningSummary | null;
  /** When it is tried again by itself after a failure; null where it is not, or did not fail. */
  readonly nextTry: string | null;
  readonly onStart: () => void;
  readonly isStarting: boolean;
  /** False while something more urgent waits on the page, which has one main button. */
  readonly isMainAction: boolean;
}

/** When the app last learned from the orders, on what, and the button that makes it learn now. */
export function LearningCard({ latest, nextTry, onStart, isStarting, isMainAction }: LearningCardProps) {
  const { t } = useTranslation("home");
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="300">
          <Text as="h2" variant="headingMd">
            {t("learning.title")}
          </Text>
          <Button variant={isMainAction ? "primary" : "secondary"} onClick={onStart} loading={isStarting}>
            {t("learning.start")}
          </Button>
        </InlineStack>
        <Text as="p" tone={latest?.status === "failed" ? "critical" : "subdued"}>
          {describe(latest, t)}
        </Text>
        {latest?.status === "failed" && nextTry ? (
          <Text as="p" tone="subdued">
            {nextTry}
          </Text>
        ) : null}
        {latest ? (
          <InlineStack>
            <Button url={`/app/runs/${latest.id}`} variant="plain">
              {t("learning.link")}
            </Button>
          </InlineStack>
        ) : null}
      </BlockStack>
    </Card>
  );
}

function describe(latest: LearningSummary | null, t: TFunction): string {
  if (!latest) return t("learning.never");
  const { status, at, problem } = latest;
  if (status === "failed") return t("learning.failed", { at, problem: problem ?? t("learning.noReason") });
  if (status === "cancelled") return t("learning.cancelled", { at });
  return t("learning.done", { at });
}
