import { Button, InlineStack, Link, Text } from "@shopify/polaris";
import type { Translate } from "#app/locales/translate.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { RunState } from "#app/ui/RunList.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";

interface DecideCardProps {
  /** What there is to decide, or why nothing. */
  readonly text: string;
  readonly counts: { readonly toDecide: number; readonly live: number; readonly paused: number };
  /** The newest run; null before the first. */
  readonly latest: Pick<RunState, "status" | "isActive" | "at" | "problem"> | null;
  /** When it is tried again by itself after a failure; null where it is not, or did not fail. */
  readonly nextTry: string | null;
  readonly isStarting: boolean;
  readonly onStart: () => void;
}

/** What waits for the merchant, what shoppers see now, and the button that looks for more. */
export function DecideCard({ text, counts, latest, nextTry, isStarting, onStart }: DecideCardProps) {
  const { t } = useTranslation("home");
  const { toDecide, live, paused } = counts;
  return (
    <TitledCard title={t("decide.title")}>
      <Text as="p">{text}</Text>
      <InlineStack gap="200">
        {toDecide > 0 ? (
          <Button variant="primary" url="/app/suggestions">
            {t("decide.now")}
          </Button>
        ) : null}
        {latest?.isActive ? null : (
          <Button onClick={onStart} loading={isStarting}>
            {t("learning.start")}
          </Button>
        )}
      </InlineStack>
      {live + paused > 0 ? (
        <Text as="p">
          <Link url="/app/suggestions?tab=approved">
            {[
              ...(live > 0 ? [t("decide.live", { count: live })] : []),
              ...(paused > 0 ? [t("decide.paused", { count: paused })] : []),
            ].join(t("common:listSeparator"))}
          </Link>
        </Text>
      ) : null}
      {latest && !latest.isActive ? (
        <Text as="p" tone={latest.status === "failed" ? "critical" : "subdued"}>
          {[describe(latest, t), nextTry].filter(Boolean).join(" ")}
        </Text>
      ) : null}
    </TitledCard>
  );
}

function describe({ status, at, problem }: NonNullable<DecideCardProps["latest"]>, t: Translate): string {
  if (status === "failed") return t("learning.failed", { at, problem: problem ?? t("learning.noReason") });
  return status === "cancelled" ? t("learning.cancelled", { at }) : t("learning.done", { at });
}
