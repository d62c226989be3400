import { Button, Card, BlockStack, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { RunStatus } from "#app/domain/run-status.ts";
import { Subdued } from "#app/ui/Subdued.tsx";

interface NoSuggestionsProps {
  readonly tab: string;
  readonly isFiltered: boolean;
  /** The newest run; null before the first. */
  readonly run: { readonly id: string; readonly isActive: boolean; readonly status: RunStatus } | null;
  readonly onStart: () => void;
}

/** An empty view, and what is missing for it to fill. */
export function NoSuggestions({ tab, isFiltered, run, onStart }: NoSuggestionsProps) {
  const { t } = useTranslation("bundles");
  const { name, action } = describe(tab, isFiltered, run);
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          {t(`none.${name}.title`)}
        </Text>
        <Subdued>{t(`none.${name}.text`)}</Subdued>
        <InlineStack gap="200">
          {action === "start" ? (
            <Button variant="primary" onClick={onStart}>
              {t("none.start")}
            </Button>
          ) : null}
          {action === "run" && run ? <Button url={`/app/runs/${run.id}`}>{t("none.found")}</Button> : null}
          {action === "decide" ? <Button url="/app/suggestions">{t("none.look")}</Button> : null}
        </InlineStack>
      </BlockStack>
    </Card>
  );
}

type Next = "start" | "run" | "decide" | null;

/** Which view is empty and why, and what helps. */
function describe(
  tab: string,
  isFiltered: boolean,
  run: NoSuggestionsProps["run"],
): { name: string; action: Next } {
  if (isFiltered) return { name: "filtered", action: null };
  if (tab === "approved") return { name: "approved", action: "decide" };
  if (tab === "rejected" || tab === "retired") return { name: tab, action: null };
  if (!run) return { name: "never", action: "start" };
  return { name: run.isActive ? "learning" : "decided", action: "run" };
}
