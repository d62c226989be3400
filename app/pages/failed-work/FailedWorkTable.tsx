import { BlockStack, Button, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Rows } from "#app/ui/Rows.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import type { FailedWork } from "./read-jobs-page.server.ts";

interface FailedWorkTableProps {
  readonly work: readonly FailedWork[];
  readonly isRetrying: boolean;
  readonly onRetry: (work: FailedWork) => void;
}

/** Jobs with a display name. */
const NAMES: Readonly<Record<string, string>> = {
  "collect.backfill": "backfill",
  "collect.reconcile": "reconcile",
  "collect.erase": "erase",
  "prepare.start": "learn",
  "publish.reconcile": "publish",
  "publish.flow": "flow",
};

export function FailedWorkTable({ work, isRetrying, onRetry }: FailedWorkTableProps) {
  const { t } = useTranslation("jobs");
  return (
    <Rows
      none={{ title: t("none.title"), text: t("none.text") }}
      rows={work.map((failed) => ({
        id: `${failed.kind} ${failed.id}`,
        content: (
          <BlockStack gap="100" inlineAlign="start">
            <Text as="span" fontWeight="semibold">
              {NAMES[failed.name] ? t(`name.${NAMES[failed.name]}`) : t("message", { topic: failed.name })}
            </Text>
            <Subdued>{`${failed.at} · ${t("attempts")} ${failed.attempts}`}</Subdued>
            <Text as="p">{failed.problem}</Text>
            <Button disabled={isRetrying} onClick={() => onRetry(failed)}>
              {t("retry")}
            </Button>
          </BlockStack>
        ),
      }))}
    />
  );
}
