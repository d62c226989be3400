import { Badge, BlockStack, InlineStack, Link, Text, type BadgeProps } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { RunStatus } from "#app/domain/run-status.ts";
import { toBackendName } from "./backend-name.ts";
import { Progress } from "./Progress.tsx";
import { Rows } from "./Rows.tsx";

export interface RunState {
  readonly id: string;
  readonly status: RunStatus;
  readonly isActive: boolean;
  readonly step: string;
  readonly progressPercent: number;
  readonly message: string;
  readonly remaining: string | null;
  readonly backend: string | null;
  readonly problem: string | null;
  readonly at: string;
}

type ListedRun = Omit<RunState, "step" | "remaining">;

const TONE: Readonly<Record<RunStatus, NonNullable<BadgeProps["tone"]>>> = {
  queued: "attention",
  running: "info",
  succeeded: "success",
  failed: "critical",
  cancelled: "warning",
};

export function RunStatusBadge({ status }: { readonly status: RunStatus }) {
  const { t } = useTranslation("run");
  return <Badge tone={TONE[status]}>{t(`status.${status}`)}</Badge>;
}

export function RunList({ runs }: { readonly runs: readonly ListedRun[] }) {
  const { t } = useTranslation(["learning", "run"]);
  return (
    <Rows
      none={{ title: t("list.none"), text: t("list.noneText") }}
      rows={runs.map((run) => ({
        id: run.id,
        content: (
          <BlockStack gap="200">
            <InlineStack gap="300" blockAlign="center">
              <Link url={`/app/runs/${run.id}`} dataPrimaryLink removeUnderline>
                {run.at}
              </Link>
              <RunStatusBadge status={run.status} />
              {run.backend ? toBackendName(run.backend, t) : null}
            </InlineStack>
            {run.isActive ? (
              <Progress percent={run.progressPercent} />
            ) : (
              <Text as="span" breakWord>
                {run.problem ?? run.message}
              </Text>
            )}
          </BlockStack>
        ),
      }))}
    />
  );
}
