import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { lazy, Suspense } from "react";
import { z } from "zod";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { BundleStatusBadge, toKindName } from "#app/ui/BundleStatusBadge.tsx";
import { DiagnosisCard } from "#app/pages/bundle/diagnosis/DiagnosisCard.tsx";
import { ConflictModal, type DecisionConflict, useConflict } from "#app/ui/ConflictModal.tsx";
import { BundleDetails } from "#app/pages/bundle/BundleDetails.tsx";
import { OfferPreview } from "#app/pages/bundle/OfferPreview.tsx";
import { OfferSummary } from "#app/pages/bundle/OfferSummary.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { useRefresh } from "#app/ui/hooks/use-refresh.ts";
import { useOfferTerms } from "#app/pages/bundle/terms/use-offer-terms.ts";
import { TermsCard } from "#app/pages/bundle/terms/TermsCard.tsx";
import { toUnits } from "#app/pages/bundle/terms/terms-draft.ts";
import { useBundleDecision } from "#app/pages/bundle/use-bundle-decision.ts";
import { useOfferFigures } from "#app/pages/bundle/use-offer-figures.ts";
import { parseJson, parseOr400 } from "#app/web/http.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { ACCEPTED_STATUSES, BUNDLE_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import { DECISIONS, type DecidedMove } from "#app/domain/validate/decide.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { decideBundle, TermsVersion } from "#app/services/validate/decide-bundle.server.ts";
import { tellDecided } from "#app/services/validate/tell-decided.server.ts";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import { describeConflicts } from "#app/pages/describe-decision.server.ts";
import { editBundleTerms } from "#app/services/validate/edit-bundle.server.ts";
import type { FieldMessage } from "#app/services/validate/typed-terms.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";

const REFRESH_MS = 3_000;

const BundleCommand = z.discriminatedUnion("intent", [
  z.object({
    intent: z.enum(DECISIONS),
    /** The status of the bundle on the page of the decision. */
    seen: z.enum(BUNDLE_STATUSES).optional(),
    /** The terms on that page; `termsVersionOf`. */
    seenTerms: TermsVersion.optional(),
    /** Newest history entry on that page; sent with an undo. */
    newest: z.uuid().optional(),
  }),
  z.object({
    intent: z.literal("edit"),
    /** The changed fields, as JSON. */
    terms: z.string().transform(parseJson),
    /** Newest history entry on the page of the edit; empty for none. */
    newest: z.union([z.uuid(), z.literal("")]).optional(),
  }),
]);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { deps, shop, now, staffId, words } = await openPageRequest(request);
  const bundle = await readBundlePage(deps, {
    shop,
    bundleId: parseOr404(params["bundleId"], words),
    viewer: staffId,
    now,
    words,
  });
  if (!bundle) throw new Response(words.t("server:bundle.missing"), { status: 404 });
  return json({ bundle });
}

/** Decides this bundle or changes its terms. Answers a refused change with 422 and the problems. */
export async function action({ request, params }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, graphql, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) {
    return json({ ok: false, message: refusal, ...NOTHING }, { status: 403 });
  }
  const command = parseOr400(BundleCommand, Object.fromEntries(await request.formData()));
  const where = {
    shop,
    bundleId: parseOr404(params["bundleId"], words),
    decidedBy: staffId,
    now,
  };
  if (command.intent === "edit") {
    const edited = await editBundleTerms(deps, {
      ...where,
      words,
      typed: command.terms,
      seenNewest: command.newest,
    });
    if (!edited.ok && edited.conflict) {
      const decided = [edited.conflict];
      const about = { shop, viewer: staffId, decided, words, wished: "edit" as const };
      const conflicts = await describeConflicts(deps, about);
      return json({ ...NOTHING, ok: false, message: edited.message, conflicts }, { status: 409 });
    }
    if (!edited.ok) return json({ ...NOTHING, ...edited }, { status: 422 });
    const message = joinSentences([words.t("server:saved"), ...edited.warnings], words.t);
    return json({ ...NOTHING, ok: true, message });
  }
  const asSeen = { ...where, seenStatus: command.seen, seenTerms: command.seenTerms };
  const decided =
    command.intent === "undo"
      ? await undoDecision(deps, { ...asSeen, seenNewest: command.newest })
      : await decideBundle(deps, { ...asSeen, decision: command.intent });
  const since = decided.conflict ? [decided.conflict] : [];
  const conflicts = await describeConflicts(deps, { shop, viewer: staffId, decided: since, words });
  const { intent: decision } = command;
  const done = words.t(`server:doneOne.${decision}`);
  const message = decided.ok
    ? await tellDecided(deps, { ...where, bundleIds: [where.bundleId], decision, graphql, words, done })
    : (conflicts[0]?.text ?? words.t(`server:undecided.${decided.reason}`));
  return json(
    { ...NOTHING, ok: decided.ok, message, decision, conflicts },
    { status: decided.ok ? 200 : 409 },
  );
}

