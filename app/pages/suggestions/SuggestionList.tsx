import {
  BlockStack,
  Button,
  ButtonGroup,
  Card,
  Checkbox,
  InlineStack,
  Text,
  Banner,
  List,
} from "@shopify/polaris";
import { Fragment, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { canMove } from "#app/domain/bundle-status.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { SeenBundle } from "./DecisionModal.tsx";
import { SuggestionItem, type SuggestionRow } from "./SuggestionItem.tsx";
import type { DecisionConflict } from "#app/ui/ConflictModal.tsx";
import type { SuggestionsPage } from "./read-suggestions-page.server.ts";

export type BulkDecision = "approve" | "reject" | "pause" | "resume";

interface SuggestionListProps {
  readonly rows: readonly SuggestionRow[];
  readonly decisions: readonly BulkDecision[];
  /** Whether to group the rows by whether they can be shown today. */
  readonly isByReadiness: boolean;
  /** @param onDecided clears the marks; not called after a cancelled or refused decision */
  readonly onDecide: (decision: BulkDecision, bundles: readonly SeenBundle[], onDecided: () => void) => void;
  /** Edits several bundles; null in a view without edits. */
  readonly onEdit: ((bundles: readonly SeenBundle[], onSaved: () => void) => void) | null;
  /** Decides one row without a confirmation; it can be undone. */
  readonly onDecideOne: (decision: "approve" | "reject", bundle: SeenBundle) => void;
  /** While a decision is pending; the response of another would replace its own. */
  readonly isBusy: boolean;
  readonly page: { readonly hasPrevious: boolean; readonly hasNext: boolean; onTurn(by: 1 | -1): void };
}

/** The offers of one view, best first, with bulk decisions. */
export function SuggestionList({
  rows,
  decisions,
  isByReadiness,
  onDecide,
  onEdit,
  onDecideOne,
  isBusy,
  page,
}: SuggestionListProps) {
  const { t } = useTranslation("bundles");
  const [everMarked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const marked = rows.filter(({ id }) => everMarked.has(id));
  // A row that leaves the list loses its mark; otherwise it would be decided with the others when it comes back.
  if (marked.length < everMarked.size) setMarked(new Set(marked.map(({ id }) => id)));
  const isDeciding = rows.every(({ status }) => status === "proposed");
  const canMark = decisions.length > 0;
  return (
    <Card padding="0">
      <BlockStack>
        {canMark ? (
          <div style={{ padding: "var(--p-space-200) var(--p-space-400)" }}>
            <InlineStack gap="300" blockAlign="center">
              <Checkbox
                label={marked.length === 0 ? t("select.all") : t("select.count", { count: marked.length })}
                checked={marked.length === rows.length}
                onChange={(isAll) => setMarked(new Set(isAll ? rows.map(({ id }) => id) : []))}
              />
              {marked.length === 0 ? null : (
                <ButtonGroup>
                  {decisions.map((decision) => {
                    // The tab has paused and live offers, and a live one cannot be resumed.
                    const fitting = marked.filter(({ status }) => canMove(status, decision));
                    return (
                      <Button
                        key={decision}
                        disabled={fitting.length === 0}
                        onClick={() => onDecide(decision, fitting, () => setMarked(new Set()))}
                      >
                        {t(`common:${decision}`)}
                      </Button>
                    );
                  })}
                  {onEdit ? (
                    <Button disabled={isBusy} onClick={() => onEdit(marked, () => setMarked(new Set()))}>
                      {t("shared.action")}
                    </Button>
                  ) : null}
                </ButtonGroup>
              )}
            </InlineStack>
          </div>
        ) : null}
        <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
          {rows.map((row, index) => {
            const before = rows[index - 1];
            const isFirst = isByReadiness && before?.readiness !== row.readiness;
            return (
              <Fragment key={row.id}>
                {isFirst ? <GroupHeading of={row.readiness} /> : null}
                <SuggestionItem
                  row={row}
                  level={isByReadiness ? "h3" : "h2"}
                  isOfSame={isByReadiness && !isFirst && before?.anchor === row.anchor}
                  mark={
                    canMark
                      ? {
                          isMarked: everMarked.has(row.id),
                          onChange: (isMarked) => setMarked(withMark(everMarked, row.id, isMarked)),
                        }
                      : null
                  }
                  isBusy={isBusy}
                  onDecide={isDeciding ? onDecideOne : null}
                />
              </Fragment>
            );
          })}
        </ul>
        {page.hasPrevious || page.hasNext ? (
          <div style={{ padding: "var(--p-space-300) var(--p-space-400)" }}>
            <InlineStack gap="200" align="end">
              <Button disabled={!page.hasPrevious} onClick={() => page.onTurn(-1)}>
                {t("page.previous")}
              </Button>
              <Button disabled={!page.hasNext} onClick={() => page.onTurn(1)}>
                {t("page.next")}
              </Button>
            </InlineStack>
          </div>
        ) : null}
      </BlockStack>
    </Card>
  );
}

function withMark(marked: ReadonlySet<string>, id: string, isMarked: boolean): ReadonlySet<string> {
  const others = [...marked].filter((other) => other !== id);
  return new Set(isMarked ? [...others, id] : others);
}

function GroupHeading({ of: readiness }: { readonly of: SuggestionRow["readiness"] }) {
  const { t } = useTranslation("bundles");
  return (
    <li style={{ padding: "var(--p-space-500) var(--p-space-400) var(--p-space-200)" }}>
      <Text as="h2" variant="headingMd">
        {t(`group.${readiness}`)}
      </Text>
      <Subdued>{t(`groupText.${readiness}`)}</Subdued>
    </li>
  );
}

interface NoSuggestionsProps {
  readonly tab: string;
  readonly isFiltered: boolean;
  readonly run: SuggestionsPage["run"];
  readonly onStart: () => void;
}

/** Explains an empty view and what would fill it. */
export function NoSuggestions({ tab, isFiltered, run, onStart }: NoSuggestionsProps) {
  const { t } = useTranslation("bundles");
  const name = nameEmptyView(tab, isFiltered, run);
  return (
    <TitledCard
      title={t(`none.${name}.title`)}
      note={(name === "decided" && run?.nothingFound) || t(`none.${name}.text`)}
    >
      <InlineStack gap="200">
        {name === "never" ? (
          <Button variant="primary" onClick={onStart}>
            {t("none.start")}
          </Button>
        ) : null}
        {run && (name === "learning" || name === "decided") ? (
          <Button url={`/app/runs/${run.id}`}>{t(run.isActive ? "none.watch" : "none.found")}</Button>
        ) : null}
        {name === "approved" ? <Button url="/app/suggestions">{t("none.look")}</Button> : null}
      </InlineStack>
    </TitledCard>
  );
}

/** The name of an empty view's texts. */
function nameEmptyView(tab: string, isFiltered: boolean, run: NoSuggestionsProps["run"]) {
  if (isFiltered) return "filtered";
  if (tab === "approved" || tab === "rejected" || tab === "retired") return tab;
  if (run?.isActive) return "learning";
  return run?.isOver ? "decided" : "never";
}

interface ConflictBannerProps {
  readonly wished: "decision" | "edit";
  readonly bundles: readonly DecisionConflict[];
  readonly onDismiss: () => void;
}

/** Lists the bundles that a bulk decision or edit skipped because of a conflict. */
export function ConflictBanner({ wished, bundles, onDismiss }: ConflictBannerProps) {
  const { t } = useTranslation("common");
  if (bundles.length === 0) return null;
  return (
    <Banner
      tone="warning"
      title={t(wished === "edit" ? "conflict.leftEdit" : "conflict.left", { count: bundles.length })}
      onDismiss={onDismiss}
    >
      <List>
        {bundles.map(({ bundleId, title, text }) => (
          <List.Item key={bundleId}>{t("sentences", { text: title, next: text })}</List.Item>
        ))}
      </List>
    </Banner>
  );
}
