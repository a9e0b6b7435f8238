/** How many of a kind there may be, so that no caller can use up what others need. */
export interface Places {
  total: number;
  /** That concern all integrations. */
  everywhere: number;
  /** That name one and the same integration. */
  ofIntegration: number;
  /** Of one maker, unless it administers everything. */
  ofMaker: number;
  /** Of the first three: those that only administrators of everything get. */
  reserved: number;
}

/** How many there are beside the one that is to be made. */
export interface Taken {
  total: number;
  /** Left out when the new one does not concern all integrations. */
  everywhere?: number;
  /** In the fullest of the integrations that the new one names. */
  ofIntegration: number;
  ofMaker: number;
}

/**
 * @param isRoot whether the caller administers everything
 * @returns the limit that is reached, to stand after "there may be"; undefined when there is room for one more
 */
export function limitReached(places: Places, taken: Taken, isRoot: boolean): string | undefined {
  const reserved = isRoot ? 0 : places.reserved;
  const { total, everywhere = 0, ofIntegration, ofMaker } = taken;
  if (total >= places.total - reserved) return `${places.total - reserved} in all`;
  if (everywhere >= places.everywhere - reserved) return `${places.everywhere - reserved} for all integrations`;
  if (ofIntegration >= places.ofIntegration - reserved) return `${places.ofIntegration - reserved} for one integration`;
  return !isRoot && ofMaker >= places.ofMaker ? `${places.ofMaker} of one maker` : undefined;
}
