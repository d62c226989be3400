/**
 * Imports of Shopify's Function Wasm API, version 2. The compiler names the imported module after this file, and each
 * import after its function.
 */
export declare function shopify_function_input_get(): u64;
export declare function shopify_function_input_get_val_len(scope: u64): usize;
export declare function shopify_function_input_read_utf8_str(source: usize, out: usize, length: usize): void;
export declare function shopify_function_input_get_interned_obj_prop(scope: u64, key: u32): u64;
export declare function shopify_function_input_get_at_index(scope: u64, index: usize): u64;
export declare function shopify_function_intern_utf8_str(pointer: usize, length: usize): u32;
export declare function shopify_function_output_new_object(properties: usize): i32;
export declare function shopify_function_output_finish_object(): i32;
export declare function shopify_function_output_new_array(elements: usize): i32;
export declare function shopify_function_output_finish_array(): i32;
export declare function shopify_function_output_new_utf8_str(pointer: usize, length: usize): i32;
export declare function shopify_function_output_new_interned_utf8_str(key: u32): i32;
export declare function shopify_function_output_new_i32(value: i32): i32;
