import { steerShop } from "#app/services/steer-shop.server.ts";
import type { Handler } from "./index.ts";

export const evaluateSteer: Handler<"evaluate.steer"> = async (deps, { shop }) => {
  await steerShop(deps, { shop, now: new Date() });
};
