import { offerAt } from "./offer";

const SLOT_COUNT: u32 = 4096;
const SLOTS: usize = memory.data(16384); // offer + 1 of each pool's id, 0 when free

/** The pool offer with the 36-character id at an address; -1 if no earlier product carries it. */
export function findPool(id: usize): i32 {
  return load<i32>(slotOf(id)) - 1;
}

/** The first offer with this offer's id; registers this one if it is the first. */
export function holdPool(offer: i32): i32 {
  const slot = slotOf(offerAt(offer).id);
  const held = load<i32>(slot) - 1;
  if (held >= 0) return held;
  store<i32>(slot, offer + 1);
  return offer;
}

function slotOf(id: usize): usize {
  const key = load<u64>(id) ^ load<u64>(id, 28);
  let slot = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> 52);
  while (true) {
    const pointer = SLOTS + (slot << 2);
    const held = load<i32>(pointer);
    if (held == 0 || isSame(offerAt(held - 1).id, id)) return pointer;
    slot = (slot + 1) & (SLOT_COUNT - 1);
  }
}

function isSame(one: usize, other: usize): bool {
  const differ =
    (load<u64>(one) ^ load<u64>(other)) |
    (load<u64>(one, 8) ^ load<u64>(other, 8)) |
    (load<u64>(one, 16) ^ load<u64>(other, 16)) |
    (load<u64>(one, 24) ^ load<u64>(other, 24)) |
    (<u64>(load<u32>(one, 32) ^ load<u32>(other, 32)));
  return differ == 0;
}
