import {
  BlockStack,
  Button,
  Checkbox,
  FormLayout,
  InlineError,
  InlineStack,
  Select,
  TextField,
  Card,
  ChoiceList,
} from "@shopify/polaris";
import { XSmallIcon } from "@shopify/polaris-icons";
import { useTranslation } from "#app/locales/use-translation.ts";
import {
  BREAK_SCOPES,
  MAX_TIERS,
  REWARD_TYPES,
  OFFER_KINDS,
  type OfferKind,
} from "#app/domain/offer/offer-kinds.ts";
import type { OfferFields as Fields } from "#app/domain/validate/offer-fields.ts";
import { Within } from "#app/ui/Within.tsx";
import type { FieldsProps } from "./terms-draft.ts";
import { useRowRemoval } from "./use-row-removal.ts";

/** The conditions and rewards of an offer: the fields of its kind. */
export function OfferFields(props: FieldsProps) {
  const { t } = useTranslation("offer");
  const { draft, currency, problemOf, onChange } = props;
  const { offer } = draft;
  // Editing amounts in a former currency converts the fields to the current one, even with the same numbers.
  const change = (changes: Partial<Fields>) =>
    onChange({ offer: { ...offer, ...changes, ...(offer.currency && { currency }) } });
  switch (offer.kind) {
    case "set":
      return <RewardFields {...props} change={change} />;
    case "range":
      return (
        <FormLayout>
          <TextField
            label={t("range.units")}
            type="number"
            min={2}
            max={12}
            value={offer.units}
            onChange={(units) => change({ units })}
            error={problemOf("units")}
            autoComplete="off"
          />
          <Checkbox
            label={t("range.repeats")}
            checked={offer.allowsRepeats}
            onChange={(allowsRepeats) => change({ allowsRepeats })}
          />
          <RewardFields {...props} change={change} />
        </FormLayout>
      );
    case "breaks":
      return (
        <FormLayout>
          <Select
            label={t("breaks.scope")}
            options={BREAK_SCOPES.map((scope) => ({ label: t(`breaks.scope.${scope}`), value: scope }))}
            value={offer.scope}
            onChange={(scope) => change({ scope: scope as Fields["scope"] })}
          />
          <RewardType offer={offer} change={change} />
          <TierFields {...props} change={change} />
        </FormLayout>
      );
    case "gift":
      return (
        <FormLayout>
          <Select
            label={t("gift.by")}
            options={["parts", "spend"].map((by) => ({ label: t(`gift.by.${by}`), value: by }))}
            value={offer.countsSpend ? "spend" : "parts"}
            onChange={(by) => change({ countsSpend: by === "spend" })}
          />
          {offer.countsSpend ? (
            <TextField
              label={t("gift.spend")}
              inputMode="decimal"
              suffix={currency}
              value={offer.spend}
              onChange={(spend) => change({ spend })}
              error={problemOf("spend")}
              autoComplete="off"
            />
          ) : null}
          <TextField
            label={t("gift.percent")}
            inputMode="decimal"
            suffix="%"
            value={offer.giftPercent}
            onChange={(giftPercent) => change({ giftPercent })}
            error={problemOf("gift")}
            helpText={t("gift.percentHelp")}
            autoComplete="off"
          />
        </FormLayout>
      );
  }
}

// A number input ignores the decimal comma of many languages and would read "12,5" as 125, so these are text inputs.
const toNumber = (typed: string) => Number(typed.replace(",", "."));

interface KindProps extends FieldsProps {
  readonly change: (changes: Partial<Fields>) => void;
}

function RewardType({ offer, change }: Pick<KindProps, "change"> & { readonly offer: Fields }) {
  const { t } = useTranslation("offer");
  return (
    <Select
      label={t("reward.type")}
      options={REWARD_TYPES.filter((type) => type !== "none" || offer.kind !== "breaks").map((type) => ({
        label: t(`reward.type.${type}`),
        value: type,
      }))}
      value={offer.rewardType}
      onChange={(type) => change({ rewardType: type as Fields["rewardType"] })}
    />
  );
}

