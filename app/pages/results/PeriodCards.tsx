import { BlockStack, Text, Button, FormLayout, List, Select, TextField } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { ResultsPage } from "./read-results-page.server.ts";
import { useFetcher } from "@remix-run/react";
import { useDraft } from "#app/ui/hooks/use-draft.ts";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";

interface MetricsCardProps {
  readonly metrics: ResultsPage["metrics"];
  /** Whether purchases that no offer can affect are counted as equal in both arms. */
  readonly isReachKnown: boolean;
}

/** Every compared metric, with its exact meaning below its name. */
export function MetricsCard({ metrics, isReachKnown }: MetricsCardProps) {
  const { t } = useTranslation("results");
  if (metrics.length === 0) return null;
  const hasRanges = metrics.some(({ difference }) => difference.interval !== "");
  const columns = ["figure", "withOffers", "without", ...(hasRanges ? ["difference", "range"] : [])];
  return (
    <TitledCard title={t("metrics.title")} note={hasRanges ? t("metrics.text") : t("metrics.early")}>
      {isReachKnown ? <Subdued>{t("metrics.reach")}</Subdued> : null}
      <FiguresTable
        label={t("metrics.title")}
        textColumns={[0, columns.indexOf("range")]}
        headings={columns.map((column) => t(`column.${column}`))}
        rows={metrics.map(({ name, isPrimary, treated, holdout, difference }) => [
          <BlockStack key={name} gap="050">
            <Text as="span" fontWeight={isPrimary ? "semibold" : "regular"}>
              {t(`metric.${name}`)}
            </Text>
            <Text as="span" tone="subdued" variant="bodySm" breakWord>
              {t(`metricMeaning.${name}`)}
            </Text>
          </BlockStack>,
          treated,
          holdout,
          ...(hasRanges ? [difference.value, difference.interval] : []),
        ])}
      />
    </TitledCard>
  );
}

/** The draft of the form, kept by the page so that it survives while the card is not drawn. */
export function useLeftOutForm([reason]: ResultsPage["leaveOut"]["reasons"]) {
  const fetcher = useFetcher<Outcome>();
  const untyped = { firstDay: "", lastDay: "", reason: reason! };
  // Cleared after saving, so that a second click does not add the same days again.
  return { ...useDraft("left-out-days", untyped, fetcher), untyped, fetcher };
}

type LeftOutCardProps = ResultsPage["leaveOut"] & { readonly form: ReturnType<typeof useLeftOutForm> };

/** Days that the merchant excludes from the comparison, with the reason and the effect. */
export function LeftOutCard({ reasons, days, without, form }: LeftOutCardProps) {
  const { t } = useTranslation("results");
  const { draft, change, takeChanges, untyped, fetcher } = form;
  const undoing = useFetcher<Outcome>();
  useOutcomeToast(fetcher.data);
  useOutcomeToast(undoing.data);
  const field = (name: keyof typeof untyped) => ({
    label: t(`leaveOut.${name}`),
    value: draft[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  const leaveOut = () => fetcher.submit({ ...untyped, ...takeChanges() }, { method: "post" });
  return (
    <TitledCard title={t("leaveOut.title")} note={t("leaveOut.text")}>
      {days.length > 0 ? (
        <List>
          {days.map(({ id, text, isUndoable }) => (
            <List.Item key={id}>
              {text}{" "}
              {isUndoable ? (
                <Button
                  variant="plain"
                  accessibilityLabel={`${t("leaveOut.undo")}: ${text}`}
                  onClick={() => undoing.submit({ undo: id }, { method: "post" })}
                >
                  {t("leaveOut.undo")}
                </Button>
              ) : null}
            </List.Item>
          ))}
        </List>
      ) : null}
      {without === null ? null : <Text as="p">{without}</Text>}
      <FormLayout>
        <FormLayout.Group>
          <TextField {...field("firstDay")} type="date" autoComplete="off" />
          <TextField {...field("lastDay")} type="date" autoComplete="off" />
          <Select
            {...field("reason")}
            options={reasons.map((value) => ({ value, label: t(`leaveOut.reason.${value}`) }))}
          />
        </FormLayout.Group>
        <Button loading={fetcher.state !== "idle"} onClick={leaveOut}>
          {t("leaveOut.action")}
        </Button>
      </FormLayout>
    </TitledCard>
  );
}
