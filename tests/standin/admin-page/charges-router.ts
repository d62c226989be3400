import express, { Router } from "express";
import type { StandinContext } from "#tests/standin/shop/standin-context.ts";
import type { ShopAppSubscription } from "#tests/standin/shop/shop-records.ts";

/** Shopify's own page on which the merchant confirms or declines a charge of the app. */
export function chargesRouter({ state, url }: Pick<StandinContext, "state" | "url">): Router {
  const router = Router();
  const find = (number: string): ShopAppSubscription | undefined =>
    [...state.app.subscriptions.values()].find(({ gid }) => gid.endsWith(`/${number}`));

  router.get("/admin/charges/:number/confirm", (request, response) => {
    const charge = find(request.params.number);
    if (charge?.status !== "PENDING") return void response.sendStatus(404);
    const { name, price, trialDays } = charge;
    response
      .type("html")
      .send(
        `<!doctype html><html lang="en"><title>Approve charge</title><body style="font:16px system-ui;margin:3rem">` +
          `<h1>Approve subscription</h1><p>${escapeHtml(name)}: ${escapeHtml(price.amount)} ` +
          `${escapeHtml(price.currencyCode)} every 30 days, after a trial of ${trialDays} days.</p>` +
          `<form method="post"><button name="answer" value="approve">Approve</button> ` +
          `<button name="answer" value="decline">Decline</button></form></body></html>`,
      );
  });

  router.post(
    "/admin/charges/:number/confirm",
    express.urlencoded({ extended: false }),
    (request, response) => {
      const known = find(request.params.number);
      const { answer } = request.body as { answer?: string };
      const charge = known && state.app.answerCharge(known.gid, answer === "approve");
      if (!charge) return void response.sendStatus(404);
      // The address in Shopify's admin, moved to the stand-in's own.
      const back = new URL(charge.returnUrl);
      response.redirect(`${url()}${back.pathname}${back.search}`);
    },
  );
  return router;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
