import { BlockStack, Button, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Rows } from "#app/ui/Rows.tsx";
import type { FailedWork } from "./read-jobs-page.server.ts";

interface FailedWorkTableProps {
  readonly work: readonly FailedWork[];
  readonly isRetrying: boolean;
  readonly onRetry: (work: FailedWork) => void;
}

/** Jobs that have a name in a merchant's words. */
const NAMES: Readonly<Record<string, string>> = {
  "collect.backfill": "backfill",
  "collect.reconcile": "reconcile",
  "collect.erase": "erase",
  "prepare.start": "learn",
  "publish.reconcile": "publish",
  "publish.flow": "flow",
};

/** Work that was given up, each with the reason and a way to try it again. */
export function FailedWorkTable({ work, isRetrying, onRetry }: FailedWorkTableProps) {
  const { t } = useTranslation("jobs");
  return (
    <Rows
      none={{ title: t("none.title"), text: t("none.text") }}
      rows={work.map((failed) => ({
        id: `${failed.kind} ${failed.id}`,
        content: (
          <BlockStack gap="100" inlineAlign="start">
            <WorkName failed={failed} />
            <InlineStack gap="300">
              <FailedAt at={failed.at} />
              <Text as="span" tone="subdued">
                {`${t("attempts")} ${failed.attempts}`}
              </Text>
            </InlineStack>
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

function WorkName({ failed: { name } }: { failed: FailedWork }) {
  const { t } = useTranslation("jobs");
  return (
    <Text as="span" fontWeight="semibold">
      {NAMES[name] ? t(`name.${NAMES[name]}`) : t("message", { topic: name })}
    </Text>
  );
}

function FailedAt({ at }: { at: string }) {
  const { i18n } = useTranslation("jobs");
  const format = new Intl.DateTimeFormat(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return <time dateTime={at}>{format.format(new Date(at))} UTC</time>;
}
