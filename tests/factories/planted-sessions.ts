import { cutSessions, type Sessions } from "#app/domain/behaviour/sessions/co-views.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";

const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = HOUR_MS / 60;

interface PlantedSessions {
  readonly sessions: number;
  readonly products: number;
  readonly seed: number;
  /** Share of the views that are followed by the next product of the ring; the others by a random one. */
  readonly orderRatio?: number;
}

/** Sessions of 2 to 6 views in a shop with products in a ring: product i + 1 usually follows product i. */
export function plantedSessions({ sessions, products, seed, orderRatio = 0.8 }: PlantedSessions): Sessions {
  const random = seededRandom(seed);
  const views = { visitor: [] as number[], atMs: [] as number[], item: [] as number[] };
  for (let session = 0; session < sessions; session++) {
    let item = Math.floor(random() * products);
    const viewCount = 2 + Math.floor(random() * 5);
    for (let view = 0; view < viewCount; view++) {
      views.visitor.push(session);
      views.atMs.push(START_MS + (session * 30 * DAY_MS) / sessions + view * MINUTE_MS);
      views.item.push(item);
      item = random() < orderRatio ? (item + 1) % products : Math.floor(random() * products);
    }
  }
  return cutSessions(views, products);
}
