/** The header of this game's frames, as its clients send it: four magic bytes, protocol version, server version. */
export const HEADER = [78, 37, 38, 48, 9, 0] as const;
