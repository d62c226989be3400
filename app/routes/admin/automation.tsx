import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, Box } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AutopilotCard } from "#app/pages/automation/AutopilotCard.tsx";
import { SettingsForm } from "#app/ui/settings/SettingsForm.tsx";
import { SEARCH_GROUPS } from "#app/domain/settings-fields.ts";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { readAutomationPage } from "#app/pages/automation/read-automation-page.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { switchAutopilotOff, switchAutopilotOn } from "#app/services/validate/switch-autopilot.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  return json({ page: await readAutomationPage(deps, { shop, words, now }) });
}

/** Saves the settings, or turns the autopilot on or off. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal, problems: [] }, { status: 403 });
  const form = await request.formData();
  const intent = form.get("intent");
  if (intent === "autopilot-on" || intent === "autopilot-off") {
    const collectionGids = form.getAll("collection").map(String);
    const seenGids = form.getAll("seen").map(String);
    const isAnew = form.get("anew") === "true";
    const wasOn = form.get("wasOn") === "true";
    if (intent === "autopilot-off") await switchAutopilotOff(deps, { shop });
    else if (!(await switchAutopilotOn(deps, { shop, now, collectionGids, seenGids, isAnew, wasOn })))
      return json({ ok: false, message: words.t("server:autopilot-off"), problems: [] }, { status: 409 });
    await record({ action: intent });
    return json({ ok: true, message: words.t(`server:${intent}`), problems: [] });
  }
  const outcome = await saveTypedSettings(deps, {
    shop,
    typed: Object.fromEntries(form),
    now,
    words,
    staffId,
  });
  return json(outcome, { status: outcome.ok ? 200 : 422 });
}

export const handle = { texts: ["automation", "settings"] };

export default function AutomationPage() {
  const { t } = useTranslation("automation");
  const { settings, names, autopilot } = useLoaderData<typeof loader>().page;
  const pilot = useFetcher<typeof action>();
  useOutcomeToast(pilot.data);
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      {/* On a phone, Polaris gives these headings no margin. */}
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <BlockStack gap="500">
          <AutopilotCard
            autopilot={autopilot}
            names={names}
            switching={pilot}
            onSwitchOn={(collectionGids, isAnew) => {
              const form = new FormData();
              form.set("intent", "autopilot-on");
              form.set("anew", String(isAnew));
              form.set("wasOn", String(autopilot.isOn));
              for (const gid of collectionGids) form.append("collection", gid);
              for (const gid of autopilot.collectionGids) form.append("seen", gid);
              pilot.submit(form, { method: "post" });
            }}
            onSwitchOff={() => pilot.submit({ intent: "autopilot-off" }, { method: "post" })}
          />
          <SettingsForm name="automation" groups={SEARCH_GROUPS} settings={settings} />
        </BlockStack>
      </Box>
    </Page>
  );
}
