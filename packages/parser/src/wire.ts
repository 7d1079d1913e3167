/** What is added to the type of an event or an acknowledgement on the wire if it has attachments: 2 → 5, 3 → 6. */
export const BINARY_OFFSET = 3;
