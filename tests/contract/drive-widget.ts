/** What a widget says once something was chosen. */
export interface WidgetState {
  /** What its button adds, or a cart holds; a variant once, and once more with a selling plan. */
  readonly lines: readonly { readonly id: string; readonly units: number; readonly isPlan?: boolean }[];
  /** Whether it has one that is not disabled. */
  readonly canAdd: boolean;
  /** For how much, hundredths. */
  readonly price: number;
  /** What the cart has of it already costs, hundredths. */
  readonly base: number;
  /** Its heading, which in a cart says what it saves. */
  readonly title: string;
}

/**
 * Runs in a page that has bundle-offer.js: draws each block and chooses at random, as `picks` say.
 *
 * @param asked each block's HTML, the offer in it, numbers to choose by, and Shopify's rate of the shopper's currency
 * @returns of each the state as it was drawn and the state after each choice; empty where the offer is not drawn
 */
export async function driveWidget(
  asked: readonly { html: string; id: string; picks: readonly number[]; rate: string }[],
): Promise<WidgetState[][]> {
  const live = ":enabled:not(:is([type=radio], [type=checkbox]):not(:checked))";
  const holder = document.querySelector("main")!;
  const read = (box: HTMLElement): WidgetState => {
    const units = new Map<string, number>();
    for (const field of box.querySelectorAll<HTMLInputElement>(`[name$="[id]"]${live}`)) {
      const name = field.name.replace("[id]", "[quantity]");
      const quantity = box.querySelector<HTMLInputElement>(`[name="${name}"]${live}`)?.value ?? "1";
      units.set(field.value, (units.get(field.value) ?? 0) + Number(quantity));
    }
    const lines = [...units].map(([id, count]) => ({ id, units: count }));
    const button = box.querySelector("button[type=submit]");
    const canAdd = button !== null && button.ariaDisabled !== "true";
    const { price, base } = box.dataset;
    const title = box.querySelector("h3")!.textContent;
    return { lines, canAdd, price: Number(price), base: Number(base), title };
  };
  const choose = (box: HTMLElement, pick: number): void => {
    const fields = [
      ...box.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
        'select:enabled, [type="radio"]:not(:checked), [type="checkbox"]:enabled',
      ),
    ];
    const field = fields[pick % fields.length];
    if (!field) return;
    if (field instanceof HTMLSelectElement) field.selectedIndex = (pick >> 4) % field.options.length;
    else field.checked = !field.checked;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const driven: WidgetState[][] = [];
  for (const { html, id, picks, rate } of asked) {
    (window as unknown as { Shopify: { currency: { rate: string } } }).Shopify.currency.rate = rate;
    holder.innerHTML = html;
    // The script reads the rate for what is drawn after it ran too, and hides what saves nothing at it in the cart.
    await Promise.resolve();
    const box = holder.querySelector<HTMLElement>(`[data-bundlesmith-offer="${id}"]`);
    const states: WidgetState[] = [];
    driven.push(states);
    if (!box || box.hidden) continue;
    if ("late" in box.dataset) throw new Error(`${id} stays unseen`);
    states.push(read(box));
    for (const pick of picks) {
      choose(box, pick);
      states.push(read(box));
    }
  }
  return driven;
}
