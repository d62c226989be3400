import { useFetcher } from "@remix-run/react";
import { Button, FormLayout, List, Select, Text, TextField } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import type { ResultsPage } from "./read-results-page.server.ts";

/** Days that the merchant leaves out of the comparison, with why, and what that changes. */
export function LeftOutCard({ reasons, days, without }: ResultsPage["leaveOut"]) {
  const { t } = useTranslation("results");
  const fetcher = useFetcher<Outcome>();
  const [typed, setTyped] = useState({ firstDay: "", lastDay: "", reason: reasons[0]! });
  useOutcomeToast(fetcher.data);
  const field = (name: keyof typeof typed) => ({
    label: t(`leaveOut.${name}`),
    value: typed[name],
    onChange: (value: string) => setTyped({ ...typed, [name]: value }),
  });
  return (
    <TitledCard title={t("leaveOut.title")} note={t("leaveOut.text")}>
      {days.length > 0 ? (
        <List>
          {days.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      ) : null}
      {without === null ? null : <Text as="p">{without}</Text>}
      <FormLayout>
        <FormLayout.Group condensed>
          <TextField {...field("firstDay")} type="date" autoComplete="off" />
          <TextField {...field("lastDay")} type="date" autoComplete="off" />
          <Select
            {...field("reason")}
            options={reasons.map((value) => ({ value, label: t(`leaveOut.reason.${value}`) }))}
          />
        </FormLayout.Group>
        <Button loading={fetcher.state !== "idle"} onClick={() => fetcher.submit(typed, { method: "post" })}>
          {t("leaveOut.action")}
        </Button>
      </FormLayout>
    </TitledCard>
  );
}
