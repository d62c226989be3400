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
import { toBackendName } from "./LearningCard.tsx";

interface ListedRun {
  readonly id: string;
  readonly status: string;
  readonly isActive: boolean;
  readonly progressPercent: number;
  readonly message: string;
  readonly backend: string | null;
  readonly problem: string | null;
  readonly at: string;
}

const STATUS: Readonly<Record<string, { label: string; tone: NonNullable<BadgeProps["tone"]> }>> = {
  queued: { label: "Waiting", tone: "attention" },
  running: { label: "Running", tone: "info" },
  succeeded: { label: "Finished", tone: "success" },
  failed: { label: "Failed", tone: "critical" },
  cancelled: { label: "Stopped", tone: "warning" },
};

/** A run's status as a badge. */
export function RunStatusBadge({ status }: { readonly status: string }) {
  const known = STATUS[status];
  return known ? <Badge tone={known.tone}>{known.label}</Badge> : <Badge>{status}</Badge>;
}

/** The runs of a shop, newest first. */
export function RunList({ runs }: { readonly runs: readonly ListedRun[] }) {
  const { smDown: isNarrow } = useBreakpoints();
  if (runs.length === 0) {
    return (
      <Card>
        <EmptyState heading="Nothing learned yet" image="">
          <p>The first run starts by itself once your orders have been read. You can also start it now.</p>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card padding="0">
      <IndexTable
        resourceName={{ singular: "run", plural: "runs" }}
        itemCount={runs.length}
        condensed={isNarrow}
        selectable={false}
        headings={[
          { title: "When" },
          { title: "Status" },
          { title: "What happened" },
          { title: "Computed with" },
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
                <IndexTable.Cell>{run.backend ? toBackendName(run.backend) : ""}</IndexTable.Cell>
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
