export const BROADCAST_TEXT = "abcdefghijklmnopqrstuvwxyz012345";
