import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Card, Page } from "@shopify/polaris";
import { useCallback, useMemo, useState } from "react";
import { z } from "zod";
import { DecisionModal, type PendingDecision } from "#app/components/DecisionModal.tsx";
import { NoSuggestions } from "#app/components/NoSuggestions.tsx";
import { SuggestionFilters, type SuggestionView } from "#app/components/SuggestionFilters.tsx";
import { SuggestionTable, type BulkDecision } from "#app/components/SuggestionTable.tsx";
import { useOutcomeToast, type Outcome } from "#app/components/use-outcome-toast.ts";
import { useRefresh } from "#app/components/use-refresh.ts";
import { deps } from "#app/deps.server.ts";
import { parseOr400 } from "#app/http.server.ts";
import { decideBundles } from "#app/services/decide-bundles.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/services/read-suggestions-page.server.ts";
import { authenticate } from "#app/shopify.server.ts";

const REFRESH_MS = 5_000;

const BulkCommand = z.object({
  decision: z.enum(["approve", "reject", "pause", "resume", "undo"]),
  ids: z.array(z.uuid()).min(1).max(100),
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const { searchParams } = new URL(request.url);
  const query = SuggestionQuery.parse({
    ...Object.fromEntries(searchParams),
    kind: searchParams.get("kind"),
  });
  return json({ list: await readSuggestionsPage(deps(), { shop: session.shop, query }) });
}

/** Decides the marked bundles and says how many. */
export async function action({ request }: ActionFunctionArgs) {
  const { session, sessionToken } = await authenticate.admin(request);
  const form = await request.formData();
  const { decision, ids } = parseOr400(BulkCommand, {
    decision: form.get("decision"),
    ids: form.getAll("id"),
  });
  const { decided, refused, reasons } = await decideBundles(deps(), {
    shop: session.shop,
    bundleIds: ids,
    decision,
    decidedBy: sessionToken?.sub ?? session.id,
    now: new Date(),
  });
  const done = `${DONE[decision]} ${decided === 1 ? "1 bundle" : `${decided} bundles`}`;
  const message = refused > 0 ? `${done}. ${refused} could not be changed: ${reasons.join(" ")}` : done;
  return json({ ok: refused === 0, message, decision, ids });
}

const DONE = {
  approve: "Approved",
  reject: "Rejected",
  pause: "Paused",
  resume: "Resumed",
  undo: "Took back",
} as const;

const DECISIONS: Readonly<Record<string, readonly BulkDecision[]>> = {
  decide: ["approve", "reject"],
  approved: ["pause", "resume"],
  rejected: ["approve"],
  retired: [],
};

export default function SuggestionsPage() {
  const { list } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const navigation = useNavigation();
  const decide = useFetcher<typeof action>();
  const start = useFetcher<Outcome>();
  const [pending, setPending] = useState<PendingDecision | null>(null);
  useRefresh(list?.run?.isActive ?? true, REFRESH_MS);

  const submit = useCallback(
    (decision: string, ids: readonly string[]) => {
      const form = new FormData();
      form.set("decision", decision);
      for (const id of ids) form.append("id", id);
      decide.submit(form, { method: "post" });
    },
    [decide],
  );
  const last = decide.data;
  const undo = useMemo(
    () =>
      last && last.decision !== "undo"
        ? { label: "Undo", onUndo: () => submit("undo", last.ids) }
        : undefined,
    [last, submit],
  );
  useOutcomeToast(last, undo);
  useOutcomeToast(start.data);

  const change = useCallback(
    (changes: Partial<SuggestionView> & { page?: number }) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete("page");
          for (const [name, value] of Object.entries(changes)) {
            if (value) after.set(name, String(value));
            else after.delete(name);
          }
          return after;
        },
        { preventScrollReset: true },
      );
    },
    [setParams],
  );

  if (!list) {
    return (
      <Page title="Bundles">
        <Banner>Your shop is being set up; the page opens by itself.</Banner>
      </Page>
    );
  }
  const { query } = list;
  return (
    <Page
      title="Bundles"
      subtitle="What your orders suggest, what you approved and what you turned down."
      fullWidth
      secondaryActions={list.run ? [{ content: "Last run", url: `/app/runs/${list.run.id}` }] : []}
    >
      <BlockStack gap="300">
        <Card padding="0">
          <SuggestionFilters
            view={query}
            tabs={list.tabs}
            isLoading={navigation.state === "loading"}
            onChange={change}
          />
        </Card>
        {list.bundles.length === 0 ? (
          <NoSuggestions
            tab={query.tab}
            isFiltered={query.search !== "" || query.kind !== null}
            run={list.run}
            onStart={() => start.submit({ intent: "start" }, { method: "post", action: "/app/runs?index" })}
          />
        ) : (
          <SuggestionTable
            key={`${query.tab}-${query.page}`}
            rows={list.bundles}
            decisions={DECISIONS[query.tab] ?? []}
            onDecide={(decision, ids) => setPending({ decision, ids })}
            onDecideOne={(decision, id) => submit(decision, [id])}
            page={{
              hasPrevious: query.page > 1,
              hasNext: list.hasNext,
              onTurn: (by) => change({ page: query.page + by }),
            }}
          />
        )}
      </BlockStack>
      <DecisionModal
        pending={pending}
        onClose={() => setPending(null)}
        onConfirm={() => {
          if (pending) submit(pending.decision, pending.ids);
          setPending(null);
        }}
      />
    </Page>
  );
}
