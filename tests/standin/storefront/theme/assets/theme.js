/*
 * The theme's own behaviour: a product form that stays on the page, and a variant picker that shows its price.
 */
(() => {
  const countOf = (cart) => {
    for (const element of document.querySelectorAll("[data-cart-count]"))
      element.textContent = cart.item_count;
  };
  const refreshCount = async () => countOf(await (await fetch("/cart.js")).json());

  document.addEventListener("change", (event) => {
    const picker = event.target.closest("[data-variants]");
    if (!picker) return;
    const price = document.querySelector(".product__price");
    if (price) price.textContent = picker.selectedOptions[0].dataset.price;
    history.replaceState(null, "", `?variant=${picker.value}`);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest(".product-form");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const status = form.querySelector("[data-form-status]");
    const answer = await fetch("/cart/add.js", { method: "POST", body: new FormData(form) });
    const body = await answer.json();
    if (!answer.ok) {
      status.textContent = body.description;
      return;
    }
    status.replaceChildren(
      "Added. ",
      Object.assign(document.createElement("a"), { href: "/cart", textContent: "View cart" }),
    );
    await refreshCount();
  });

  document.addEventListener("shopify:cart:lines-update", ({ promise }) => void promise.then(refreshCount));
  document.addEventListener("DOMContentLoaded", () =>
    window.Shopify?.actions?.updateCart.configure({ eventTarget: () => document }),
  );
})();
