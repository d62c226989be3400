import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, Box, Page } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PauseAllCard } from "#app/components/PauseAllCard.tsx";
import { PublishingCard } from "#app/components/PublishingCard.tsx";
import { SettingsForm } from "#app/components/SettingsForm.tsx";
import { SETTING_GROUPS } from "#app/components/settings-fields.ts";
import { useOutcomeToast } from "#app/components/use-outcome-toast.ts";
import { deps } from "#app/deps.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { pauseAllBundles } from "#app/services/pause-all-bundles.server.ts";
import { readSettings } from "#app/services/read-settings.server.ts";
import { saveTypedSettings } from "#app/services/save-typed-settings.server.ts";

const PAUSE_ALL = "pause-all";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop } = await openPageRequest(request);
  return json({ settings: await readSettings(deps(), { shop }) });
}

/** Saves the settings, or takes all offers down. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop, staffId, words } = await openPageRequest(request);
  const now = new Date();
  const { intent, ...typed } = Object.fromEntries(await request.formData());
  if (intent === PAUSE_ALL) {
    const { decided, refused, reasons } = await pauseAllBundles(deps(), {
      shop,
      decidedBy: staffId,
      now,
    });
    const paused = words.t("server:done.pause", { count: decided });
    return json({ ok: refused === 0, message: [paused, ...reasons].join(". "), problems: [] });
  }
  const outcome = await saveTypedSettings(deps(), { shop, typed, now, words });
  return json(outcome, { status: outcome.ok ? 200 : 422 });
}

export const handle = { texts: ["settings"] };

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const { settings } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const pauseAll = useFetcher<typeof action>();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  useOutcomeToast(fetcher.data);
  useOutcomeToast(pauseAll.data);
  const saved = toTexts(settings);
  const values = { ...saved, ...typed };
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      {/* Polaris sets headings beside cards without a margin of their own on a phone. */}
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <BlockStack gap="500">
          <SettingsForm
            values={values}
            problems={fetcher.data?.problems ?? []}
            isDirty={Object.entries(values).some(([name, value]) => value !== saved[name])}
            isSaving={fetcher.state !== "idle"}
            onChange={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
            onSave={() => fetcher.submit(values, { method: "post" })}
            onDiscard={() => setTyped({})}
          />
          <PublishingCard />
          <PauseAllCard
            isPausing={pauseAll.state !== "idle"}
            onPauseAll={() => pauseAll.submit({ intent: PAUSE_ALL }, { method: "post" })}
          />
        </BlockStack>
      </Box>
    </Page>
  );
}

/** What stands in the fields: ratios as percent, without the dust of binary fractions. */
function toTexts(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    SETTING_GROUPS.flatMap(({ fields }) =>
      fields.map(({ name, unit }) => {
        if (unit === "choice") return [name, String(settings[name])];
        const value = Number(settings[name]);
        return [name, String(unit === "percent" ? Number((value * 100).toFixed(4)) : value)];
      }),
    ),
  );
}