function RewardFields({ draft, currency, problemOf, warning, change }: KindProps) {
  const { t } = useTranslation("offer");
  const { offer } = draft;
  if (offer.rewardType === "none") return <RewardType offer={offer} change={change} />;
  return (
    <FormLayout>
      <RewardType offer={offer} change={change} />
      <TextField
        label={t(`reward.${offer.rewardType}`)}
        inputMode="decimal"
        suffix={offer.rewardType === "percent" ? "%" : currency}
        value={offer.rewardValue}
        onChange={(rewardValue) => change({ rewardValue })}
        error={problemOf("reward")}
        helpText={warning || t(`reward.help.${offer.kind === "range" ? "range" : "set"}`)}
        autoComplete="off"
      />
    </FormLayout>
  );
}

function TierFields({ draft, currency, problemOf, warning, change }: KindProps) {
  const { t } = useTranslation("offer");
  const { tiers, rewardType } = draft.offer;
  const { list, removeRow } = useRowRemoval();
  const set = (at: number, changes: Partial<Fields["tiers"][number]>) =>
    change({ tiers: tiers.map((tier, index) => (index === at ? { ...tier, ...changes } : tier)) });
  const problem = problemOf("tiers");
  // An error below one field must not shift it above the other.
  const isWrong = (at: number) => ["units", "value"].some((part) => problemOf("tiers", `${at}.${part}`));
  return (
    <div ref={list}>
      <BlockStack gap="200">
        {tiers.map(({ units, value }, at) => (
          <InlineStack key={at} gap="200" wrap={false} blockAlign={isWrong(at) ? "start" : "end"}>
            <TextField
              label={t("tiers.units", { tier: at + 1 })}
              type="number"
              min={2}
              max={99}
              value={units}
              onChange={(typed) => set(at, { units: typed })}
              error={problemOf("tiers", `${at}.units`)}
              autoComplete="off"
            />
            <TextField
              label={<Within of={t("tiers.units", { tier: at + 1 })} label={t(`reward.${rewardType}`)} />}
              inputMode="decimal"
              suffix={rewardType === "percent" ? "%" : currency}
              value={value}
              onChange={(typed) => set(at, { value: typed })}
              error={problemOf("tiers", `${at}.value`)}
              autoComplete="off"
            />
            {tiers.length > 1 ? (
              <Button
                icon={XSmallIcon}
                accessibilityLabel={t("tiers.remove", { tier: at + 1 })}
                onClick={() =>
                  removeRow(at, () => change({ tiers: tiers.filter((_, index) => index !== at) }))
                }
              />
            ) : null}
          </InlineStack>
        ))}
        {problem ? (
          <div role="alert" tabIndex={-1}>
            <InlineError message={problem} fieldID="tiers" />
          </div>
        ) : (
          warning
        )}
        {tiers.length < MAX_TIERS ? (
          <InlineStack>
            <Button
              onClick={() => {
                const [before, last] = [{ units: "1", value: "0" }, ...tiers].slice(-2);
                const next = (of: "units" | "value") =>
                  String(Number((2 * toNumber(last![of]) - toNumber(before![of])).toFixed(2)) || "");
                change({ tiers: [...tiers, { units: next("units"), value: next("value") }] });
              }}
            >
              {t("tiers.add")}
            </Button>
          </InlineStack>
        ) : null}
      </BlockStack>
    </div>
  );
}

interface KindCardProps {
  readonly kind: OfferKind;
  readonly onChange: (kind: OfferKind) => void;
}

export function KindCard({ kind, onChange }: KindCardProps) {
  const { t } = useTranslation("offer");
  return (
    <Card>
      <ChoiceList
        title={t("kind.title")}
        choices={OFFER_KINDS.map((value) => ({
          value,
          label: t(`kind.${value}`),
          helpText: t(`kindText.${value}`),
        }))}
        selected={[kind]}
        onChange={([chosen]) => onChange(chosen as OfferKind)}
      />
    </Card>
  );
}
