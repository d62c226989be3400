import {
  Badge,
  BlockStack,
  Box,
  Card,
  EmptyState,
  IndexTable,
  Link,
  ProgressBar,
  Text,
  useBreakpoints,
  type BadgeProps,
} from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { RunStatus } from "#app/domain/run-status.ts";
import { BackendName } from "./BackendName.tsx";

interface ListedRun {
  readonly id: string;
  readonly status: RunStatus;
  readonly isActive: boolean;
  readonly progressPercent: number;
  readonly message: string;
  readonly backend: string | null;
  readonly problem: string | null;
  readonly at: string;
}

const TONE: Readonly<Record<RunStatus, NonNullable<BadgeProps["tone"]>>> = {
  queued: "attention",
  running: "info",
  succeeded: "success",
  failed: "critical",
  cancelled: "warning",
};

/** A run's status as a badge. */
export function RunStatusBadge({ status }: { readonly status: RunStatus }) {
  const { t } = useTranslation("run");
  return <Badge tone={TONE[status]}>{t(`status.${status}`)}</Badge>;
}

/** The runs of a shop, newest first. */
export function RunList({ runs }: { readonly runs: readonly ListedRun[] }) {
  const { t } = useTranslation("learning");
  const { smDown: isNarrow } = useBreakpoints();
  if (runs.length === 0) {
    return (
      <Card>
        <EmptyState heading={t("list.none")} image="">
          <p>{t("list.noneText")}</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card padding="0">
      <IndexTable
        resourceName={{ singular: t("list.run"), plural: t("list.runs") }}
        itemCount={runs.length}
        condensed={isNarrow}
        selectable={false}
        headings={[
          { title: t("list.when") },
          { title: t("list.status") },
          { title: t("list.outcome") },
          { title: t("list.backend") },
        ]}
      >
        {runs.map((run, index) => (
          <IndexTable.Row key={run.id} id={run.id} position={index}>
            {isNarrow ? (
              <Box padding="400">
                <BlockStack gap="100" inlineAlign="start">
                  <RunLink run={run} />
                  <RunStatusBadge status={run.status} />
                  <RunOutcome run={run} />
                </BlockStack>
              </Box>
            ) : (
              <>
                <IndexTable.Cell>
                  <RunLink run={run} />
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <RunStatusBadge status={run.status} />
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <RunOutcome run={run} />
                </IndexTable.Cell>
                <IndexTable.Cell>
                  {run.backend ? <BackendName backend={run.backend} /> : null}
                </IndexTable.Cell>
              </>
            )}
          </IndexTable.Row>
        ))}
      </IndexTable>
    </Card>
  );
}

function RunLink({ run }: { run: ListedRun }) {
  return (
    <Link url={`/app/runs/${run.id}`} dataPrimaryLink removeUnderline>
      {run.at}
    </Link>
  );
}

function RunOutcome({ run }: { run: ListedRun }) {
  if (run.isActive) return <ProgressBar progress={run.progressPercent} size="small" />;
  return (
    <Text as="span" breakWord>
      {run.problem ?? run.message}
    </Text>
  );
}
