import { intern } from "./wasm-api";

// Interned ids of the names in the input query and the result.
export let CART: u32 = 0;
export let ATTRIBUTE: u32 = 0;
export let VALUE: u32 = 0;
export let DISCOUNT: u32 = 0;
export let DISCOUNT_CLASSES: u32 = 0;
export let LINES: u32 = 0;
export let ID: u32 = 0;
export let QUANTITY: u32 = 0;
export let COST: u32 = 0;
export let AMOUNT_PER_QUANTITY: u32 = 0;
export let AMOUNT: u32 = 0;
export let SUBTOTAL_AMOUNT: u32 = 0;
export let CURRENCY_CODE: u32 = 0;
export let SELLING_PLAN_ALLOCATION: u32 = 0;
export let MERCHANDISE: u32 = 0;
export let PRODUCT: u32 = 0;
export let IS_GIFT_CARD: u32 = 0;
export let METAFIELD: u32 = 0;
export let SHOP: u32 = 0;
export let LOCAL_TIME: u32 = 0;
export let DATE: u32 = 0;
export let LOCALIZATION: u32 = 0;
export let COUNTRY: u32 = 0;
export let ISO_CODE: u32 = 0;
export let LANGUAGE: u32 = 0;
export let PRESENTMENT_CURRENCY_RATE: u32 = 0;
export let ENTERED_DISCOUNT_CODES: u32 = 0;
export let CODE: u32 = 0;
export let REJECTABLE: u32 = 0;

/** Must run before any name is looked up. */
export function internInputKeys(): void {
  CART = intern("cart");
  ATTRIBUTE = intern("attribute");
  VALUE = intern("value");
  DISCOUNT = intern("discount");
  DISCOUNT_CLASSES = intern("discountClasses");
  LINES = intern("lines");
  ID = intern("id");
  QUANTITY = intern("quantity");
  COST = intern("cost");
  AMOUNT_PER_QUANTITY = intern("amountPerQuantity");
  AMOUNT = intern("amount");
  SUBTOTAL_AMOUNT = intern("subtotalAmount");
  CURRENCY_CODE = intern("currencyCode");
  SELLING_PLAN_ALLOCATION = intern("sellingPlanAllocation");
  MERCHANDISE = intern("merchandise");
  PRODUCT = intern("product");
  IS_GIFT_CARD = intern("isGiftCard");
  METAFIELD = intern("metafield");
  SHOP = intern("shop");
  LOCAL_TIME = intern("localTime");
  DATE = intern("date");
  LOCALIZATION = intern("localization");
  COUNTRY = intern("country");
  ISO_CODE = intern("isoCode");
  LANGUAGE = intern("language");
  PRESENTMENT_CURRENCY_RATE = intern("presentmentCurrencyRate");
  ENTERED_DISCOUNT_CODES = intern("enteredDiscountCodes");
  CODE = intern("code");
  REJECTABLE = intern("rejectable");
}
