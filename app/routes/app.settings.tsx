import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Page } from "@shopify/polaris";
import { useState } from "react";
import { SettingsForm } from "#app/components/SettingsForm.tsx";
import { SETTING_GROUPS } from "#app/components/settings-fields.ts";
import { useOutcomeToast } from "#app/components/use-outcome-toast.ts";
import { deps } from "#app/deps.server.ts";
import { readSettings } from "#app/services/read-settings.server.ts";
import { saveTypedSettings } from "#app/services/save-typed-settings.server.ts";
import { authenticate } from "#app/shopify.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  return json({ settings: await readSettings(deps(), { shop: session.shop }) });
}

export async function action({ request }: ActionFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const outcome = await saveTypedSettings(deps(), {
    shop: session.shop,
    typed: Object.fromEntries(await request.formData()),
    now: new Date(),
  });
  return json(outcome, { status: outcome.ok ? 200 : 422 });
}

export default function SettingsPage() {
  const { settings } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  useOutcomeToast(fetcher.data);
  const saved = toTexts(settings);
  const values = { ...saved, ...typed };
  return (
    <Page title="Settings" subtitle="Changes reach your storefront within a minute.">
      <SettingsForm
        values={values}
        problems={fetcher.data?.problems ?? []}
        isDirty={Object.entries(values).some(([name, value]) => value !== saved[name])}
        isSaving={fetcher.state !== "idle"}
        onChange={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
        onSave={() => fetcher.submit(values, { method: "post" })}
        onDiscard={() => setTyped({})}
      />
    </Page>
  );
}

/** What stands in the fields: ratios as percent, without the dust of binary fractions. */
function toTexts(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    SETTING_GROUPS.flatMap(({ fields }) =>
      fields.map(({ name, unit }) => {
        const value = Number(settings[name]);
        return [name, String(unit === "percent" ? Number((value * 100).toFixed(4)) : value)];
      }),
    ),
  );
}
