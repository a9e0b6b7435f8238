/** How many of a kind there may be, so that no caller can use up what others need. */
export interface Places {
  /** That concern all integrations. */
  everywhere: number;
  /** That name one and the same integration. */
  ofIntegration: number;
  /** Of one maker, unless it administers everything. */
  ofMaker: number;
  /** Of `everywhere` and `ofIntegration`: those that only administrators of everything get. */
  reserved: number;
}

/** How many there are beside the one that is to be made. */
export interface Taken {
  /** Undefined when it does not concern all integrations. */
  everywhere?: number | undefined;
  /** In the fullest of the integrations that it names. */
  ofIntegration: number;
  ofMaker?: number;
}

/**
 * @param isRoot whether the caller administers everything
 * @returns the limit that is reached, as a sentence's beginning; undefined when there is room for one more
 */
export function limitReached(places: Places, taken: Taken, isRoot: boolean): string | undefined {
  const reserved = isRoot ? 0 : places.reserved;
  const { everywhere = 0, ofIntegration, ofMaker = 0 } = taken;
  if (everywhere >= places.everywhere - reserved) return `${places.everywhere - reserved} for all integrations`;
  if (ofIntegration >= places.ofIntegration - reserved) return `${places.ofIntegration - reserved} for one integration`;
  return !isRoot && ofMaker >= places.ofMaker ? `${places.ofMaker} of one maker` : undefined;
}
