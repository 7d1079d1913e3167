/** Offset of the binary types of events and acknowledgements from their types: 2 → 5, 3 → 6. */
export const BINARY_OFFSET = 3;