const NOTHING = {
  problems: [] as readonly FieldMessage[],
  decision: null,
  isOfOne: true,
  conflicts: [] as readonly DecisionConflict[],
} as const;

function parseOr404(bundleId: string | undefined, words: Words): string {
  const parsed = z.uuid().safeParse(bundleId);
  if (!parsed.success) throw new Response(words.t("server:bundle.missing"), { status: 404 });
  return parsed.data;
}

export const handle = { texts: ["bundle", "bundles", "offer"] };

export default function BundlePage() {
  const { bundle } = useLoaderData<typeof loader>();
  // The key prevents the outcome of one bundle from showing on the next.
  return <Bundle key={bundle.id} bundle={bundle} />;
}

type LoadedBundle = ReturnType<typeof useLoaderData<typeof loader>>["bundle"];

function Bundle({ bundle }: { readonly bundle: LoadedBundle }) {
  const { t } = useTranslation(["bundle", "offer"]);
  const decided = useFetcher<typeof action>();
  const edit = useFetcher<typeof action>();
  const newest = bundle.decisions[0]?.id ?? "";
  const { draft, change, discard, save, ...terms } = useOfferTerms<"edit">(
    { form: `bundle:${bundle.id}`, currency: bundle.currency, newest },
    bundle.terms,
    edit,
    (typed, intent, seenNewest) =>
      edit.submit({ intent, terms: JSON.stringify(typed), newest: seenNewest }, { method: "post" }),
  );
  // An approval takes a few seconds to reach the storefront; the badge then updates.
  useRefresh(bundle.status === "approved" && !bundle.pausedReason, REFRESH_MS);
  const { isDirty } = terms;
  const { decide, undo, asked, settle, insist } = useBundleDecision(decided, { ...bundle, newest, isDirty });
  const overwriting = useConflict(edit.data);
  const [overwritten] = overwriting.named;
  useOutcomeToast(edit.data?.conflicts.length === 0 ? edit.data : undefined);

  const { figures, isUnknown, hasFailed } = useOfferFigures(draft, {
    bundleId: bundle.id,
    isAsked: isDirty,
  });
  const steps = figures?.steps ?? (isUnknown ? [] : bundle.steps);
  const isInQuantity = bundle.kind === "complementary" && bundle.terms.offer.kind !== "set";
  const { proposedDiscount: proposed, proposedGain: before } = bundle;
  const staleness = proposed ? t("expected.proposedDiscount", { proposed, now: bundle.discount }) : null;
  const savedNote =
    proposed && before && before.text !== bundle.gain?.text
      ? t("expected.at", { discount: proposed, gain: before.text })
      : staleness;
  const editedNote = figures?.repriced
    ? t("atTheseTerms")
    : joinSentences([hasFailed ? t("offer:figuresFailed") : null, t("notForThese")], t);
  // Until the saved terms have reloaded, the page has the old ones.
  const isBusy = decided.state !== "idle" || edit.state !== "idle";
  const actions = ACTIONS[bundle.status];
  const primary = actions[0];
  return (
    <Page
      title={bundle.title}
      titleMetadata={<BundleStatusBadge status={bundle.status} isWaiting={bundle.pausedReason !== null} />}
      subtitle={[
        t(bundle.isMadeByHand ? "subtitleMade" : "subtitle", {
          kind: isInQuantity ? t(`offer:kind.${bundle.terms.offer.kind}`) : toKindName(bundle.kind, t),
          date: bundle.proposedOn,
        }),
        ...(bundle.sold ? [bundle.sold] : []),
      ].join(" · ")}
      backAction={{ content: t("common:nav.bundles"), url: "/app/suggestions" }}
      {...(primary
        ? {
            primaryAction: {
              content: t(`common:${primary}`),
              loading: isBusy,
              onAction: () => decide(primary),
            },
          }
        : {})}
      secondaryActions={[
        ...actions.slice(1).map((intent) => ({
          content: t(`common:${intent}`),
          destructive: intent === "reject",
          disabled: isBusy,
          onAction: () => decide(intent),
        })),
        ...(bundle.isUndoable ? [{ content: t("history.undo"), disabled: isBusy, onAction: undo }] : []),
        { content: t("duplicate"), url: `/app/offers/new?from=${bundle.id}` },
      ]}
    >
      {bundle.pausedReason ? (
        <Banner tone="warning" title={t("notLive")}>
          {bundle.pausedReason}
        </Banner>
      ) : null}
      {ACCEPTED_STATUSES.some((status) => status === bundle.status) ? (
        <DiagnosisCard bundleId={bundle.id} />
      ) : null}
      <div style={COLUMNS}>
        <OfferPreview
          kind={draft.offer.kind}
          title={draft.title}
          components={draft.components.map((component) => ({
            ...component,
            quantity: toUnits(component.quantity),
          }))}
          prices={steps}
        />
        <BlockStack gap="400">
          <OfferSummary
            why={figures ? figures.why : bundle.why}
            gain={figures?.repriced ?? bundle.gain}
            note={figures || isUnknown ? editedNote : savedNote}
            leaves={steps.map(({ leaves }) => leaves)}
            components={bundle.components}
          />
          <TermsCard
            facts={[
              {
                term: t(draft.offer.kind === "gift" ? "offer:gift.percent" : "offer:reward.percent"),
                value: steps.map(({ discount }) => discount).join(" / ") || "–",
              },
              { term: t("terms.when"), value: bundle.when },
              { term: t("terms.placement"), value: t(`terms.placement.${bundle.terms.placement}`) },
              { term: t("terms.countries"), value: bundle.countries },
            ]}
            isDirty={isDirty}
            form={() => (
              <Suspense fallback={null}>
                <BundleTermsForm
                  draft={draft}
                  isReplaceable={bundle.isReplaceable}
                  {...terms}
                  warning={steps.at(-1)?.warning}
                  isSaving={edit.state !== "idle"}
                  onChange={change}
                  onSave={() => save("edit")}
                  onDiscard={discard}
                />
              </Suspense>
            )}
          />
        </BlockStack>
      </div>
      <BundleDetails bundle={bundle} staleness={staleness} />
      <ConflictModal asked={asked} onClose={settle} onInsist={insist} />
      <ConflictModal
        asked={overwritten ? { decision: "edit", bundle: overwritten } : null}
        onClose={overwriting.settle}
        onInsist={() => {
          save("edit", newest);
          overwriting.settle();
        }}
      />
    </Page>
  );
}

const BundleTermsForm = lazy(() => import("#app/pages/bundle/terms/BundleTermsForm.tsx"));

/** Two columns if there is room. */
const COLUMNS = {
  display: "grid",
  gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 20rem), 1fr))",
  alignItems: "start",
  gap: "var(--p-space-400)",
} as const;

/** Possible decisions in each status; the first is the primary action. */
const ACTIONS: Readonly<Record<BundleStatus, readonly DecidedMove[]>> = {
  proposed: ["approve", "reject"],
  approved: ["pause", "reject"],
  published: ["pause", "reject"],
  paused: ["resume", "reject"],
  rejected: ["approve"],
  retired: ["approve"],
};
